//! Reading a list of clients from an XLSX file, as its owner sees it in the table (R70): sheets by name, rows of text
//! cells one after another.
//!
//! The file comes from strangers. So limits stand before everything: nothing is believed that the file says of its own
//! size, what is unpacked is counted while it is, and no more is kept than the packed file, the texts that cells share
//! and one row.

mod container;
mod contents;
mod fault;
mod numbers;
mod sheet;
mod strings;
mod styles;
#[cfg(test)]
mod tests;
mod tsv;
mod xml;

pub use container::PACKED_BYTES_MAX;
pub use contents::Sheet;
pub use fault::WorkbookFault;
pub use sheet::SheetRows;
pub use tsv::{TsvWriter, write_tsv_row};

use container::Container;
use contents::Contents;
use sheet::{Looks, Sheets};
use strings::Strings;

/// A file that was opened: what its sheets have in common is read, they themselves are not.
pub struct Workbook {
    container: Container,
    sheets: Vec<Sheet>,
    /// Where each sheet is in the file.
    parts: Vec<String>,
    strings: Strings,
    looks: Looks,
}

impl Workbook {
    /// Opens a file of at most 50 MiB. Its packed bytes are kept until the end; they and the texts that cells share come
    /// to at most 88 MiB.
    pub fn open(bytes: Vec<u8>) -> Result<Self, WorkbookFault> {
        let mut container = Container::open(bytes)?;
        let Contents { sheets, parts, is_1904, strings, styles } = Contents::read(&mut container)?;
        container.is_known();
        let room = container.room();
        let strings = match strings.map(|part| container.part(&part)).transpose()? {
            Some(part) => Strings::read(part, room)?,
            None => Strings::default(),
        };
        let formats = match styles.map(|part| container.part(&part)).transpose()? {
            Some(part) => styles::read(part)?,
            None => Vec::new(),
        };
        container.count_from_here();
        Ok(Self { container, sheets, parts, strings, looks: Looks { formats, is_1904 } })
    }

    /// The sheets with rows, in the order of their tabs. Charts are none.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The place of the first visible sheet in which something stands.
    pub fn default_sheet(&mut self) -> Result<usize, WorkbookFault> {
        // All looks together may unpack as much as the reading of one sheet.
        self.container.count_anew();
        for place in 0..self.sheets.len() {
            if self.sheets[place].is_visible && self.reader(place)?.next_row()?.is_some() {
                return Ok(place);
            }
        }
        Err(WorkbookFault::WithoutRows)
    }

    /// The rows of a sheet in which something stands, one after another.
    pub fn rows(&mut self, sheet: usize) -> Result<SheetRows<'_>, WorkbookFault> {
        self.container.count_anew();
        self.reader(sheet)
    }

    fn reader(&mut self, sheet: usize) -> Result<SheetRows<'_>, WorkbookFault> {
        let part = self.parts.get(sheet).ok_or(WorkbookFault::SheetMissing)?;
        let part = self.container.part(part)?;
        Ok(Sheets { strings: &self.strings, looks: &self.looks }.rows(part))
    }
}
