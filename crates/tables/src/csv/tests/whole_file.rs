//! A file from its first byte to its last, as a reader of all of it sees it.

use domain::columns::ChosenColumns;

use crate::csv::{CsvFault, CsvRow, Format, FormatChoice, HEAD_BYTES, Reader, Recognised};
use crate::encoding::Encoding;

/// Turns a file in UTF-8 into rows by both steps, as it streams in.
#[derive(Default)]
pub struct CsvReader {
    /// What came before that.
    head: Vec<u8>,
    body: Option<Body>,
}

/// The file behind its head.
struct Body {
    recognised: Recognised,
    reader: Reader,
}

impl CsvReader {
    /// Before the first byte.
    pub const fn new() -> Self {
        Self { head: Vec::new(), body: None }
    }

    /// The columns that are kept; nothing before the end of the file.
    pub fn chosen_columns(&self) -> Option<ChosenColumns> {
        self.body.as_ref().map(|body| body.recognised.format.columns.clone())
    }

    /// Columns that were not kept.
    pub fn dropped_columns(&self) -> Vec<String> {
        self.body.as_ref().map(|body| body.recognised.dropped.clone()).unwrap_or_default()
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8], rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        if let Some(body) = &mut self.body {
            return body.reader.feed(bytes, rows);
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() < HEAD_BYTES { Ok(()) } else { self.begin(false, rows).map(|_| ()) }
    }

    /// The file is at its end.
    pub fn finish(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvFault> {
        match &mut self.body {
            Some(body) => body.reader.finish(rows),
            None => self.begin(true, rows)?.finish(rows),
        }
    }

    fn begin(&mut self, at_end: bool, rows: &mut Vec<CsvRow>) -> Result<&mut Reader, CsvFault> {
        let head = std::mem::take(&mut self.head);
        let in_utf_8 = FormatChoice { encoding: Some(Encoding::Utf8), ..FormatChoice::default() };
        let recognised = Format::choose(&head, at_end, &in_utf_8)?;
        let beginning = recognised.format.beginning();
        let mut reader = Reader::resume(&recognised.format, beginning);
        let marks = usize::try_from(beginning.byte).unwrap_or(head.len());
        reader.feed(&head[marks..], rows)?;
        Ok(&mut self.body.insert(Body { recognised, reader }).reader)
    }
}
