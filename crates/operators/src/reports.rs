//! What operators tell of messages afterwards: how far they came, and what people answered.

use domain::campaign::DeliveryResult;
use domain::hexadecimal::{hex, unhex};
use domain::message::Reason;
use domain::voice::CallResult;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A final word on one message under our own id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Our own id.
    pub id: String,
    /// How far it has come: its last word.
    pub progress: Progress,
    /// By the operator's clock, Unix milliseconds.
    pub at: i64,
}

/// By what a report names its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKey {
    /// Our own id.
    Id(String),
    /// The row of the message: see [`crate::OutgoingMessage::row`].
    Row(u64),
}

/// How far a message has come with its operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The operator has it and is not done. So a hand-over of which nobody knew was taken.
    Underway,
    /// Its last word.
    Ended {
        /// The result.
        result: DeliveryResult,
        /// Why, where it says.
        reason: Option<Reason>,
    },
    /// Its last word on a call.
    Called {
        /// The result.
        result: CallResult,
        /// How long the line was open, where it says.
        seconds: Option<u32>,
    },
}

impl Progress {
    /// The result, if it is the last word (R85, R89).
    pub const fn delivery(self) -> Option<DeliveryResult> {
        match self {
            Self::Underway => None,
            Self::Ended { result, .. } => Some(result),
            Self::Called { result, .. } => Some(result.as_delivery()),
        }
    }

    /// The result of a message that is known to be a call.
    pub const fn call(self) -> Option<CallResult> {
        match self {
            Self::Underway => None,
            Self::Ended { result, .. } => Some(CallResult::from_delivery(result)),
            Self::Called { result, .. } => Some(result),
        }
    }
}

/// A verified report on one message. Reports come late, repeated and out of order: the first last word
/// stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// Which message.
    pub about: MessageKey,
    /// The operator's own reference, where it names one.
    pub reference: Option<String>,
    /// How far it has come.
    pub progress: Progress,
    /// By the operator's clock, Unix milliseconds; `None` where it does not say, or where nothing
    /// vouches for what it says: then the arrival is the instant.
    pub at: Option<i64>,
}

/// What a person sent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// E.164.
    pub from: String,
    /// The text.
    pub text: String,
}

/// What of an operator's request could not be read, though its signature is sound. It is counted for whoever
/// keeps the deployment, and taken: an error would bring the same again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The number of whoever answered.
    Number,
    /// The letters of the text.
    Charset,
    /// Anything else: a field that is missing, or says nothing that we know.
    Body,
}

impl Unread {
    /// As counted and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Charset => "charset",
            Self::Body => "body",
        }
    }
}

/// Why reports are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum ReportError {
    NotConfigured,
    SignatureInvalid,
    MalformedJson,
    InvalidField,
    /// It is the operator's own, and cannot be read.
    Unread(Unread),
}

/// In the place of a message's id, where a token guards the address for incoming messages.
pub const INCOMING: &str = "incoming";

/// 128 bits: nobody guesses them, and addresses stay short.
const TOKEN_BYTES: usize = 16;

fn token_mac(key: &[u8], operator: &str, id: &str) -> Option<Hmac<Sha256>> {
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    // Neither holds a line break, so no two pairs make the same input.
    mac.update(operator.as_bytes());
    mac.update(b"\n");
    mac.update(id.as_bytes());
    Some(mac)
}

/// The token in the address to which an operator without signatures reports on one message: only who
/// was given the address can use it, and only for that message. `None` while there is no key.
pub fn report_token(key: &[u8], operator: &str, id: &str) -> Option<String> {
    let mac = token_mac(key, operator, id)?.finalize().into_bytes();
    Some(hex(mac.get(..TOKEN_BYTES)?))
}

/// Checks such a token, in constant time.
pub fn is_report_token(key: &[u8], operator: &str, id: &str, token: &str) -> bool {
    let Some(token) = unhex(token).filter(|token| token.len() == TOKEN_BYTES) else { return false };
    token_mac(key, operator, id).is_some_and(|mac| mac.verify_truncated_left(&token).is_ok())
}

/// [`is_report_token`], as an error of the adapters.
pub(crate) fn check_report_token(
    key: &[u8],
    operator: &str,
    id: &str,
    token: &str,
) -> Result<(), ReportError> {
    if key.is_empty() {
        return Err(ReportError::NotConfigured);
    }
    if is_report_token(key, operator, id, token) { Ok(()) } else { Err(ReportError::SignatureInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_message_of_one_operator() {
        let token = report_token(b"key", "kannel", "msg_1").expect("a token");
        assert!(is_report_token(b"key", "kannel", "msg_1", &token));
        assert!(!is_report_token(b"key", "kannel", "msg_2", &token));
        assert!(!is_report_token(b"key", "jasmin", "msg_1", &token));
        assert!(!is_report_token(b"other", "kannel", "msg_1", &token));
    }

    /// A shorter token would be guessed sooner.
    #[test]
    fn a_part_of_a_token_opens_nothing() {
        let token = report_token(b"key", "kannel", "msg_1").expect("a token");
        for part in ["", &token[..2], &token[..30]] {
            assert!(!is_report_token(b"key", "kannel", "msg_1", part), "{part:?}");
        }
    }

    #[test]
    fn without_a_key_there_is_no_token_and_none_is_taken() {
        assert_eq!(report_token(b"", "kannel", "msg_1"), None);
        assert!(!is_report_token(b"", "kannel", "msg_1", &"0".repeat(32)));
    }
}
