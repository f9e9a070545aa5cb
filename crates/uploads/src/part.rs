//! Which part of a file a body is.

use edge::{Call, Code, Problem, Result};

/// A part of a file.
pub struct Part {
    pub first_byte: u64,
    pub is_last: bool,
    /// The most bytes that the file may have.
    pub bytes_max: u64,
}

impl Part {
    /// As the headers say; `None` if the file would be too large with it.
    pub fn of(call: &Call, bytes_max: u64) -> Result<Option<Self>> {
        let number = |name: &'static str| match call.header(name) {
            Some(text) => text.parse::<u64>().map_err(|_| Problem::field(Code::InvalidField, name)),
            None => Ok(0),
        };
        let first_byte = number("upload-offset")?;
        let is_last = match call.header("upload-complete") {
            None | Some("?1") => true,
            Some("?0") => false,
            Some(_) => return Err(Problem::field(Code::InvalidField, "upload-complete")),
        };
        let length = call.header("content-length").and_then(|length| length.parse::<u64>().ok()).unwrap_or(0);
        let fits = first_byte.saturating_add(length) <= bytes_max;
        Ok(fits.then_some(Self { first_byte, is_last, bytes_max }))
    }
}
