//! Rows of a sheet as text, which the reader of [`csv`](crate::csv) takes.

use std::borrow::Cow;

/// Writes rows one under the other, each on the line of its number in the table: so a line that the reader names is the
/// row that its owner sees. For that, line ends within cells become blanks.
pub struct TsvWriter {
    line: i64,
}

impl TsvWriter {
    /// Before the first sign of that line.
    pub const fn from_line(line: i64) -> Self {
        Self { line }
    }

    /// Adds the row of that number, below blank lines for those that were passed over.
    pub fn write(&mut self, line: i64, cells: &[&str], text: &mut String) {
        for _ in self.line..line {
            text.push('\n');
        }
        self.line = line + 1;
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| in_one_line(cell)).collect();
        write_tsv_row(&cells, text);
    }
}

fn in_one_line(cell: &str) -> Cow<'_, str> {
    if cell.contains(['\r', '\n']) {
        cell.replace("\r\n", " ").replace(['\r', '\n'], " ").into()
    } else {
        cell.into()
    }
}

/// Adds a row in TSV, from which the same cells are read again. Cells with tabs, line ends or quotes stand in quotes.
pub fn write_tsv_row<C: AsRef<str>>(cells: &[C], text: &mut String) {
    for (place, cell) in cells.iter().map(AsRef::as_ref).enumerate() {
        if place > 0 {
            text.push('\t');
        }
        if cell.contains(['\t', '\n', '\r', '"']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}
