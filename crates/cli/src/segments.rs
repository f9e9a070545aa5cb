//! `sendbox segments`: how the product counts the segments of a text message.

use std::process::ExitCode;

use domain::segments::{Encoding, segment};
use serde::{Deserialize, Serialize};

use crate::json_lines;

/// Other fields of a line are passed over, so that reference vectors can be fed in as they are.
#[derive(Deserialize)]
struct Question {
    text: String,
}

#[derive(Serialize)]
struct Answer {
    text: String,
    encoding: Encoding,
    segments: u32,
}

pub fn run() -> anyhow::Result<ExitCode> {
    json_lines::answer_each(|Question { text }| {
        let counted = segment(&text);
        Answer { text, encoding: counted.encoding, segments: counted.segments }
    })
}
