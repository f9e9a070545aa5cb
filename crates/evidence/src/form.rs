//! Events of one kind that differ in a few fields: what they share is written once for all of them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::canonical;

/// What goes into an open field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open<'v> {
    /// A text, or null.
    Text(Option<&'v str>),
    /// A whole number.
    Number(u64),
}

/// The canonical bytes of an event with some of its fields left open.
#[derive(Clone, Debug)]
pub struct Form {
    /// What stands before each open field, and after the last.
    parts: Vec<Vec<u8>>,
    /// Which of the given values goes between a part and the next.
    order: Vec<usize>,
}

impl Form {
    /// From one such event, an object; the fields named in `open` may hold anything in it.
    #[must_use]
    pub fn new(event: &Value, open: &[&str]) -> Self {
        let (mut parts, mut order) = (vec![b"{".to_vec()], Vec::with_capacity(open.len()));
        let fields: BTreeMap<&String, &Value> = event.as_object().into_iter().flatten().collect();
        for (position, (name, value)) in fields.into_iter().enumerate() {
            let mut written = Vec::new();
            if position > 0 {
                written.push(b',');
            }
            written.extend(canonical(&Value::from(name.as_str())));
            written.push(b':');
            let left_open = open.iter().position(|open| open == name);
            if left_open.is_none() {
                written.extend(canonical(value));
            }
            if let Some(part) = parts.last_mut() {
                part.extend(written);
            }
            if let Some(place) = left_open {
                order.push(place);
                parts.push(Vec::new());
            }
        }
        if let Some(part) = parts.last_mut() {
            part.push(b'}');
        }
        Self { parts, order }
    }

    /// The canonical bytes of the event with these values in its open fields, in the order in which they
    /// were named.
    #[must_use]
    pub fn fill(&self, values: &[Open<'_>]) -> Vec<u8> {
        let room = |value: &Open<'_>| match value {
            Open::Text(Some(text)) => text.len() + 2,
            Open::Text(None) | Open::Number(_) => 8,
        };
        let lengths = self.parts.iter().map(Vec::len).chain(values.iter().map(room));
        let mut bytes = Vec::with_capacity(lengths.sum());
        for (place, part) in self.parts.iter().enumerate() {
            bytes.extend_from_slice(part);
            match self.order.get(place).and_then(|value| values.get(*value)) {
                Some(Open::Text(text)) => write_text(*text, &mut bytes),
                Some(Open::Number(number)) => bytes.extend_from_slice(number.to_string().as_bytes()),
                None => {}
            }
        }
        bytes
    }
}

fn write_text(text: Option<&str>, bytes: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    match text {
        // What JSON writes as it is, which ids and numbers are.
        Some(text) if text.bytes().all(plain) => {
            bytes.push(b'"');
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(b'"');
        }
        Some(text) => bytes.extend(canonical(&Value::from(text))),
        None => bytes.extend_from_slice(b"null"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        /// R91: the leaf is of the event that is shown later, whichever way its bytes were made.
        #[test]
        fn a_filled_form_has_the_bytes_of_the_whole_event(
            message in ".*", phone in proptest::option::of(".*"), shared in ".*", number: u64,
        ) {
            let event = |message: &str, phone: Option<&str>, number: u64| {
                json!({"v": 1, "message": message, "at": shared, "phone": phone, "n": number, "zone": {"b": null, "a": [1]}})
            };
            let form = Form::new(&event("", None, 0), &["phone", "message", "n"]);
            let open = [Open::Text(phone.as_deref()), Open::Text(Some(&message)), Open::Number(number)];
            prop_assert_eq!(form.fill(&open), canonical(&event(&message, phone.as_deref(), number)));
        }
    }

    #[test]
    fn a_form_without_open_fields_is_the_event() {
        for event in [json!({}), json!({"b": "x", "a": 2})] {
            assert_eq!(Form::new(&event, &[]).fill(&[]), canonical(&event));
        }
    }
}
