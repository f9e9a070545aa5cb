//! The link in a message by which a person refuses further ones: how it is written, and that its length is
//! known before there is a token (R50, R65, R69). Many routes carry no reply, so the link is the sure way.

/// Letters of a token. Its bits are few enough for a short message, and with a minute's share of attempts
/// for each network they are far too many to try.
pub const TOKEN_CHARACTERS: usize = 14;
/// Bits that such a token holds.
pub const TOKEN_BITS: u32 = TOKEN_CHARACTERS as u32 * 5;

/// Crockford's base 32 in lower case: no letter is taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The longest address of a deployment in a link: it is paid for in every message.
const ADDRESS_CHARACTERS_MAX: usize = 60;

/// The lowest [`TOKEN_BITS`] of a number as a token.
pub fn write_token(bits: u128) -> String {
    let digit = |place: usize| (bits >> (5 * (TOKEN_CHARACTERS - 1 - place))) as usize & 31;
    (0..TOKEN_CHARACTERS).filter_map(|place| ALPHABET.get(digit(place)).copied().map(char::from)).collect()
}

/// The number that a token writes, also as a person copies it: in capitals, with look-alikes. `None` for
/// what is no token.
pub fn read_token(token: &str) -> Option<u128> {
    if token.len() != TOKEN_CHARACTERS {
        return None;
    }
    token.bytes().try_fold(0, |bits, byte| {
        let letter = match byte.to_ascii_lowercase() {
            b'o' => b'0',
            b'i' | b'l' => b'1',
            letter => letter,
        };
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        Some(bits << 5 | digit as u128)
    })
}

/// What stands before the token in every link of a deployment: `https://sms.example.kz/o/`. `None` for an
/// address that makes no link.
pub fn link_base(public_url: &str) -> Option<String> {
    base_at(public_url, "o")
}

/// The same of the links at one path.
pub(crate) fn base_at(public_url: &str, path: &str) -> Option<String> {
    let address = public_url.trim().trim_end_matches('/');
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let plain = !host.is_empty()
        && address.len() <= ADDRESS_CHARACTERS_MAX
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:/".contains(&byte));
    plain.then(|| format!("{address}/{path}/"))
}

/// A text as it is sent with its link. The word before it is understood in every language, and moves no
/// text out of its alphabet.
pub fn with_link(text: &str, base: &str, token: &str) -> String {
    format!("{text}\nSTOP: {base}{token}")
}

/// A text with a link whose token stands for any: to measure and to price the text before it is sent.
pub fn with_any_link(text: &str, base: &str) -> String {
    with_link(text, base, &write_token(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::segment;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_read_as_a_person_copies_it() {
        let token = write_token(0x0012_3456_789a_bcde);
        assert_eq!(read_token(&token), Some(0x0012_3456_789a_bcde));
        assert_eq!(read_token(&token.to_uppercase()), Some(0x0012_3456_789a_bcde));
        assert_eq!(read_token("oil00000000000"), read_token("01100000000000"));
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in
            ["", "x", "0000000000000", "000000000000000", "0000000000000u", "0000000000000-", "қ000000000000"]
        {
            assert_eq!(read_token(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_makes_a_link_only_if_it_is_one_and_short() {
        assert_eq!(link_base("https://send-box.com/").as_deref(), Some("https://send-box.com/o/"));
        assert_eq!(link_base("http://127.0.0.1:3000").as_deref(), Some("http://127.0.0.1:3000/o/"));
        let long = format!("https://{}.kz", "a".repeat(60));
        for text in
            ["", "send-box.com", "https://", "ftp://send-box.com", "https://a b", "https://a?b", &long]
        {
            assert_eq!(link_base(text), None, "{text}");
        }
    }

    proptest! {
        /// R50: what was measured and agreed to is what is sent, whatever the token.
        #[test]
        fn every_link_takes_the_room_that_was_measured(text in "[a-zA-Zәқа-я ]{0,300}", bits in 0u128..1 << TOKEN_BITS) {
            let base = link_base("https://send-box.com").expect("a link");
            let sent = with_link(&text, &base, &write_token(bits));
            prop_assert_eq!(segment(&sent), segment(&with_any_link(&text, &base)));
        }

        /// A Latin text stays in the cheaper alphabet.
        #[test]
        fn a_link_moves_no_text_out_of_its_alphabet(text in "[a-zA-Z0-9 .,!?]{0,300}") {
            let base = link_base("https://send-box.com").expect("a link");
            prop_assert_eq!(segment(&with_any_link(&text, &base)).encoding, segment(&text).encoding);
        }

        #[test]
        fn a_token_reads_as_what_was_written(bits in 0u128..1 << TOKEN_BITS) {
            prop_assert_eq!(read_token(&write_token(bits)), Some(bits));
        }

        #[test]
        fn no_text_stops_the_reader(text in "\\PC{0,20}") {
            let _ = read_token(&text);
        }
    }
}
