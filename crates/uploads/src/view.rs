//! An upload as its owner sees it.

use api::contacts::{Import, ImportWarning};
use api::ids::ImportId;
use domain::language::Language;
use edge::{Code, Problem, Result, Time, stored, stored_if_any};
use imports::Format;

/// An upload, with what its owner should look at in their language.
pub fn view(import: store::cell::Import, language: Language) -> Result<Import> {
    let format = import.format.map(serde_json::from_value::<Format>).transpose();
    let format = format.map_err(|error| Problem::internal("the format of an import", &error))?;
    let sheets = import.sheets.map(serde_json::from_value).transpose();
    let sheets = sheets.map_err(|error| Problem::internal("the sheets of an import", &error))?;
    Ok(Import {
        id: ImportId::stored(import.import),
        name: import.name,
        state: stored(&import.state)?,
        rows: import.rows,
        imported: import.imported,
        updated: import.updated,
        unchanged: import.unchanged,
        duplicates: import.duplicates,
        rejected: import.rejected,
        blacklisted: import.blacklisted,
        several: import.several,
        decision_consents: import.decision_consents,
        decision_refusals: import.decision_refusals,
        decision_unclear: import.decision_unclear,
        columns: format.as_ref().map(|format| format.format.columns.clone()),
        fields: format.as_ref().map(|format| format.format.fields.clone()).unwrap_or_default(),
        format_by: format.as_ref().map(|format| format.by),
        warnings: warnings(format.as_ref().is_some_and(|format| format.letters_lost), language),
        dropped_columns: format.map(|format| format.dropped).unwrap_or_default(),
        sheets: sheets.unwrap_or_default(),
        problem_code: stored_if_any(import.problem_code.as_deref())?,
        problem_line: import.problem_line,
        received_bytes: import.received_bytes,
        created_at: Time::of(import.created_at),
        finished_at: import.finished_at.map(Time::of),
    })
}

/// What the owner of a file should look at.
pub fn warnings(letters_lost: bool, language: Language) -> Vec<ImportWarning> {
    let codes = letters_lost.then_some(Code::CsvLettersLost);
    codes.into_iter().map(|code| ImportWarning { code, message: code.text(language).to_owned() }).collect()
}
