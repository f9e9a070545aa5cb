//! The sign that parts the cells of a file, by its first rows (R70).

use domain::phone::{Look, look_of};

use super::fault::CsvError;
use super::folded::words;
use super::names::{PhoneName, phone_name};
use super::records::{Record, Records};

/// Signs that part cells. The first wins where nothing speaks for another.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows by which the delimiter is found.
const ROWS: usize = 20;
/// A longer text is no name.
const NAME_BYTES_MAX: usize = 200;

/// What a row is like, parted by one sign.
struct Parted {
    /// Cells.
    width: usize,
    /// Cells up to the last that is not empty.
    filled: usize,
    /// Whether a number stands in it, perhaps beside others.
    has_number: bool,
    /// Whether a cell of it is a number, or several, and nothing else.
    is_clear: bool,
    /// Whether a cell that no other sign would part is named as numbers are.
    names_numbers: bool,
}

impl Parted {
    fn of(cells: &[&str]) -> Self {
        let parts =
            |cell: &str| cell.split(DELIMITERS.map(char::from)).map(str::to_owned).collect::<Vec<_>>();
        let is_number = |text: &str| look_of(text) != Look::Other;
        // `7,70123E+10` is one, by its comma and without it.
        let is_counted = |cell: &str| is_number(cell) && cell.contains(['e', 'E']) && !cell.contains(';');
        let is_clear = |cell: &&str| {
            let numbers =
                parts(cell).iter().filter(|part| !part.trim().is_empty()).all(|part| is_number(part));
            is_number(cell) && (numbers || is_counted(cell)) && !cell.contains('"')
        };
        let is_clear = cells.iter().any(is_clear);
        // A row in one piece has its number among other things.
        let has_number = is_clear
            || (cells.len() > 1 && cells.iter().any(|cell| parts(cell).iter().any(|part| is_number(part))));
        let names = |cell: &&str| {
            cell.len() <= NAME_BYTES_MAX
                && !cell.contains(DELIMITERS.map(char::from))
                && phone_name(&words(cell)) > PhoneName::Silent
        };
        Self {
            width: cells.len(),
            filled: cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |place| place + 1),
            has_number,
            is_clear,
            names_numbers: !has_number && cells.iter().any(names),
        }
    }
}

/// The delimiter that a first line `sep=;` names for Excel, and what is behind that line.
pub fn declared_delimiter(head: &[u8]) -> Option<(u8, &[u8])> {
    let end = head.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let line = std::str::from_utf8(&head[..end]).ok()?.trim_matches(['"', ' ']);
    let (word, sign) = line.split_at_checked(4)?;
    // The sign itself may be doubled by a program that saved the line as a row.
    let sign = *sign.as_bytes().first()?;
    let rest = head[end..].strip_prefix(b"\r\n").unwrap_or(&head[end + 1..]);
    (word.eq_ignore_ascii_case("sep=") && DELIMITERS.contains(&sign)).then_some((sign, rest))
}

/// The sign by which the most of the first rows have a number in a cell of their own, and of such that by which they
/// fall into the columns that the header names; else the most rows alike; else that of which the first line has most,
/// where no row can be read.
pub fn delimiter_of(head: &[u8]) -> u8 {
    let first_line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let score = |delimiter: u8| {
        let rows = parted_by(head, delimiter);
        let count = |is: &dyn Fn(&Parted) -> bool| rows.iter().filter(|row| is(row)).count();
        let below = |header: usize| {
            let width = rows[header].width;
            rows[header..].iter().filter(|row| row.has_number && row.filled <= width).count()
        };
        let headers = || (0..rows.len()).filter(|place| !rows[*place].has_number);
        let numbers = count(&|row| row.has_number);
        let fitting = headers().map(below).max().unwrap_or(numbers);
        let named = headers().any(|place| rows[place].names_numbers && below(place) == fitting);
        let alike = |row: &Parted| rows.iter().filter(|other| other.width == row.width).count();
        let commonest = rows.iter().map(|row| (alike(row), row.width)).max().unwrap_or((0, 0));
        let signs = first_line.iter().filter(|byte| **byte == delimiter).count();
        (numbers, fitting, named, count(&|row| row.is_clear), commonest, signs)
    };
    // Of equals the last wins.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}

/// The first rows, parted by that sign. A fault shows when the file is read: here the line on which a quote is opened
/// that nobody closes is taken without its quotes, and the next is another row.
fn parted_by(head: &[u8], delimiter: u8) -> Vec<Parted> {
    let mut rows = Vec::new();
    let mut rest = head;
    while rows.len() < ROWS && !rest.is_empty() {
        let mut sink = |record: &Record<'_>| {
            if record.cells.iter().any(|cell| !cell.trim().is_empty()) {
                rows.push(Parted::of(&record.cells));
            }
            if rows.len() < ROWS { Ok(()) } else { Err(CsvError::LineTooLong.into()) }
        };
        let mut records = Records::new(delimiter, 0);
        let stopped = records.feed(rest, &mut sink).and_then(|()| records.finish(&mut sink));
        let Err(fault) = stopped else { break };
        let Some(line) = fault.line.filter(|_| fault.error == CsvError::Malformed) else { break };
        let (opened, behind) = line_of(rest, line);
        let opened: Vec<u8> = opened.iter().copied().filter(|byte| *byte != b'"').collect();
        let mut records = Records::new(delimiter, 0);
        let _no_fault_counts = records.feed(&opened, &mut sink).and_then(|()| records.finish(&mut sink));
        rest = behind;
    }
    rows
}

/// A line by its number from zero, and what is behind it.
fn line_of(text: &[u8], number: i64) -> (&[u8], &[u8]) {
    let mut rest = text;
    for _ in 0..number {
        rest = cut_line(rest).1;
    }
    cut_line(rest)
}

fn cut_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    (line, rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or_default())
}
