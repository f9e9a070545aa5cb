//! The rows of one sheet, as they stream in.

use std::ops::Range;

use super::container::Part;
use super::fault::WorkbookFault;
use super::numbers::Shown;
use super::strings::{Strings, unescape};
use super::xml::{Piece, Tag, Xml};

/// The last row and the last column, XFD.
const ROWS_MAX: i64 = 1_048_576;
const COLUMNS_MAX: usize = 16_384;
/// Cells up to the last one of each row, together: a sheet of all rows has a hundred columns. What goes beyond has its
/// cells far apart, and each gap costs whoever reads the rows as much as a cell.
const CELLS_MAX: usize = 100 * ROWS_MAX as usize;

/// What stands in a row, in bytes. No list of people comes near it, and a row is kept whole.
const ROW_BYTES_MAX: usize = 1024 * 1024;

/// How numbers are shown in a file.
pub struct Looks {
    /// By the number of a style.
    pub formats: Vec<Shown>,
    /// Whether days are counted from 1904.
    pub is_1904: bool,
}

/// What every sheet of a file needs.
#[derive(Clone, Copy)]
pub struct Sheets<'w> {
    pub strings: &'w Strings,
    pub looks: &'w Looks,
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    line: i64,
    /// The column behind the last cell, also if nothing stands in that.
    next_column: usize,
    /// Where in the text each cell stands.
    cells: Vec<Range<usize>>,
    text: String,
}

/// The rows of a sheet, one after another, as whoever reads them asks for the next.
pub struct SheetRows<'w> {
    sheets: Sheets<'w>,
    xml: Xml<Part<'w>>,
    row: Row,
    value: String,
    /// Of the rows so far.
    cells: usize,
    in_data: bool,
    is_over: bool,
}

impl<'w> Sheets<'w> {
    pub fn rows(self, part: Part<'w>) -> SheetRows<'w> {
        SheetRows {
            sheets: self,
            xml: Xml::new(part),
            row: Row::default(),
            value: String::new(),
            cells: 0,
            in_data: false,
            is_over: false,
        }
    }
}

impl SheetRows<'_> {
    /// The next row in which something stands: its number, as the table shows it, and its cells up to the last that is not
    /// empty. `None` behind the last. A fault may come behind any row: then the rows before it are not to be kept.
    pub fn next_row(&mut self) -> Result<Option<(i64, Vec<&str>)>, WorkbookFault> {
        self.row.cells.clear();
        while !self.is_over {
            match self.xml.next()? {
                Piece::Start(tag) => match tag.name() {
                    "sheetData" => self.in_data = true,
                    "row" if self.in_data => self.row.begin(&tag)?,
                    "c" if self.in_data => {
                        let cell = CellTag::read(&tag, self.row.next_column)?;
                        self.row.next_column = cell.column + 1;
                        self.sheets.cell(&mut self.xml, &cell, &mut self.row, &mut self.value)?;
                    }
                    _ => {}
                },
                Piece::End(tag) if tag.name() == "row" && !self.row.cells.is_empty() => {
                    self.cells += self.row.cells.len();
                    if self.cells > CELLS_MAX {
                        return Err(WorkbookFault::TooLarge);
                    }
                    return Ok(Some((self.row.line, self.row.texts())));
                }
                // What follows are pictures, filters and the like.
                Piece::End(tag) if tag.name() == "sheetData" => {
                    self.xml.pass_over()?;
                    self.is_over = true;
                }
                Piece::Eof => self.is_over = true,
                _ => {}
            }
        }
        Ok(None)
    }
}

