//! Rows out of a file whose format is known, from its beginning or from behind a row of it: a reader that was cut off
//! is followed by another, and the two together read what one would have read (R70).

use super::fault::CsvFault;
use super::format::{CLOSING_SIGNS, Format, Position, not_in};
use super::kept::{CsvRow, Kept};
use super::records::{ROW_BYTES_MAX, Record, Records};
use crate::encoding::{Decoder, Encoding};

/// Turns text into rows.
pub struct RowReader {
    records: Records,
    kept: Kept,
    encoding: Encoding,
    /// Signs that close a file, if nothing follows, and half of a line end: so no row ends within one.
    held: String,
}

impl RowReader {
    /// Before the first sign of that line, the first of the file or one that begins behind a row.
    pub fn new(format: &Format, line: i64) -> Self {
        Self {
            records: Records::new(format.delimiter(), line),
            kept: Kept::of(format),
            encoding: format.encoding,
            held: String::new(),
        }
    }

    /// Takes the next text; `rows` gets what is kept of each row that ends in it.
    pub fn feed(&mut self, text: &str, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        let joined;
        let text = if self.held.is_empty() {
            text
        } else {
            joined = std::mem::take(&mut self.held) + text;
            &joined
        };
        let closed = text.trim_end_matches(CLOSING_SIGNS).len();
        // What more of them there are is no end of a file.
        let end = if text.len() - closed > ROW_BYTES_MAX { text.len() } else { closed };
        let end = text[..end].strip_suffix('\r').map_or(end, str::len);
        let (open, held) = text.split_at(end);
        self.held.push_str(held);
        if open.contains('\0') {
            return Err(not_in(self.encoding).on(self.line()));
        }
        let kept = &self.kept;
        self.records.feed(open.as_bytes(), &mut |record| keep(kept, record, rows))
    }

    /// The file is at its end.
    pub fn finish(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        let held = std::mem::take(&mut self.held);
        let kept = &self.kept;
        let mut sink = |record: &Record<'_>| keep(kept, record, rows);
        self.records.feed(held.trim_end_matches(CLOSING_SIGNS).as_bytes(), &mut sink)?;
        self.records.finish(&mut sink)
    }

    /// How many bytes of the text are done with: those up to the end of the last whole row.
    pub const fn consumed(&self) -> u64 {
        self.records.consumed()
    }

    /// The line that begins behind them.
    pub const fn line(&self) -> i64 {
        self.records.row_line()
    }
}

fn keep(kept: &Kept, record: &Record<'_>, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
    rows.extend(kept.row(record)?);
    Ok(())
}

/// Turns bytes into rows.
pub struct Reader {
    decoder: Decoder,
    rows: RowReader,
    /// The text behind the last whole row.
    tail: String,
    /// Bytes of the file up to what was taken in.
    taken: u64,
    /// Bytes of text up to the tail.
    done: u64,
}

impl Reader {
    /// Before the byte at that position: the beginning of the file, or where another reader stood.
    pub fn resume(format: &Format, position: Position) -> Self {
        Self {
            decoder: Decoder::new(format.encoding),
            rows: RowReader::new(format, position.line),
            tail: String::new(),
            taken: position.byte,
            done: 0,
        }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8], rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        let begin = self.tail.len();
        let decoded = self.decoder.feed(bytes, &mut self.tail);
        self.rows.feed(&self.tail[begin..], rows)?;
        decoded.map_err(|_| not_in(self.rows.encoding).on(self.rows.line()))?;
        self.taken += bytes.len() as u64;
        let done = self.rows.consumed();
        self.tail.drain(..usize::try_from(done - self.done).unwrap_or(usize::MAX).min(self.tail.len()));
        self.done = done;
        Ok(())
    }

    /// The file is at its end.
    pub fn finish(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        self.decoder.finish().map_err(|_| not_in(self.rows.encoding).on(self.rows.line()))?;
        self.rows.finish(rows)
    }

    /// Where another reader can go on: behind the last row that this one gave.
    pub fn position(&self) -> Position {
        let unread = self.rows.encoding.source_bytes(&self.tail) + self.decoder.cut_bytes();
        Position { byte: self.taken - unread, line: self.rows.line() }
    }
}
