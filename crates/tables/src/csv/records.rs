//! Rows out of bytes, as they stream in (R70).
//!
//! Own code, since no CSV crate says on which line a quote was opened that nobody closed, and none takes blanks
//! before a quote: `csv-core`, which stood here, swallows the rows behind such a quote, and goes on.

use super::fault::{CsvError, CsvFault};

/// The longest row, in bytes, if it has few cells; each beyond the 32nd may bring 128 more.
pub const ROW_BYTES_MAX: usize = 4 * 1024;
const CELL_BYTES: usize = 128;
/// The most columns.
pub const COLUMNS_MAX: usize = 1_000;

/// The longest row of so many cells, in bytes.
pub fn row_bytes_max(cells: usize) -> usize {
    ROW_BYTES_MAX.max(CELL_BYTES * cells)
}

/// One row as it was read; its cells without their quotes.
pub struct Record<'r> {
    /// The line of the file on which it begins.
    pub line: i64,
    /// The cells.
    pub cells: Vec<&'r str>,
    /// Which cells go over line ends, and on which line the quote of each was opened.
    pub spanning: &'r [(usize, i64)],
}

/// Where in a cell the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before its first sign: there may be blanks.
    Begin,
    /// Among signs that mean themselves, quotes too.
    Plain,
    /// Behind an opening quote.
    Quoted,
    /// Behind a quote in a quoted cell: the closing one, or the first of two.
    Quote,
    /// Among blanks behind the closing quote.
    Closed,
}

/// Turns bytes into rows.
pub struct Records {
    delimiter: u8,
    state: State,
    /// The cells of the row so far, one behind the other.
    text: Vec<u8>,
    ends: Vec<usize>,
    spanning: Vec<(usize, i64)>,
    line: i64,
    row_line: i64,
    row_bytes: usize,
    quote_line: i64,
    after_return: bool,
    /// Bytes taken in, and those up to the end of the last whole line.
    taken: u64,
    consumed: u64,
}

impl Records {
    /// Before the first byte of that line.
    pub fn new(delimiter: u8, line: i64) -> Self {
        Self {
            delimiter,
            state: State::Begin,
            text: Vec::new(),
            ends: Vec::new(),
            spanning: Vec::new(),
            line,
            row_line: line,
            row_bytes: 0,
            quote_line: line,
            after_return: false,
            taken: 0,
            consumed: 0,
        }
    }

    /// How many of the bytes are done with: those up to the end of the last whole row. A new reader can begin behind
    /// them, on the line of [`Self::row_line`], unless they end within a line end of two signs.
    pub const fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The line on which the row begins that is being read.
    pub const fn row_line(&self) -> i64 {
        self.row_line
    }

    /// Takes the next bytes; `sink` gets each row that ends in them.
    pub fn feed<S>(&mut self, bytes: &[u8], sink: &mut S) -> Result<(), CsvFault>
    where
        S: FnMut(&Record<'_>) -> Result<(), CsvFault>,
    {
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            // Most bytes mean themselves: they are taken in one piece.
            if matches!(self.state, State::Plain | State::Quoted) {
                let piece = rest.iter().position(|byte| self.is_special(*byte)).unwrap_or(rest.len());
                if piece > 0 {
                    self.take(&rest[..piece])?;
                    self.taken += piece as u64;
                    self.after_return = false;
                    rest = &rest[piece..];
                    continue;
                }
            }
            self.taken += 1;
            self.byte(byte, sink)?;
            rest = behind;
        }
        Ok(())
    }

