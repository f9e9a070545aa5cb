//! The address at which an operator fetches a recording: signed, so that nobody makes one up, and open for a
//! time only, so that none that leaks stays open (R71, R74). A link that an operator abroad was given opens only
//! while the deployment lets numbers leave the country (R189, R190).

use domain::hexadecimal::{hex, unhex};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// For how long after its hand-over an operator may fetch a recording, in milliseconds: it may make a call
/// late. As long as the result of a call is waited for.
pub const OPEN_FOR_MS: i64 = domain::voice::RESULT_WAIT_MS;

/// 128 bits: nobody guesses them, and addresses stay short.
const TOKEN_BYTES: usize = 16;

/// Who fetches a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetcher {
    /// An operator in the country.
    AtHome,
    /// An operator whose account lies abroad.
    Abroad,
}

impl Fetcher {
    /// The operator of that name.
    pub fn of(operator: &str) -> Self {
        if crate::is_abroad(operator) { Self::Abroad } else { Self::AtHome }
    }

    /// Whether it may fetch, by what the deployment's variable `send_abroad` says now: a link that was given out is
    /// shut when the word is taken back.
    pub fn may_fetch(self, send_abroad: &str) -> bool {
        self == Self::AtHome || send_abroad.trim() == crate::SEND_ABROAD
    }
}

/// `None` while there is no key: then there is no link, and none is taken.
fn mac(key: &[u8], audio: &str, expires: &str, fetcher: Fetcher) -> Option<Hmac<Sha256>> {
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    // None holds a line break, so no two make the same input.
    let whose = match fetcher {
        Fetcher::AtHome => "",
        Fetcher::Abroad => "\nabroad",
    };
    for part in [audio, "\n", expires, whose] {
        mac.update(part.as_bytes());
    }
    Some(mac)
}

/// The link to a recording of a deployment that operators reach at `public_url`, open until an instant (Unix
/// milliseconds, counted down to the second).
pub fn audio_link(
    key: &[u8],
    public_url: &str,
    audio: &str,
    expires_at: i64,
    fetcher: Fetcher,
) -> Option<String> {
    let expires = expires_at.div_euclid(1_000).to_string();
    let mac = mac(key, audio, &expires, fetcher)?.finalize().into_bytes();
    let token = hex(mac.get(..TOKEN_BYTES)?);
    Some(format!("{}/audio/{audio}/{expires}/{token}", public_url.trim_end_matches('/')))
}

/// For whom a link with these parts is ours and still open at `now` (Unix milliseconds); `None` for nobody. The
/// token is compared in constant time, and before anything else is looked at.
pub fn open_for(key: &[u8], audio: &str, expires: &str, token: &str, now: i64) -> Option<Fetcher> {
    let token = unhex(token).filter(|token| token.len() == TOKEN_BYTES)?;
    let is_signed_for = |fetcher: &Fetcher| {
        mac(key, audio, expires, *fetcher).is_some_and(|mac| mac.verify_truncated_left(&token).is_ok())
    };
    let fetcher = [Fetcher::AtHome, Fetcher::Abroad].into_iter().find(is_signed_for)?;
    let expires = expires.parse::<i64>().ok()?;
    (now < expires.saturating_mul(1_000)).then_some(fetcher)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_150_800_000;

    /// Recording, expiry and token of a link that is open for a minute.
    fn parts() -> [String; 3] {
        parts_for(Fetcher::AtHome)
    }

    fn is_open(key: &[u8], audio: &str, expires: &str, token: &str, now: i64) -> bool {
        open_for(key, audio, expires, token, now) == Some(Fetcher::AtHome)
    }

    /// R189, R190: whom a link was made for can be told by the link, and nobody turns one into the other.
    #[test]
    fn a_link_for_an_operator_abroad_is_known_as_such() {
        assert_eq!((Fetcher::of("twilio"), Fetcher::of("smsc")), (Fetcher::Abroad, Fetcher::AtHome));
        let [audio, expires, token] = parts_for(Fetcher::Abroad);
        assert_eq!(open_for(b"key", &audio, &expires, &token, NOW), Some(Fetcher::Abroad));
        assert_eq!(open_for(b"key", &audio, &expires, &token, NOW + 60_000), None);
        assert_ne!(parts()[2], token);
        assert!(Fetcher::Abroad.may_fetch(crate::SEND_ABROAD) && Fetcher::AtHome.may_fetch(""));
        for word in ["", "on", "true"] {
            assert!(!Fetcher::Abroad.may_fetch(word), "{word:?}");
        }
    }

    fn parts_for(fetcher: Fetcher) -> [String; 3] {
        let link = audio_link(b"key", "https://sms.example.kz/", "aud_1", NOW + 60_000, fetcher);
        let link = link.expect("a link");
        let path = link.strip_prefix("https://sms.example.kz/audio/").expect("at our address");
        let mut parts = path.split('/').map(str::to_owned);
        [parts.next(), parts.next(), parts.next()].map(|part| part.expect("three parts"))
    }

    #[test]
    fn a_link_opens_one_recording_under_one_key() {
        let [audio, expires, token] = parts();
        assert!(is_open(b"key", &audio, &expires, &token, NOW));
        assert!(!is_open(b"key", "aud_2", &expires, &token, NOW));
        assert!(!is_open(b"other", &audio, &expires, &token, NOW));
        assert!(!is_open(b"", &audio, &expires, &token, NOW));
        assert_eq!(audio_link(b"", "https://sms.example.kz", "aud_1", NOW, Fetcher::AtHome), None);
    }

    #[test]
    fn a_link_is_shut_from_its_expiry_on_and_the_expiry_cannot_be_moved() {
        let [audio, expires, token] = parts();
        assert!(is_open(b"key", &audio, &expires, &token, NOW + 59_999));
        assert!(!is_open(b"key", &audio, &expires, &token, NOW + 60_000));
        let later = (expires.parse::<i64>().expect("seconds") + 1).to_string();
        assert!(!is_open(b"key", &audio, &later, &token, NOW));
        assert!(!is_open(b"key", &audio, &format!("{expires}0"), &token, NOW));
        assert!(!is_open(b"key", &audio, &format!("+{expires}"), &token, NOW));
    }

    /// A shorter token would be guessed sooner.
    #[test]
    fn a_part_of_a_token_opens_nothing() {
        let [audio, expires, token] = parts();
        for part in ["", &token[..2], &token[..30], "zz"] {
            assert!(!is_open(b"key", &audio, &expires, part, NOW), "{part:?}");
        }
    }
}
