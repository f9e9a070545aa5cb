//! The one way to write an event in bytes, and the refusal of every other.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Hash;

/// The data of a leaf: SHA-256 of the salt and the event's canonical bytes. With 32 random bytes
/// nobody can guess the event from it, a phone number included. The log's leaf hash is
/// [`crate::merkle::leaf_hash`] of it.
#[must_use]
pub fn commitment(salt: &[u8; 32], event: &Value) -> Hash {
    commitment_to(salt, &canonical(event))
}

/// [`commitment`] to an event that is already in its canonical bytes.
#[must_use]
pub fn commitment_to(salt: &[u8; 32], canonical: &[u8]) -> Hash {
    Sha256::new().chain_update(salt).chain_update(canonical).finalize().into()
}

/// The one way to write an event in bytes: JSON in UTF-8, the keys of every object sorted by their
/// bytes, no white space, no escape that is not needed. (In whatever order a parser that keeps the
/// order of keys holds them.)
#[must_use]
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

/// Reads bytes that are canonical; `None` for all others. So a key that stands twice is refused at any
/// depth, and no two readers can understand one event differently. Events hold whole numbers only:
/// a fraction or an exponent has many spellings.
#[must_use]
pub fn read_canonical(bytes: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(bytes).ok()?;
    (whole_numbers_only(&value) && canonical(&value) == bytes.as_bytes()).then_some(value)
}

fn whole_numbers_only(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().all(whole_numbers_only),
        Value::Array(items) => items.iter().all(whole_numbers_only),
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => true,
    }
}

fn write(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Object(fields) => {
            bytes.push(b'{');
            let sorted: BTreeMap<&str, &Value> =
                fields.iter().map(|(key, value)| (key.as_str(), value)).collect();
            for (position, (key, value)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    bytes.push(b',');
                }
                write_scalar(&Value::from(key), bytes);
                bytes.push(b':');
                write(value, bytes);
            }
            bytes.push(b'}');
        }
        Value::Array(items) => {
            bytes.push(b'[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    bytes.push(b',');
                }
                write(item, bytes);
            }
            bytes.push(b']');
        }
        scalar => write_scalar(scalar, bytes),
    }
}

/// A value without parts, as serde_json writes it.
fn write_scalar(value: &Value, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(value.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_canonical_form_does_not_depend_on_the_order_of_keys() {
        let one: Value =
            serde_json::from_str(r#"{"b": [1, {"z": null, "a": "ә\n"}], "a": true}"#).expect("JSON");
        let two: Value = serde_json::from_str(r#"{"a":true,"b":[1,{"a":"ә\n","z":null}]}"#).expect("JSON");
        assert_eq!(canonical(&one), canonical(&two));
        assert_eq!(canonical(&one), r#"{"a":true,"b":[1,{"a":"ә\n","z":null}]}"#.as_bytes());
    }

    /// R91: nobody is led to read another number, or another hour, than the one that was committed to.
    #[test]
    fn an_event_in_any_other_bytes_is_refused() {
        for bytes in [
            r#"{"phone":"1","phone":"2"}"#,
            r#"{"a":{"phone":"1","phone":"2"}}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
            r#"{"b":1,"a":2}"#,
            r#"{"a": 1}"#,
            "{\"a\":1}\n",
            r#"{"a":1}{"a":1}"#,
            r#"{"\u0061":1}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"\/"}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e2}"#,
            r#"{"a":-0}"#,
            r#"{"a":18446744073709551616}"#,
            "\u{feff}{}",
            "",
        ] {
            assert_eq!(read_canonical(bytes), None, "{bytes}");
        }
    }

    #[test]
    fn what_was_written_canonically_is_read() {
        for event in [json!({}), json!({"a": [1, -2, "ә\n\u{1}/", null], "b": {"c": u64::MAX}})] {
            let bytes = String::from_utf8(canonical(&event)).expect("UTF-8");
            assert_eq!(read_canonical(&bytes), Some(event));
        }
    }

    #[test]
    fn the_salt_hides_an_event_that_could_be_guessed() {
        let event = json!({"kind": "hand_over", "phone": "+77010000001"});
        assert_ne!(commitment(&[1; 32], &event), commitment(&[2; 32], &event));
    }
}
