//! Numbers that requests name.

use domain::phone::Phone;
use edge::{Code, Problem, Result};

/// A number in E.164, read from any spelling.
pub fn read(raw: &str) -> Result<String> {
    match Phone::parse_recipient(raw) {
        Ok(phone) => Ok(phone.e164().to_owned()),
        Err(error) => Err(Problem::field(Code::from(error), "phone")),
    }
}
