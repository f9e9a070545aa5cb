//! How a file is written, found from its first bytes: what its owner is shown before anything is read, and what every
//! later reader of it goes by (R63, R70).

use domain::columns::{ChosenColumn, ChosenColumns};
use serde::{Deserialize, Serialize};

use super::choice::FormatChoice;
use super::columns::{Found, Row};
use super::delimiter::{declared_delimiter, delimiter_of};
use super::fault::{CsvError, CsvFault};
use super::records::{Record, Records};
use crate::encoding::{Decoder, Encoding, lost_letters, marks_of, recognise};

/// Bytes by which a file is judged: the longest header, and rows below it.
pub const HEAD_BYTES: usize = 256 * 1024;
/// Signs with which some programs close a file: zeros, and Ctrl-Z.
pub const CLOSING_SIGNS: [char; 2] = ['\0', '\u{1a}'];

/// Rows that the owner of a file is shown.
const PREVIEW_ROWS: usize = 20;
/// Characters of a cell that are shown.
const PREVIEW_CHARACTERS: usize = 200;

/// How a file is written, and which of its columns are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// How letters are written.
    pub encoding: Encoding,
    /// The byte order marks at its beginning, in bytes.
    pub mark_bytes: u64,
    /// The first line on which a row of data may begin.
    pub data_line: i64,
    /// Cells of a row.
    pub width: usize,
    /// The header, the delimiter and the columns that are kept.
    pub columns: ChosenColumns,
    /// What else is kept; nothing, unless it was chosen (R70).
    pub fields: Vec<ChosenColumn>,
}

/// What the first bytes of a file tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// How it is to be read.
    pub format: Format,
    /// All its columns.
    pub all_columns: Vec<ChosenColumn>,
    /// Columns that are not kept, by their names; by the number, where one has none.
    pub dropped: Vec<String>,
    /// Whether the names look as if their Kazakh letters had been lost when the file was saved.
    pub letters_lost: bool,
}

/// What of a file is shown before it is read: how it is understood, and its first rows. Columns have numbers, from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// How letters are written.
    pub encoding: Encoding,
    /// The sign between cells.
    pub delimiter: char,
    /// The line of the column names.
    pub header_line: Option<i64>,
    /// All columns.
    pub columns: Vec<ChosenColumn>,
    /// The numbers; nothing where no column seems to hold any.
    pub phone: Option<i64>,
    /// The names of people.
    pub name: Option<i64>,
    /// Where consents come from.
    pub consent_source: Option<i64>,
    /// When they were given.
    pub consent_date: Option<i64>,
    /// Whether people consent to automated decisions.
    pub decision_consent: Option<i64>,
    /// The first rows of data, with all their cells.
    pub rows: Vec<PreviewRow>,
    /// Whether the names look as if their Kazakh letters had been lost when the file was saved.
    pub letters_lost: bool,
}

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// The line of the file on which it begins.
    pub line: i64,
    /// As written, cut to 200 characters.
    pub cells: Vec<String>,
}

/// Where in a file a reader can begin: at its beginning, or behind a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Bytes of the file before it.
    pub byte: u64,
    /// The line that begins there, counted from one.
    pub line: i64,
}

impl Format {
    /// Recognises all of it in the first 256 KiB of a file, or in the whole of one that is shorter (`at_end`).
    pub fn recognise(head: &[u8], at_end: bool) -> Result<Recognised, CsvFault> {
        Self::choose(head, at_end, &FormatChoice::default())
    }

    /// Recognises what was not chosen.
    pub fn choose(head: &[u8], at_end: bool, choice: &FormatChoice) -> Result<Recognised, CsvFault> {
        let judged = Judged::of(head, at_end, choice)?;
        let found = &judged.found;
        let phone = found.phone.ok_or(CsvError::PhoneColumnMissing)?;
        let header_line = judged.header_line();
        let format = Self {
            encoding: judged.encoding,
            mark_bytes: judged.mark_bytes as u64,
            data_line: header_line.map_or(judged.first_line, |line| line + 1),
            width: found.width,
            columns: ChosenColumns {
                header_line,
                delimiter: char::from(judged.delimiter).to_string(),
                phone: found.column(phone),
                name: found.name.map(|place| found.column(place)),
                consent_source: found.consent_source.map(|place| found.column(place)),
                consent_date: found.consent_date.map(|place| found.column(place)),
                decision_consent: found.decision_consent.map(|place| found.column(place)),
            },
            fields: found.fields.iter().map(|place| found.column(*place)).collect(),
        };
        Ok(Recognised {
            letters_lost: judged.letters_lost(),
            all_columns: found.columns(),
            dropped: found.dropped(),
            format,
        })
    }

