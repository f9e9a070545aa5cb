//! Reading a CSV upload as it streams in (R20, R70): `records` parts the bytes into rows, `columns` finds what is
//! kept in them, by the words of `names`. The first bytes are kept back until the delimiter and the columns are
//! known; behind them nothing waits.

mod columns;
mod consent;
mod delimiter;
mod fault;
mod folded;
mod names;
mod others;
mod records;
#[cfg(test)]
mod tests;

use domain::columns::ChosenColumns;

pub use columns::CsvRow;
pub use fault::{CsvError, CsvFault};

use columns::{Columns, Row};
use delimiter::{DELIMITERS, delimiter_of};
use records::{ROW_BYTES_MAX, Record, Records};

/// Bytes by which a file is judged: the longest header, and rows below it.
const HEAD_BYTES: usize = 256 * 1024;
/// Ctrl-Z, with which some programs close a file.
const CLOSING_SIGN: u8 = 0x1a;

/// Turns bytes into rows.
pub struct CsvReader {
    /// What came before the columns were known.
    head: Vec<u8>,
    body: Option<Body>,
    /// Signs that close a file, if nothing follows.
    closing: Vec<u8>,
}

/// The file behind its head.
struct Body {
    records: Records,
    columns: Columns,
}

impl CsvReader {
    /// Before the first byte.
    pub const fn new() -> Self {
        Self { head: Vec::new(), body: None, closing: Vec::new() }
    }

    /// The columns that are kept; nothing before the end of the file.
    pub fn chosen_columns(&self) -> Option<ChosenColumns> {
        self.body.as_ref().map(|body| body.columns.chosen())
    }

    /// Columns that were not kept.
    pub fn dropped_columns(&self) -> Vec<String> {
        self.body.as_ref().map(|body| body.columns.dropped()).unwrap_or_default()
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8], rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        let is_closing = |byte: &&u8| matches!(**byte, 0 | CLOSING_SIGN);
        let (text, closing) = bytes.split_at(bytes.len() - bytes.iter().rev().take_while(is_closing).count());
        // What more of them there are is no end of a file.
        if !text.is_empty() || self.closing.len() > ROW_BYTES_MAX {
            let before = std::mem::take(&mut self.closing);
            self.take(&before, rows)?;
            self.take(text, rows)?;
        }
        self.closing.extend_from_slice(closing);
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        if let Some(body) = &mut self.body {
            return body.records.feed(bytes, &mut |record| keep(&body.columns, record, rows));
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() < HEAD_BYTES { Ok(()) } else { self.begin(false, rows) }
    }

    /// The file is at its end.
    pub fn finish(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        match &mut self.body {
            Some(body) => body.records.finish(&mut |record| keep(&body.columns, record, rows)),
            None => self.begin(true, rows),
        }
    }

    fn begin(&mut self, at_end: bool, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        let head = std::mem::take(&mut self.head);
        if head.contains(&0) {
            // Two bytes a letter; or no text at all.
            return Err(CsvError::NotUtf8.into());
        }
        let mut head = head.as_slice();
        // Two where a file that had one was saved anew.
        while let Some(rest) = head.strip_prefix(b"\xef\xbb\xbf") {
            head = rest;
        }
        let (delimiter, head, line) = match declared_delimiter(head) {
            Some((delimiter, rest)) => (delimiter, rest, 2),
            None => (delimiter_of(head), head, 1),
        };
        let mut records = Records::new(delimiter, line);
        let mut first = Vec::new();
        let mut sink = |record: &Record<'_>| {
            if record.cells.iter().any(|cell| !cell.trim().is_empty()) {
                first.push(Row::of(record));
            }
            Ok(())
        };
        records.feed(head, &mut sink)?;
        if at_end {
            records.finish(&mut sink)?;
        }
        let (columns, begin) = Columns::find(&first, delimiter)?;
        for row in &first[begin..] {
            rows.extend(columns.kept_of(row)?);
        }
        self.body = Some(Body { records, columns });
        Ok(())
    }
}

fn keep(columns: &Columns, record: &Record<'_>, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
    rows.extend(columns.row(record)?);
    Ok(())
}

/// The delimiter that a first line `sep=;` names for Excel, and what is behind that line.
fn declared_delimiter(head: &[u8]) -> Option<(u8, &[u8])> {
    let end = head.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let line = std::str::from_utf8(&head[..end]).ok()?.trim_matches(['"', ' ']);
    let (word, sign) = line.split_at_checked(4)?;
    // The sign itself may be doubled by a program that saved the line as a row.
    let sign = *sign.as_bytes().first()?;
    let rest = head[end..].strip_prefix(b"\r\n").unwrap_or(&head[end + 1..]);
    (word.eq_ignore_ascii_case("sep=") && DELIMITERS.contains(&sign)).then_some((sign, rest))
}
