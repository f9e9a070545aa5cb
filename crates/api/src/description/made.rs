//! The files that are made from the contract, as they should be now.

use std::path::Path;

use domain::language::Language;
use serde_json::{Map, Value};

use super::markdown;
use crate::Code;

/// A file below the workspace, and what stands in it.
pub struct Made {
    /// Its path.
    pub path: String,
    /// All of it.
    pub content: String,
}

const TABLES: &str = "docs/API.md";

/// Every made file. docs/API.md is read first: prose stands in it too, and only what lies between the markers is
/// made.
pub fn made(root: &Path) -> std::io::Result<Vec<Made>> {
    let document = super::document();
    let prose = std::fs::read_to_string(root.join(TABLES))?;
    let tables = markdown::filled(&prose, &document).map_err(std::io::Error::other)?;
    let mut made = vec![
        Made { path: "static/openapi.json".to_owned(), content: pretty(&document) },
        Made { path: TABLES.to_owned(), content: tables },
    ];
    for language in Language::ALL {
        let path = format!("static/languages/codes-{}.json", language.as_str());
        made.push(Made { path, content: pretty(&texts(language)) });
    }
    Ok(made)
}

/// Every code with its text, for what pages show beside refusals: why a message was not sent, why a row was left out.
fn texts(language: Language) -> Value {
    let text = |code: &Code| (code.as_str().to_owned(), code.text(language).into());
    Value::Object(Code::ALL.iter().map(text).collect::<Map<_, _>>())
}

/// Line by line, so that a change is seen where it was made.
fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
