//! What the operators' interfaces share: forms, JSON whose numbers may be texts, digests, plain HTTP
//! statuses.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::{Hindrance, OperatorRequest, OutgoingMessage, ReportError, RequestError, Verdict};

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

/// The one message of an operator that takes one a request.
pub fn only<'s, 'm>(messages: &'s [OutgoingMessage<'m>]) -> Result<&'s OutgoingMessage<'m>, RequestError> {
    match messages {
        [message] => Ok(message),
        _ => Err(RequestError::SetUp("one message a request")),
    }
}

/// The fields of a form as they came, in their order.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form.
    pub fn of_form(form: &[u8]) -> Self {
        Self(form_urlencoded::parse(form).into_owned().collect())
    }

    /// Reads a form, or a JSON object of plain values: some operators send either, as it is set there.
    pub fn of_form_or_json(body: &[u8]) -> Result<Self, ReportError> {
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Ok(Self::of_form(body));
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Err(ReportError::MalformedJson);
        };
        Ok(Self(object.into_iter().filter_map(|(name, value)| Some((name, text(&value)?))).collect()))
    }

    /// The field of that name. A name that comes twice names nothing: two readers would differ.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(key, _)| key == name);
        let value = named.next();
        if named.next().is_some() {
            return None;
        }
        value.map(|(_, value)| value.as_str())
    }

    /// The field of that name, which must be there.
    pub fn need(&self, name: &str) -> Result<&str, ReportError> {
        self.get(name).ok_or(ReportError::InvalidField)
    }

    /// All fields, sorted and without repetitions.
    pub fn sorted(&self) -> Vec<&(String, String)> {
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

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hexadecimal digits read back; `None` if they are not.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len() / 2).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()).collect()
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

/// E.164 from an operator's way of writing; short codes and names stay as they are.
pub fn e164(sender: &str) -> String {
    let sender = sender.trim();
    if is_phone(sender) && digits(sender).len() > 6 {
        format!("+{}", digits(sender))
    } else {
        sender.to_owned()
    }
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
