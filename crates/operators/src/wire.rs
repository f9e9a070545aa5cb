//! What the operators' interfaces share: forms, JSON whose numbers may be texts, digests, plain HTTP
//! statuses.

use std::time::Duration;

use domain::hexadecimal::unhex;
use domain::opt_out::{Reply, read_reply};
use encoding_rs::WINDOWS_1251;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use percent_encoding::percent_decode;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::{
    Expiry, Hindrance, OperatorRequest, OutgoingMessage, ReportError, RequestError, Unread, Verdict,
};

/// A form or query string under construction. Values are bytes: not every text leaves in UTF-8.
#[derive(Default)]
pub struct Form(String);

impl Form {
    /// Adds a field.
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(form_urlencoded::byte_serialize(name.as_bytes()));
        self.0.push('=');
        self.0.extend(form_urlencoded::byte_serialize(value.as_ref()));
        self
    }

    /// Adds a field that is there.
    pub fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// As a query string.
    pub fn into_query(self) -> String {
        self.0
    }

    /// As the body of a POST.
    pub fn post(self, url: &str, authorization: Option<&str>) -> Result<OperatorRequest, RequestError> {
        let body = self.0.into_bytes();
        let mut request = http::Request::post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(CONTENT_LENGTH, body.len());
        if let Some(authorization) = authorization {
            request = request.header(http::header::AUTHORIZATION, authorization);
        }
        Ok(request.body(body)?)
    }
}

/// The validity of operators that count in whole minutes.
pub const MINUTES: Expiry = Expiry::After(Duration::from_secs(60));

/// The validity of a message in whole minutes, for operators that count so: with less than one they would fill
/// in their own, which runs into the night (R81).
pub fn validity_minutes(message: &OutgoingMessage<'_>) -> Result<u64, RequestError> {
    match message.validity.whole_minutes() {
        0 => Err(RequestError::TooLate),
        minutes => Ok(minutes),
    }
}

/// The one message of an operator that takes one a request.
pub fn only<'s, 'm>(messages: &'s [OutgoingMessage<'m>]) -> Result<&'s OutgoingMessage<'m>, RequestError> {
    match messages {
        [message] => Ok(message),
        _ => Err(RequestError::SetUp("one message a request")),
    }
}

/// The fields of a form as they came, in their order. Their values are bytes: not every operator writes UTF-8,
/// and signatures are made of the bytes.
pub struct Fields(Vec<(String, Vec<u8>)>);

impl Fields {
    /// Reads a form.
    pub fn of_form(form: &[u8]) -> Self {
        let decoded = |part: &[u8]| -> Vec<u8> {
            let blanks = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte });
            percent_decode(&blanks.collect::<Vec<u8>>()).collect()
        };
        let field = |field: &[u8]| {
            let equals = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
            let (name, value) = field.split_at(equals);
            let value = value.strip_prefix(b"=").unwrap_or_default();
            (String::from_utf8_lossy(&decoded(name)).into_owned(), decoded(value))
        };
        let fields = form.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
        Self(fields.map(field).collect())
    }

    /// Reads a form, or a JSON object of plain values: some operators send either, as it is set there.
    pub fn of_form_or_json(body: &[u8]) -> Result<Self, ReportError> {
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Ok(Self::of_form(body));
        }
        let is_utf_8 = std::str::from_utf8(body).is_ok();
        let json = if is_utf_8 { String::from_utf8_lossy(body) } else { WINDOWS_1251.decode(body).0 };
        let Ok(Value::Object(object)) = serde_json::from_str(&json) else {
            return Err(ReportError::MalformedJson);
        };
        let bytes = |value: &Value| {
            let text = text(value)?;
            Some(if is_utf_8 { text.into_bytes() } else { WINDOWS_1251.encode(&text).0.into_owned() })
        };
        Ok(Self(object.into_iter().filter_map(|(name, value)| Some((name, bytes(&value)?))).collect()))
    }

    /// The bytes of the field of that name. A name that comes twice names nothing: two readers would differ.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        let mut named = self.0.iter().filter(|(key, _)| key == name);
        let value = named.next();
        if named.next().is_some() {
            return None;
        }
        value.map(|(_, value)| value.as_slice())
    }

    /// The field of that name, if it is text in UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }

    /// The field of that name, which must be there. To be asked once the signature is found sound.
    pub fn need(&self, name: &str) -> Result<&str, ReportError> {
        self.get(name).ok_or(ReportError::Unread(Unread::Body))
    }

    /// What a person wrote, in the field of that name.
    pub fn need_text(&self, name: &str) -> Result<String, ReportError> {
        utf_8_text(self.bytes(name).ok_or(ReportError::Unread(Unread::Body))?)
    }

    /// All fields, sorted and without repetitions.
    pub fn sorted(&self) -> Vec<&(String, Vec<u8>)> {
        let mut fields: Vec<_> = self.0.iter().collect();
        fields.sort();
        fields.dedup();
        fields
    }
}

