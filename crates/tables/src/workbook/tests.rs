//! Files as Excel, LibreOffice, Google and others write them, and files that nobody should have written.

use super::*;

mod broken;
pub(crate) mod built;
mod limits;
mod written;

use built::{Built, NAMESPACE};

/// The rows of a sheet with their numbers.
fn rows_of(workbook: &mut Workbook, sheet: usize) -> Result<Vec<(i64, Vec<String>)>, WorkbookFault> {
    let mut reader = workbook.rows(sheet)?;
    let mut rows = Vec::new();
    while let Some((line, cells)) = reader.next_row()? {
        rows.push((line, cells.into_iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}

/// The rows of the sheet that is read unless another is chosen.
fn read(file: Vec<u8>) -> Result<Vec<(i64, Vec<String>)>, WorkbookFault> {
    let mut workbook = Workbook::open(file)?;
    let sheet = workbook.default_sheet()?;
    rows_of(&mut workbook, sheet)
}

/// What stands in the first row of a file with that one sheet of data.
fn first_row(file: Built) -> Vec<String> {
    read(file.packed()).expect("read").remove(0).1
}
