//! Which rows of a file can become contacts, and why the others cannot (R19, R63, R70).

use std::collections::BTreeMap;

use api::Code;
use domain::phone::{Phone, Recipient};
use store::cell::{NewContact, RejectedRow, RowConsent, RowProblem};
use tables::csv::{Answer, CsvRow, Format, answer_of};

use crate::format::field_name;

/// No cell with a number, or with several, is longer.
const PHONE_BYTES_MAX: usize = 1_000;
/// Characters of a rejected row's cell that are kept.
const SHOWN_CHARACTERS: usize = 200;
/// The longest name that is kept, in characters.
pub const NAME_CHARACTERS_MAX: usize = 200;

/// The longest value of a field, in characters.
pub const FIELD_CHARACTERS_MAX: usize = 500;

/// Rows whose number can be written to, and the others with the reason.
pub fn sort_out(rows: Vec<CsvRow>, format: &Format) -> (Vec<NewContact>, Vec<RejectedRow>) {
    let mut contacts = Vec::with_capacity(rows.len());
    let mut rejected = Vec::new();
    for row in rows {
        match recipient(&row) {
            Ok(recipient) => contacts.push(contact(row, recipient, format)),
            Err(code) => rejected.push(rejected_row(&row, code, format)),
        }
    }
    (contacts, rejected)
}

fn recipient(row: &CsvRow) -> Result<Recipient, Code> {
    if row.phone.len() > PHONE_BYTES_MAX {
        return Err(Code::PhoneUnparseable);
    }
    let recipient = Phone::parse_recipients(&row.phone).map_err(Code::from)?;
    if !recipient.phone.can_receive_text() {
        return Err(Code::PhoneNotReachableByText);
    }
    if row.name.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARACTERS_MAX) {
        return Err(Code::NameTooLong);
    }
    if row.fields.iter().flatten().any(|value| value.chars().count() > FIELD_CHARACTERS_MAX) {
        return Err(Code::FieldTooLong);
    }
    Ok(recipient)
}

fn contact(row: CsvRow, recipient: Recipient, format: &Format) -> NewContact {
    let Recipient { phone, several } = recipient;
    let consent_proof = (row.consent_source.is_some() || row.consent_date.is_some())
        .then(|| serde_json::json!({"source": row.consent_source, "date": row.consent_date}).to_string());
    let fields: BTreeMap<String, String> = format
        .fields
        .iter()
        .zip(row.fields)
        .filter_map(|(column, value)| Some((field_name(column), value?)))
        .collect();
    NewContact {
        line: row.line,
        phone: phone.e164().to_owned(),
        name: row.name,
        fields: (!fields.is_empty()).then(|| serde_json::json!(fields).to_string()),
        consent_proof,
        decision_consent: decision_consent(&row.decision_consent),
        several,
    }
}

fn decision_consent(cell: &Option<String>) -> Option<RowConsent> {
    cell.as_deref().and_then(answer_of).map(consent_of)
}

/// Whose consent to automated decisions a rejected row ends, if a number can be read in it.
fn ended_consent(row: &CsvRow) -> Option<(String, RowConsent)> {
    if row.phone.len() > PHONE_BYTES_MAX {
        return None;
    }
    let consent = decision_consent(&row.decision_consent).filter(|consent| consent.ends_consent())?;
    let recipient = Phone::parse_recipients(&row.phone).ok()?;
    Some((recipient.phone.e164().to_owned(), consent))
}

const fn consent_of(answer: Answer) -> RowConsent {
    match answer {
        Answer::Yes => RowConsent::Given,
        Answer::No => RowConsent::NotGiven,
        Answer::Unclear => RowConsent::Unclear,
    }
}

/// A cell as it is shown to its owner: its beginning, without what no screen shows.
fn shown(cell: Option<&String>) -> String {
    let signs = cell.map_or("", String::as_str).chars().take(SHOWN_CHARACTERS);
    signs.map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

/// A row that cannot be taken, with the cells that would have been kept. The others are not kept here either (R70).
fn rejected_row(row: &CsvRow, code: Code, format: &Format) -> RejectedRow {
    let kept = [Some(&row.phone), row.name.as_ref(), row.consent_source.as_ref(), row.consent_date.as_ref()];
    let decisions = format.columns.decision_consent.as_ref().map(|_| row.decision_consent.as_ref());
    let fields = row.fields.iter().map(Option::as_ref);
    let cells: Vec<String> = kept.into_iter().chain(decisions).chain(fields).map(shown).collect();
    RejectedRow {
        problem: RowProblem { line: row.line, code: code.as_str().to_owned() },
        original: serde_json::to_string(&cells).ok(),
        ended_consent: ended_consent(row),
    }
}