/// A JSON text or number as text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A JSON number, or a text that is one.
pub fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether a text gives this digest, in constant time.
pub fn is_digest(claimed: &str, digest: &[u8]) -> bool {
    unhex(claimed).is_some_and(|claimed| bool::from(claimed.ct_eq(digest)))
}

/// A number as operators write it: digits alone.
pub fn digits(phone: &str) -> &str {
    phone.strip_prefix('+').unwrap_or(phone)
}

/// Whether a text is digits, with or without a plus.
pub fn is_phone(text: &str) -> bool {
    let digits = digits(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text in UTF-8. In windows-1251 it is taken only where that makes it a word that we know: any bytes make
/// some text in it.
pub fn utf_8_text(bytes: &[u8]) -> Result<String, ReportError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    windows_1251_text(bytes)
        .filter(|text| read_reply(text) != Reply::Other)
        .ok_or(ReportError::Unread(Unread::Charset))
}

/// A text in windows-1251; `None` where a byte is no letter of it. That is one byte only, which browsers take for a
/// control character.
pub fn windows_1251_text(bytes: &[u8]) -> Option<String> {
    let text = WINDOWS_1251.decode_without_bom_handling_and_without_replacement(bytes)?;
    (!text.contains('\u{98}')).then(|| text.into_owned())
}

/// A text as windows-1251, if it has all its letters.
pub fn windows_1251(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, was_replaced) = WINDOWS_1251.encode(text);
    (!was_replaced).then(|| bytes.into_owned())
}

/// A text in UTF-16, the more significant byte first.
pub fn utf16_be_text(bytes: &[u8]) -> Result<String, ReportError> {
    let units = bytes.chunks_exact(2);
    if !units.remainder().is_empty() {
        return Err(ReportError::Unread(Unread::Charset));
    }
    let units: Vec<u16> = units.map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    Ok(String::from_utf16_lossy(&units))
}

/// UTF-16, the more significant byte first: how texts outside the GSM alphabet travel.
pub fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// What a status means of which the operator's documents say nothing. Only what a server says before
/// it looks at a request is certain; all else may have been taken.
pub fn by_status(status: u16) -> Verdict {
    match status {
        429 => Verdict::NotTaken(Hindrance::Throttled),
        301 | 307 | 308 | 401 | 403 | 404 | 405 | 407 | 415 => Verdict::NotTaken(Hindrance::Account),
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R87: a status that nobody documents never leads to a second message.
    #[test]
    fn an_undocumented_status_is_unknown_unless_it_rules_the_message_out() {
        for status in [100, 200, 202, 204, 302, 303, 400, 408, 409, 422, 500, 502, 503, 504, 599] {
            assert_eq!(by_status(status), Verdict::Unknown, "{status}");
        }
    }

    #[test]
    fn a_field_that_comes_twice_is_not_read() {
        let fields = Fields::of_form(b"status=1&status=20&id=5");
        assert_eq!((fields.get("status"), fields.get("id")), (None, Some("5")));
    }

    #[test]
    fn digests_are_compared_whole() {
        assert!(is_digest("0aFF", &[0x0a, 0xff]));
        for claimed in ["", "0a", "0aff00", "0af", "zz"] {
            assert!(!is_digest(claimed, &[0x0a, 0xff]), "{claimed:?}");
        }
    }
}
