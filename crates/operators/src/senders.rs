//! The numbers of those who answer, as operators write them.
//!
//! An operator writes a number in one of a few ways, and a person never types it here. So it is read without
//! the metadata of all countries, which weigh 0.5 MB of Wasm.

use domain::unseen::is_unseen;
use percent_encoding::percent_decode_str;

use crate::{ReportError, Unread};

/// Digits of an E.164 number.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// How often a value may have been escaped beyond what its form asks for.
const ESCAPES_MAX: usize = 2;

/// The digit that a character stands for, in the scripts that telephones write.
fn digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let value = match code {
        0x30..=0x39 => code - 0x30,
        0x660..=0x669 => code - 0x660,
        0x6F0..=0x6F9 => code - 0x6F0,
        0xFF10..=0xFF19 => code - 0xFF10,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// What stands between digits, or cannot be seen.
fn is_between(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '(' | ')' | '-' | '.' | '\u{2010}'..='\u{2015}')
        || is_unseen(character)
}

/// Quotes too stand around a number.
fn is_around(character: char) -> bool {
    is_between(character)
        || matches!(
            character,
            '\'' | '"' | '`' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}'
        )
}

/// A value that was escaped once more than the form it came in: `%2B7…`. What is no escape stays, and is no digit.
fn unescaped(written: &str) -> String {
    let decoded = |text: String, _| percent_decode_str(&text).decode_utf8_lossy().into_owned();
    (0..ESCAPES_MAX).fold(written.to_owned(), decoded)
}

/// E.164 from an operator's way of writing: `87…`, `7…`, `007…`, `8107…`, `+7…`, `tel:+7…`, `sip:+7…@…`,
/// `+7…/TYPE=PLMN`, with blanks and dashes in it, and in quotes or brackets. Short codes and names are no person's number.
pub fn sender_number(written: &str) -> Result<String, ReportError> {
    e164(written).ok_or(ReportError::Unread(Unread::Number))
}

fn e164(written: &str) -> Option<String> {
    let unescaped = unescaped(written);
    // `"Name" <sip:…>`: the number stands between the brackets.
    let number = match unescaped.split_once(['<', '\u{2039}']) {
        Some((_, behind)) => behind.split(['>', '\u{203a}']).next().unwrap_or_default(),
        None => &unescaped,
    };
    let number = number.trim_matches(is_around);
    // A scheme before it, and parameters behind it, as in RFC 3966; a domain as in RFC 3261; a type as in an MMS
    // address.
    let number = match number.split_once(':') {
        Some((scheme, number)) if scheme.trim().bytes().all(|byte| byte.is_ascii_alphabetic()) => number,
        Some(_) => return None,
        None => number,
    };
    let number = number.split([';', '@', '?']).next().unwrap_or_default();
    let number = match number.split_once('/') {
        Some((number, kind)) if kind.get(..5).is_some_and(|kind| kind.eq_ignore_ascii_case("TYPE=")) => {
            number
        }
        _ => number,
    };
    let number = number.trim_matches(is_around);
    let (has_plus, number) = match number.strip_prefix(['+', '\u{ff0b}']) {
        Some(behind) => (true, behind),
        None => (false, number),
    };
    let mut digits = String::with_capacity(number.len());
    for character in number.chars().filter(|character| !is_between(*character)) {
        digits.push(digit(character)?);
    }
    let international = match (has_plus, digits.len()) {
        (true, _) => digits,
        // Kazakhstan's own way out of the country, and everybody else's.
        (false, 14..) if digits.starts_with("810") => digits.split_off(3),
        (false, _) if digits.starts_with("00") => digits.split_off(2),
        (false, 11) if digits.starts_with("87") => format!("7{}", digits.split_off(1)),
        (false, 10) if digits.starts_with('7') => format!("7{digits}"),
        (false, _) => digits,
    };
    let sound = DIGITS.contains(&international.len()) && !international.starts_with('0');
    sound.then(|| format!("+{international}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R66: whoever refuses is found, however the operator writes the number.
    #[test]
    fn the_number_of_whoever_answers_comes_in_any_form() {
        for written in [
            "+77012345678",
            "77012345678",
            "87012345678",
            "7012345678",
            "0077012345678",
            "810 7 701 234 56 78",
            "tel:+77012345678",
            "TEL:+7-701-234-56-78",
            "tel:+77012345678;ext=",
            "sms:87012345678",
            " +7 701 234 56 78 ",
            "8 (701) 234-56-78",
            "7\u{a0}701\u{202f}234\u{2011}56\u{200b}78",
            "00 7 701 2345678",
            "\u{feff}+77012345678",
            "+7 (701) 234-56-78",
            "٧٧٠١٢٣٤٥٦٧٨",
            "７７０１２３４５６７８",
            "tel: 8 701 2345678",
            "\u{61c}+77012345678",
            "+7\u{fe0e}7012345678",
            "87012345678\u{206f}",
            "sip:+77012345678@ims",
            "sip:+77012345678@ims.mnc001.mcc401.3gppnetwork.org;user=phone",
            "SIPS:77012345678@10.0.0.1:5060",
            "<sip:+77012345678@ims>;tag=1",
            "\"Somebody\" <tel:+77012345678>",
            "\u{2039}+77012345678\u{203a}",
            "\u{ab}+77012345678\u{bb}",
            "<+77012345678>",
            "+77012345678/TYPE=PLMN",
            "77012345678/type=plmn",
            "'+77012345678",
            "'87012345678'",
            "\"+77012345678\"",
            "\u{2019}77012345678",
            "%2B77012345678",
            "%2b7%20701%20234%2056%2078",
            "%252B77012345678",
            "tel%3A%2B77012345678",
        ] {
            assert_eq!(sender_number(written).as_deref(), Ok("+77012345678"), "{written:?}");
        }
        assert_eq!(sender_number("998901234567").as_deref(), Ok("+998901234567"));
        assert_eq!(sender_number("+4915112345678").as_deref(), Ok("+4915112345678"));
    }

    #[test]
    fn short_codes_names_and_several_numbers_are_no_persons_number() {
        for written in [
            "",
            "+",
            "1414",
            "Kcell",
            "tel:",
            "77012345678,77012345679",
            "7701234567a",
            "+7701234567890123",
            "a:b:7",
            "77012345678/9",
            "0",
            "+0077012345678",
            "%2",
            "%zz77012345678",
            "sip:kcell@ims",
            "<>",
            "'",
            "77012345678/TYPE",
        ] {
            assert_eq!(sender_number(written), Err(ReportError::Unread(Unread::Number)), "{written:?}");
        }
    }
}
