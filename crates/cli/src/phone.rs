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

#[derive(clap::Args)]
pub struct Options {
    /// Says too whom an upload would take from a cell with this text (`recipient`), and why nobody (`code`)
    #[arg(long)]
    cell: bool,
}

#[derive(Serialize)]
struct Answer {
    raw: String,
    /// The text as one number, as the reference judges it.
    #[serde(flatten)]
    reading: Reading,
    #[serde(flatten)]
    cell: Option<Cell>,
}

#[derive(Serialize)]
struct Cell {
    /// Whom an upload takes from a cell with this text, or nobody.
    recipient: String,
    /// Why nobody; or that it is the first of several.
    code: &'static str,
}

impl Cell {
    fn read(raw: &str) -> Self {
        match Phone::parse_recipients(raw) {
            Ok(cell) if cell.several => {
                Self { recipient: cell.phone.e164().to_owned(), code: PhoneError::Several.code() }
            }
            Ok(cell) => Self { recipient: cell.phone.e164().to_owned(), code: "" },
            Err(error) => Self { recipient: String::new(), code: error.code() },
        }
    }
}

pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    json_lines::answer_each(|Question { raw }| Answer {
        reading: read(&raw),
        cell: options.cell.then(|| Cell::read(&raw)),
        raw,
    })
}