    /// What of a file is shown to its owner before it is read. No column has to be that of the numbers: it may be yet to
    /// be chosen.
    pub fn preview(head: &[u8], at_end: bool, choice: &FormatChoice) -> Result<Preview, CsvFault> {
        let judged = Judged::of(head, at_end, choice)?;
        let found = &judged.found;
        let number = |place: Option<usize>| place.map(|place| found.column(place).number);
        Ok(Preview {
            encoding: judged.encoding,
            delimiter: char::from(judged.delimiter),
            header_line: judged.header_line(),
            columns: found.columns(),
            phone: number(found.phone),
            name: number(found.name),
            consent_source: number(found.consent_source),
            consent_date: number(found.consent_date),
            decision_consent: number(found.decision_consent),
            rows: judged.data().iter().take(PREVIEW_ROWS).map(shown).collect(),
            letters_lost: judged.letters_lost(),
        })
    }

    /// Where the first row begins, behind the byte order marks.
    pub const fn beginning(&self) -> Position {
        Position { byte: self.mark_bytes, line: 1 }
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.columns.delimiter.bytes().next().unwrap_or(b',')
    }
}

/// The first bytes of a file, parted into rows of which the columns are known.
struct Judged {
    encoding: Encoding,
    mark_bytes: usize,
    delimiter: u8,
    /// The first line behind one that only declares the delimiter.
    first_line: i64,
    rows: Vec<Row>,
    found: Found,
}

impl Judged {
    fn of(head: &[u8], at_end: bool, choice: &FormatChoice) -> Result<Self, CsvFault> {
        // Names that are not read as what they are would hide what may never be processed (R20).
        if choice.encoding.is_some() || choice.delimiter.is_some() {
            match Self::by(head, at_end, &FormatChoice::default()) {
                Err(fault) if fault.error == CsvError::SpecialCategoryColumn => return Err(fault),
                _ => {}
            }
        }
        Self::by(head, at_end, choice)
    }

    fn by(head: &[u8], at_end: bool, choice: &FormatChoice) -> Result<Self, CsvFault> {
        let chosen_delimiter = choice.delimiter()?;
        let (encoding, mark_bytes) = match choice.encoding {
            Some(encoding) => (encoding, marks_of(encoding, head)),
            None => recognise(head, at_end).map_err(|_| CsvError::EncodingUnknown)?,
        };
        let text = decoded(&head[mark_bytes..], encoding, at_end)?;
        let text = text.trim_end_matches(CLOSING_SIGNS);
        if text.contains('\0') {
            // Two bytes a letter; or no text at all.
            return Err(not_in(encoding).into());
        }
        let (declared, rest, first_line) = match declared_delimiter(text.as_bytes()) {
            Some((delimiter, rest)) => (Some(delimiter), rest, 2),
            None => (None, text.as_bytes(), 1),
        };
        let delimiter = chosen_delimiter.or(declared).unwrap_or_else(|| delimiter_of(rest));
        let rows = first_rows(rest, Records::new(delimiter, first_line), at_end)?;
        let found = Found::find(&rows, choice)?;
        Ok(Self { encoding, mark_bytes, delimiter, first_line, rows, found })
    }

    fn header_line(&self) -> Option<i64> {
        self.found.header.map(|place| self.rows[place].line)
    }

    fn data(&self) -> &[Row] {
        &self.rows[self.found.begin..]
    }

    fn letters_lost(&self) -> bool {
        let Some(name) = self.found.name else { return false };
        lost_letters(self.data().iter().filter_map(|row| row.cells.get(name).map(String::as_str)))
    }
}

/// The fault of bytes that are no text in an encoding.
pub const fn not_in(encoding: Encoding) -> CsvError {
    match encoding {
        Encoding::Utf8 => CsvError::NotUtf8,
        _ => CsvError::NotInEncoding,
    }
}

fn decoded(head: &[u8], encoding: Encoding, at_end: bool) -> Result<String, CsvFault> {
    let mut decoder = Decoder::new(encoding);
    let mut text = String::with_capacity(head.len());
    let read = decoder.feed(head, &mut text);
    match read.and_then(|()| if at_end { decoder.finish() } else { Ok(()) }) {
        Ok(()) => Ok(text),
        Err(_) => Err(not_in(encoding).on(1 + line_ends(&text))),
    }
}

fn line_ends(text: &str) -> i64 {
    let ends = text.matches(['\r', '\n']).count() - text.matches("\r\n").count();
    ends as i64
}

/// The rows of the head with something in them.
fn first_rows(text: &[u8], mut records: Records, at_end: bool) -> Result<Vec<Row>, CsvFault> {
    let mut rows = Vec::new();
    let mut sink = |record: &Record<'_>| {
        if record.cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row::of(record));
        }
        Ok(())
    };
    records.feed(text, &mut sink)?;
    if at_end {
        records.finish(&mut sink)?;
    }
    Ok(rows)
}

fn shown(row: &Row) -> PreviewRow {
    let cells = row.cells.iter().map(|cell| cell.trim().chars().take(PREVIEW_CHARACTERS).collect());
    PreviewRow { line: row.line, cells: cells.collect() }
}