    /// The file is at its end.
    pub fn finish<S>(&mut self, sink: &mut S) -> Result<(), CsvFault>
    where
        S: FnMut(&Record<'_>) -> Result<(), CsvFault>,
    {
        if self.state == State::Quoted {
            return Err(CsvError::Malformed.on(self.quote_line));
        }
        if self.row_bytes > 0 { self.end_row(sink) } else { Ok(()) }
    }

    fn is_special(&self, byte: u8) -> bool {
        match self.state {
            State::Quoted => matches!(byte, b'"' | b'\r' | b'\n'),
            _ => byte == self.delimiter || matches!(byte, b'\r' | b'\n'),
        }
    }

    fn byte<S>(&mut self, byte: u8, sink: &mut S) -> Result<(), CsvFault>
    where
        S: FnMut(&Record<'_>) -> Result<(), CsvFault>,
    {
        // A line feed behind a carriage return belongs to it.
        let second = byte == b'\n' && self.after_return;
        self.after_return = byte == b'\r';
        let is_line_end = matches!(byte, b'\r' | b'\n');
        if is_line_end && self.state != State::Quoted {
            if !second {
                self.end_line(sink)?;
            }
            self.consumed = self.taken;
            return Ok(());
        }
        match self.state {
            State::Quoted if byte == b'"' => {
                self.row_bytes += 1;
                self.state = State::Quote;
            }
            State::Quoted => {
                self.take(&[byte])?;
                self.line += i64::from(is_line_end && !second);
            }
            State::Quote if byte == b'"' => {
                self.take(b"\"")?;
                self.state = State::Quoted;
            }
            _ if byte == self.delimiter => {
                self.row_bytes += 1;
                self.end_cell()?;
            }
            State::Begin if byte == b'"' => {
                self.text.truncate(self.cell_begin());
                self.row_bytes += 1;
                self.quote_line = self.line;
                self.state = State::Quoted;
            }
            State::Quote | State::Closed if matches!(byte, b' ' | b'\t') => self.state = State::Closed,
            State::Quote | State::Closed => self.reopen(byte)?,
            State::Begin | State::Plain => {
                self.take(&[byte])?;
                if !matches!(byte, b' ' | b'\t') {
                    self.state = State::Plain;
                }
            }
        }
        Ok(())
    }

    /// Something stands behind a closing quote. On one line the quotes mean themselves, as in `"Dawn" Ltd`;
    /// over several lines the first of them was never closed.
    fn reopen(&mut self, byte: u8) -> Result<(), CsvFault> {
        if self.line > self.quote_line {
            return Err(CsvError::Malformed.on(self.quote_line));
        }
        self.text.insert(self.cell_begin(), b'"');
        self.text.push(b'"');
        if self.state == State::Closed {
            self.text.push(b' ');
        }
        self.state = State::Plain;
        self.take(&[byte])
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), CsvFault> {
        self.row_bytes += piece.len();
        if self.row_bytes > row_bytes_max(self.ends.len() + 1) {
            let unclosed = matches!(self.state, State::Quoted | State::Quote) && self.line > self.quote_line;
            let fault = if unclosed {
                CsvError::Malformed.on(self.quote_line)
            } else {
                CsvError::LineTooLong.on(self.row_line)
            };
            return Err(fault);
        }
        self.text.extend_from_slice(piece);
        Ok(())
    }

    fn cell_begin(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn end_cell(&mut self) -> Result<(), CsvFault> {
        if self.ends.len() == COLUMNS_MAX {
            // Delimiters at the end of a line, as spreadsheets leave them, make no columns.
            let is_empty = self.text.len() == self.cell_begin() && self.state != State::Plain;
            self.state = State::Begin;
            return if is_empty { Ok(()) } else { Err(CsvError::Malformed.on(self.row_line)) };
        }
        if matches!(self.state, State::Quote | State::Closed) && self.line > self.quote_line {
            self.spanning.push((self.ends.len(), self.quote_line));
        }
        self.ends.push(self.text.len());
        self.state = State::Begin;
        Ok(())
    }

    fn end_line<S>(&mut self, sink: &mut S) -> Result<(), CsvFault>
    where
        S: FnMut(&Record<'_>) -> Result<(), CsvFault>,
    {
        if self.row_bytes > 0 {
            self.end_row(sink)?;
        }
        self.line += 1;
        self.row_line = self.line;
        Ok(())
    }

    fn end_row<S>(&mut self, sink: &mut S) -> Result<(), CsvFault>
    where
        S: FnMut(&Record<'_>) -> Result<(), CsvFault>,
    {
        self.end_cell()?;
        let line = self.row_line;
        let not_utf8 = || CsvError::NotUtf8.on(line);
        let text = std::str::from_utf8(&self.text).map_err(|_| not_utf8())?;
        let mut cells = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for end in &self.ends {
            cells.push(text.get(start..*end).ok_or_else(not_utf8)?);
            start = *end;
        }
        sink(&Record { line, cells, spanning: &self.spanning })?;
        self.text.clear();
        self.ends.clear();
        self.spanning.clear();
        self.row_bytes = 0;
        Ok(())
    }
}
