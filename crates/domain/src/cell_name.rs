//! Cells by name: each is a database of its own with the accounts that live in it, and says with its name which
//! label it has at the host and how its log is called.

/// How many cells a deployment may have: a message's row says its cell in five bits.
pub const CELLS_MAX: u16 = 32;
/// Bits of a message's row below those of its cell: four thousand million messages in each.
pub const ROWS_BITS: u32 = 32;
/// Bits of a message's row altogether.
pub const ROW_BITS: u32 = ROWS_BITS + CELLS_MAX.trailing_zeros();

/// The first cell's label, which every host gives without configuration.
const FIRST_LABEL: &str = "default";

/// A cell. The first has the label `default`, the others `cell2`, `cell3` and so on; a name is never given to
/// another cell, since ids, links and logs say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellName(u16);

impl CellName {
    /// The cell that lies beside the directory, in one database.
    pub const FIRST: Self = Self(1);

    /// The cell with a number from 1 to [`CELLS_MAX`].
    pub const fn numbered(number: u16) -> Option<Self> {
        if number >= 1 && number <= CELLS_MAX { Some(Self(number)) } else { None }
    }

    /// The cell with a label, which has one spelling only.
    pub fn parse(label: &str) -> Option<Self> {
        if label == FIRST_LABEL {
            return Some(Self::FIRST);
        }
        let name = Self::numbered(label.strip_prefix("cell")?.parse().ok()?)?;
        (name.label() == label).then_some(name)
    }

    /// The cells of a deployment from its variable, such as `default,cell2,cell3`. The first is always there,
    /// since the directory lies in its database. `None` for anything else.
    pub fn parse_list(labels: &str) -> Option<Vec<Self>> {
        let names: Vec<Self> =
            labels.split(',').map(|label| Self::parse(label.trim())).collect::<Option<_>>()?;
        let is_known_once = names.iter().enumerate().all(|(place, name)| !names[..place].contains(name));
        (names.first() == Some(&Self::FIRST) && is_known_once).then_some(names)
    }

    /// Counted from 1.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The label of its database at the host.
    pub fn label(self) -> String {
        if self == Self::FIRST { FIRST_LABEL.to_owned() } else { format!("cell{}", self.0) }
    }

    /// The row before the first of its messages: rows of several cells are never the same, so a message keeps its own
    /// when it moves to another, and links and operators' references go on naming it.
    pub const fn rows_begin(self) -> i64 {
        (self.0 as i64 - 1) << ROWS_BITS
    }

    /// The cell in which the message with a row was born. It may have moved since.
    pub fn of_row(row: i64) -> Option<Self> {
        Self::numbered(u16::try_from(row >> ROWS_BITS).ok()?.checked_add(1)?)
    }

    /// The name of its log, which is also the name of the key that signs the log's checkpoints (R91).
    pub fn log(self) -> String {
        format!("send-box.com/cell-{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_one_cell_and_has_one_spelling() {
        for label in ["default", "cell2", "cell32"] {
            assert_eq!(CellName::parse(label).map(CellName::label).as_deref(), Some(label));
        }
        for other in ["", "cell1", "cell0", "cell02", "cell33", "cell+2", "cell", "Default", "cell2 "] {
            assert_eq!(CellName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn the_cells_of_a_deployment_begin_with_the_first_and_are_named_once() {
        let numbers = |labels| {
            CellName::parse_list(labels)
                .map(|names| names.into_iter().map(CellName::number).collect::<Vec<_>>())
        };
        assert_eq!(numbers("default"), Some(vec![1]));
        assert_eq!(numbers("default, cell3,cell2"), Some(vec![1, 3, 2]));
        for other in ["", "cell2", "cell2,default", "default,default", "default,", "default cell2"] {
            assert_eq!(numbers(other), None, "{other}");
        }
    }

    #[test]
    fn a_row_says_the_cell_that_it_was_born_in() {
        let second = CellName::numbered(2).expect("a cell");
        assert_eq!(second.rows_begin(), 1 << 32);
        for (row, name) in [(1, Some(CellName::FIRST)), (second.rows_begin() + 1, Some(second))] {
            assert_eq!(CellName::of_row(row), name, "{row}");
        }
        assert_eq!(CellName::of_row(-1), None);
        assert_eq!(CellName::of_row(1 << ROW_BITS), None);
    }

    /// R91: who kept a checkpoint of the first cell finds the log under the same name.
    #[test]
    fn each_cell_has_a_log_of_its_own() {
        assert_eq!(CellName::FIRST.log(), "send-box.com/cell-1");
        assert_eq!(CellName::numbered(2).map(CellName::log).as_deref(), Some("send-box.com/cell-2"));
    }
}
