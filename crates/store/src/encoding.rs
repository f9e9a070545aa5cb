//! How bytes and batches cross into a statement and out of it: hexadecimal and JSON.

use serde::Serialize;

use crate::database::DbError;

/// Lower-case hexadecimal, as `json_each` carries bytes into a statement.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

/// Reads what SQLite's `hex` wrote; `None` if it did not.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(pair.first()?)? << 4 | digit(pair.get(1)?)?) as u8)).collect()
}

/// A JSON text for `json_each`.
pub fn json<T: Serialize>(rows: &T) -> Result<String, DbError> {
    serde_json::to_string(rows).map_err(|error| DbError::Other(error.to_string()))
}
