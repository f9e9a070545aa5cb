//! `sendbox phone`: how the product reads what people type as a phone number.

use std::process::ExitCode;

use domain::phone::{Phone, PhoneError, Reading, read};
use serde::{Deserialize, Serialize};

use crate::json_lines;

/// Other fields of a line are passed over, so that reference vectors can be fed in as they are.
#[derive(Deserialize)]
struct Question {
    raw: String,
}

#[derive(Serialize)]
struct Answer {
    raw: String,
    /// The text as one number, as the reference judges it.
    #[serde(flatten)]
    reading: Reading,
    /// Whom an upload would take from a cell with this text, or nobody.
    recipient: String,
    /// Why nobody; or that it is the first of several.
    code: &'static str,
}

pub fn run() -> anyhow::Result<ExitCode> {
    json_lines::answer_each(|Question { raw }| {
        let (recipient, code) = match Phone::parse_recipients(&raw) {
            Ok(cell) if cell.several => (cell.phone.e164().to_owned(), PhoneError::Several.code()),
            Ok(cell) => (cell.phone.e164().to_owned(), ""),
            Err(error) => (String::new(), error.code()),
        };
        Answer { reading: read(&raw), raw, recipient, code }
    })
}