impl Sheets<'_> {
    /// Reads a cell to its end, and puts into the row what is seen of it.
    fn cell(
        &self,
        xml: &mut Xml<Part<'_>>,
        cell: &CellTag,
        row: &mut Row,
        value: &mut String,
    ) -> Result<(), WorkbookFault> {
        value.clear();
        let begin = row.text.len();
        loop {
            match xml.next()? {
                Piece::Start(tag) => match tag.name() {
                    "v" => xml.text(false, value)?,
                    "is" => xml.text(true, value)?,
                    _ => xml.skip()?,
                },
                Piece::End(_) => break,
                Piece::Eof => return Err(WorkbookFault::Malformed),
                Piece::Text(_) | Piece::Other => {}
            }
        }
        match cell.kind {
            Kind::Shared if value.is_empty() => {}
            Kind::Shared => {
                let number = value.trim().parse().map_err(|_| WorkbookFault::Malformed)?;
                self.strings.write(number, &mut row.text).ok_or(WorkbookFault::Malformed)?;
            }
            Kind::Error => {}
            Kind::Boolean => row.text.push_str(match value.trim() {
                "1" | "true" => "TRUE",
                "0" | "false" => "FALSE",
                _ => "",
            }),
            Kind::Number => {
                let format = self.looks.formats.get(cell.style).unwrap_or(&Shown::Plain);
                format.write(value, self.looks.is_1904, &mut row.text);
            }
            Kind::Text => {
                unescape(value);
                row.text.push_str(value);
            }
        }
        if row.text.len() > ROW_BYTES_MAX {
            return Err(WorkbookFault::TooLarge);
        }
        if row.text.len() > begin {
            // Cells between have nothing in them.
            row.cells.resize(cell.column, 0..0);
            row.cells.push(begin..row.text.len());
        }
        Ok(())
    }
}

impl Row {
    fn texts(&self) -> Vec<&str> {
        self.cells.iter().map(|cell| self.text.get(cell.clone()).unwrap_or_default()).collect()
    }

    fn begin(&mut self, tag: &Tag<'_>) -> Result<(), WorkbookFault> {
        let line = match tag.attribute("r")? {
            Some(line) => line.parse().map_err(|_| WorkbookFault::Malformed)?,
            None => self.line + 1,
        };
        // Rows go down, and no row comes twice.
        if line <= self.line {
            return Err(WorkbookFault::Malformed);
        }
        if line > ROWS_MAX {
            return Err(WorkbookFault::TooLarge);
        }
        self.line = line;
        self.next_column = 0;
        self.cells.clear();
        self.text.clear();
        Ok(())
    }
}

/// What a value is.
enum Kind {
    Number,
    Text,
    Shared,
    Boolean,
    Error,
}

/// What is said of a cell.
struct CellTag {
    column: usize,
    style: usize,
    kind: Kind,
}

impl CellTag {
    /// A cell that does not say where it is stands behind the one before it.
    fn read(tag: &Tag<'_>, next_column: usize) -> Result<Self, WorkbookFault> {
        let column = match tag.attribute("r")? {
            Some(reference) => column_of(&reference).ok_or(WorkbookFault::Malformed)?,
            None => next_column,
        };
        // Cells go to the right, and no cell comes twice.
        if column < next_column {
            return Err(WorkbookFault::Malformed);
        }
        if column >= COLUMNS_MAX {
            return Err(WorkbookFault::TooLarge);
        }
        let kind = match tag.attribute("t")?.as_deref() {
            None | Some("n") => Kind::Number,
            Some("s") => Kind::Shared,
            Some("b") => Kind::Boolean,
            Some("e") => Kind::Error,
            // Texts of formulas and of cells alone, and dates in words.
            Some("str" | "inlineStr" | "d") => Kind::Text,
            Some(_) => return Err(WorkbookFault::Malformed),
        };
        let style = tag.attribute("s")?.and_then(|style| style.parse().ok()).unwrap_or(0);
        Ok(Self { column, style, kind })
    }
}

/// The column of `AB12`, from zero.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.trim_end_matches(|sign: char| sign.is_ascii_digit());
    if letters.is_empty() || letters.len() > 3 || letters.len() == reference.len() {
        return None;
    }
    let digit = |letter: u8| letter.is_ascii_uppercase().then(|| usize::from(letter - b'A') + 1);
    letters.bytes().try_fold(0, |column, letter| Some(column * 26 + digit(letter)?)).map(|column| column - 1)
}
