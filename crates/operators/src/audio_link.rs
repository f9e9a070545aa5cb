//! The address at which an operator fetches a recording: signed, so that nobody makes one up, and open for a
//! time only, so that none that leaks stays open (R71, R74).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::wire::{hex, unhex};

/// For how long after its hand-over an operator may fetch a recording, in milliseconds: it may make a call
/// late. As long as the result of a call is waited for.
pub const OPEN_FOR_MS: i64 = domain::voice::RESULT_WAIT_MS;

/// 128 bits: nobody guesses them, and addresses stay short.
const TOKEN_BYTES: usize = 16;

/// `None` while there is no key: then there is no link, and none is taken.
fn mac(key: &[u8], audio: &str, expires: &str) -> Option<Hmac<Sha256>> {
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    // Neither holds a line break, so no two pairs make the same input.
    for part in [audio, "\n", expires] {
        mac.update(part.as_bytes());
    }
    Some(mac)
}

/// The link to a recording of a deployment that operators reach at `public_url`, open until an instant (Unix
/// milliseconds, counted down to the second).
pub fn audio_link(key: &[u8], public_url: &str, audio: &str, expires_at: i64) -> Option<String> {
    let expires = expires_at.div_euclid(1_000).to_string();
    let mac = mac(key, audio, &expires)?.finalize().into_bytes();
    let token = hex(mac.get(..TOKEN_BYTES)?);
    Some(format!("{}/audio/{audio}/{expires}/{token}", public_url.trim_end_matches('/')))
}

/// Whether the parts of a link are ours and still open at `now` (Unix milliseconds). The token is compared in
/// constant time, and before anything else is looked at.
pub fn is_open(key: &[u8], audio: &str, expires: &str, token: &str, now: i64) -> bool {
    let Some(token) = unhex(token).filter(|token| token.len() == TOKEN_BYTES) else { return false };
    let signed = mac(key, audio, expires).is_some_and(|mac| mac.verify_truncated_left(&token).is_ok());
    signed && expires.parse::<i64>().is_ok_and(|expires| now < expires.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_150_800_000;

    /// Recording, expiry and token of a link that is open for a minute.
    fn parts() -> [String; 3] {
        let link = audio_link(b"key", "https://sms.example.kz/", "aud_1", NOW + 60_000).expect("a link");
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
        assert_eq!(audio_link(b"", "https://sms.example.kz", "aud_1", NOW), None);
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
