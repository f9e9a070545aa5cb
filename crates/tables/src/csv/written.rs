//! Tables as they are written: RFC 4180, in UTF-8, and safe to be opened in a spreadsheet.

/// What tells a spreadsheet that a file is in UTF-8: without it Excel takes another encoding.
pub const BEGINNING: &str = "\u{feff}";

/// Writes one row. A spreadsheet runs a cell as a formula that begins with `=`, `+`, `-`, `@` or a tab, whoever wrote it;
/// an apostrophe before it makes it a text. A plain number is none, so it stays as it is.
pub fn write_row<'c>(out: &mut String, cells: impl IntoIterator<Item = &'c str>) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_cell(out, cell);
    }
    out.push_str("\r\n");
}

fn write_cell(out: &mut String, cell: &str) {
    let is_quoted = cell.contains([',', '"', '\r', '\n', '\'', ';']) || cell != cell.trim();
    if is_quoted {
        out.push('"');
    }
    if is_formula(cell) {
        out.push('\'');
    }
    for character in cell.chars() {
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    if is_quoted {
        out.push('"');
    }
}

/// Some programs pass over space before they look.
fn is_formula(cell: &str) -> bool {
    let begins =
        |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    (begins(cell) || begins(cell.trim_start())) && !is_number(cell)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::csv::records::{Record, Records};

    fn row(cells: &[&str]) -> String {
        let mut out = String::new();
        write_row(&mut out, cells.iter().copied());
        out
    }

    /// R68: whoever puts a formula into a name does not have it run by who opens the export.
    #[test]
    fn what_a_spreadsheet_would_run_is_a_text() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\""),
            ("-2+3", "'-2+3"),
            ("\t=1", "\"'\t=1\""),
            (" =1", "\"' =1\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ] {
            assert_eq!(row(&[cell]), format!("{written}\r\n"), "{cell}");
        }
    }

    #[test]
    fn numbers_and_plain_texts_stay_as_they_are() {
        let cells = ["+77010000001", "-15.00", "0", "Ару Үлгі", "", "a-b"];
        assert_eq!(row(&cells), "+77010000001,-15.00,0,Ару Үлгі,,a-b\r\n");
    }

    proptest! {
        /// What is written is read back, but for the apostrophe before a formula.
        #[test]
        fn a_row_is_read_as_it_was_written(cells in proptest::collection::vec("[a-z=+@\\-\", ;'\n\r\t0-9]{0,12}", 2..5)) {
            let written = row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
            let mut record: Vec<String> = Vec::new();
            let mut keep = |read: &Record<'_>| {
                record = read.cells.iter().map(|cell| (*cell).to_owned()).collect();
                Ok(())
            };
            Records::new(b',', 1).feed(written.as_bytes(), &mut keep).expect("a table");
            prop_assert_eq!(record.len(), cells.len());
            for (read, cell) in record.iter().zip(&cells) {
                let expected = if is_formula(cell) { format!("'{cell}") } else { cell.clone() };
                prop_assert_eq!(read, &expected);
            }
        }
    }
}
