//! `sendbox phone`: how the product reads what people type as a phone number.

use std::process::ExitCode;

use domain::phone::{Reading, read};
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
    #[serde(flatten)]
    reading: Reading,
}

pub fn run() -> anyhow::Result<ExitCode> {
    json_lines::answer_each(|Question { raw }| Answer { reading: read(&raw), raw })
}
