//! What is kept of a row (R63, R70).

use domain::columns::ChosenColumn;
use domain::phone::{Look, look_of};

use super::fault::{CsvError, CsvFault};
use super::format::Format;
use super::records::Record;

/// One data row, with the columns that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvRow {
    /// The line of the file on which it begins.
    pub line: i64,
    /// As written.
    pub phone: String,
    /// As written; `None` if empty.
    pub name: Option<String>,
    /// Where the recipient's consent comes from (R62, R63).
    pub consent_source: Option<String>,
    /// When it was given.
    pub consent_date: Option<String>,
    /// What it says of a consent to automated decisions (R99); see [`answer_of`](super::answer_of).
    pub decision_consent: Option<String>,
    /// What else is kept, in the order of [`Format::fields`]; `None` if empty.
    pub fields: Vec<Option<String>>,
}

/// Where the kept columns stand, from zero.
#[derive(Debug)]
pub struct Kept {
    delimiter: char,
    width: usize,
    data_line: i64,
    phone: usize,
    name: Option<usize>,
    consent_source: Option<usize>,
    consent_date: Option<usize>,
    decision_consent: Option<usize>,
    fields: Vec<usize>,
}

impl Kept {
    pub fn of(format: &Format) -> Self {
        let place = |column: &ChosenColumn| {
            usize::try_from(column.number).ok().and_then(|number| number.checked_sub(1)).unwrap_or(usize::MAX)
        };
        let columns = &format.columns;
        Self {
            delimiter: char::from(format.delimiter()),
            width: format.width,
            data_line: format.data_line,
            phone: place(&columns.phone),
            name: columns.name.as_ref().map(place),
            consent_source: columns.consent_source.as_ref().map(place),
            consent_date: columns.consent_date.as_ref().map(place),
            decision_consent: columns.decision_consent.as_ref().map(place),
            fields: format.fields.iter().map(place).collect(),
        }
    }

    /// What is kept of a row; nothing of one above the data, or in which nothing stands.
    pub fn row(&self, record: &Record<'_>) -> Result<Option<CsvRow>, CsvFault> {
        if record.line < self.data_line {
            return Ok(None);
        }
        for &(place, line) in record.spanning {
            if record.cells.get(place).is_some_and(|cell| self.holds_rows(cell, place)) {
                return Err(CsvError::Malformed.on(line));
            }
        }
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let cell = |place: Option<usize>| {
            let text = record.cells.get(place?)?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        Ok(Some(CsvRow {
            line: record.line,
            phone: cell(Some(self.phone)).unwrap_or_default(),
            name: cell(self.name),
            consent_source: cell(self.consent_source),
            consent_date: cell(self.consent_date),
            decision_consent: cell(self.decision_consent),
            fields: self.fields.iter().map(|place| cell(Some(*place))).collect(),
        }))
    }

    /// Whether a cell over several lines has whole rows in it, with their numbers: then its quote was never closed,
    /// and the next one in the file only seems to close it.
    fn holds_rows(&self, cell: &str, place: usize) -> bool {
        cell.split(['\r', '\n']).enumerate().any(|(line, text)| {
            let before = if line == 0 { place } else { 0 };
            let Some(phone) = self.phone.checked_sub(before) else { return false };
            let cells: Vec<&str> = text.split(self.delimiter).collect();
            cells.len() > 1
                && cells.len() + before >= self.width
                && cells.get(phone).is_some_and(|cell| look_of(cell.trim_matches('"')) != Look::Other)
        })
    }
}
