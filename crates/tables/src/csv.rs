//! Reading a list of clients that was saved as text (R20, R70), in two steps. [`Format`] is found from the first bytes:
//! the encoding, the delimiter, the header and the columns, by the words of `names` and by what stands in them. By it
//! [`Reader`] turns bytes into rows, from the beginning or from where another stopped. [`write_row`] goes the other way.

mod answer;
mod choice;
mod columns;
mod consent;
mod delimiter;
mod fault;
mod folded;
mod format;
mod kept;
mod names;
mod others;
mod reader;
mod records;
#[cfg(test)]
mod tests;
mod written;

pub use answer::{Answer, answer_of};
pub use choice::FormatChoice;
pub use fault::{CsvError, CsvFault};
pub use format::{Format, HEAD_BYTES, Position, Preview, PreviewRow, Recognised};
pub use kept::CsvRow;
pub use reader::{Reader, RowReader};
pub use records::{COLUMNS_MAX, row_bytes_max};
pub use written::{BEGINNING, write_row};
