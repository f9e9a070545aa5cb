//! Tables as RFC 4180 has them, such that a spreadsheet shows them and carries nothing out.

/// Without it Excel takes UTF-8 for the letters of its own country.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A table under way.
pub struct Csv(String);

impl Csv {
    /// One with its first row.
    pub fn new<'c>(columns: impl IntoIterator<Item = &'c str>) -> Self {
        let mut table = Self(BYTE_ORDER_MARK.to_owned());
        table.row(columns);
        table
    }

    /// One more row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            self.cell(cell);
        }
        self.0.push_str("\r\n");
    }

    /// The whole.
    pub fn finish(self) -> String {
        self.0
    }

    fn cell(&mut self, cell: &str) {
        let is_quoted = cell.contains([',', '"', '\r', '\n', ';', '\t']);
        if is_quoted {
            self.0.push('"');
        }
        // What begins so is a formula for a spreadsheet, and names are anybody's: an apostrophe makes it a text. It is one
        // behind blanks too, which some spreadsheets cut off.
        if cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r'])
            || cell.starts_with(['\t', '\r', '\n'])
        {
            self.0.push('\'');
        }
        self.0.push_str(&cell.replace('"', "\"\""));
        if is_quoted {
            self.0.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let mut rows = vec![vec![String::new()]];
        let mut quoted = false;
        let mut letters = text.strip_prefix(BYTE_ORDER_MARK).expect("a mark").chars().peekable();
        while let Some(letter) = letters.next() {
            let row = rows.last_mut().expect("a row");
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    row.last_mut().expect("a cell").push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                '\r' if !quoted && letters.peek() == Some(&'\n') => {
                    letters.next();
                    rows.push(vec![String::new()]);
                }
                other => row.last_mut().expect("a cell").push(other),
            }
        }
        rows.pop();
        rows
    }

    proptest! {
        /// Whatever a campaign is called, it is one cell, reads back as it was, and is no formula.
        #[test]
        fn a_cell_is_read_back_and_is_never_a_formula(cells in proptest::collection::vec("[=+@\\-a-я\",;\r\n\t ']{0,6}", 1..5)) {
            let mut csv = Csv::new(["column"]);
            csv.row(cells.iter().map(String::as_str));
            let read = rows(&csv.finish());
            prop_assert_eq!(read[1].len(), cells.len());
            for (read, cell) in read[1].iter().zip(&cells) {
                let is_formula = read.trim_start().starts_with(['=', '+', '-', '@']);
                prop_assert!(!is_formula, "{read:?}");
                prop_assert_eq!(read.strip_suffix(cell.as_str()).map(|mark| mark == "" || mark == "'"), Some(true));
            }
        }
    }
}
