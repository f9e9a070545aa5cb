//! Rows of a sheet as text, which the reader of [`csv`](crate::csv) takes.

/// Adds a row in TSV, from which the same cells are read again. Cells with tabs, line ends or quotes stand in quotes.
pub fn write_tsv_row(cells: &[&str], text: &mut String) {
    for (place, cell) in cells.iter().enumerate() {
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
