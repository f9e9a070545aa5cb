//! Which column holds the numbers, and which others are kept: by what stands in them and by their names together
//! (R20, R63, R70).

use domain::columns::{ChosenColumn, ChosenColumns};
use domain::phone::{Look, look_of};
use domain::special_categories;
use domain::unseen::is_unseen;

use super::fault::{CsvError, CsvFault};
use super::folded::words;
use super::names::{KeptColumn, PhoneName, kept_column, phone_name};
use super::records::Record;

/// One data row, with the columns that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvRow {
    /// The line of the file on which it begins.
    pub line: i64,
    /// As written.
    pub phone: String,
    /// As written; `None` if empty.
    pub name: Option<String>,
    /// Where the recipient's consent comes from (R62, R63).
    pub consent_source: Option<String>,
    /// When it was given.
    pub consent_date: Option<String>,
}

/// Rows with something in them among which the column names are looked for.
const HEADER_ROWS: usize = 20;
/// Rows by whose content a column is judged.
const JUDGED_ROWS: usize = 200;
/// The longest name that is shown, in characters. A longer text in a first line is no name.
const NAME_CHARACTERS_MAX: usize = 100;

/// A row that is kept until the columns are known.
#[derive(Debug)]
pub struct Row {
    /// The line of the file on which it begins.
    pub line: i64,
    /// The cells, as written.
    pub cells: Vec<String>,
    /// Which cells go over line ends, and on which line the quote of each was opened.
    pub spanning: Vec<(usize, i64)>,
}

impl Row {
    /// Keeps what was read.
    pub fn of(record: &Record<'_>) -> Self {
        Self {
            line: record.line,
            cells: record.cells.iter().map(|cell| (*cell).to_owned()).collect(),
            spanning: record.spanning.to_vec(),
        }
    }

    fn as_record(&self) -> Record<'_> {
        let cells = self.cells.iter().map(String::as_str).collect();
        Record { line: self.line, cells, spanning: &self.spanning }
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim().is_empty()).count()
    }

    fn has_number(&self) -> bool {
        self.cells.iter().any(|cell| look_of(cell) != Look::Other)
    }

    /// Whether it names a column of numbers, as a header does.
    fn names_numbers(&self) -> bool {
        let named = |cell: &String| {
            cell.chars().count() <= NAME_CHARACTERS_MAX && phone_name(&words(cell)) >= PhoneName::AnyNumber
        };
        self.cells.iter().any(named) && !self.has_number()
    }
}

/// Where the kept columns stand.
#[derive(Debug)]
pub struct Columns {
    header: Option<Row>,
    width: usize,
    delimiter: u8,
    phone: usize,
    name: Option<usize>,
    consent_source: Option<usize>,
    consent_date: Option<usize>,
}

impl Columns {
    /// Finds them in the first rows of a file, and the place of the first row of data among these.
    pub fn find(rows: &[Row], delimiter: u8) -> Result<(Self, usize), CsvFault> {
        let header = header_of(rows);
        let begin = header.map_or(0, |place| place + 1);
        for row in rows[..begin]
            .iter()
            .filter(|row| Some(row.line) == header.map(|place| rows[place].line) || row.filled() > 1)
        {
            if row.cells.iter().any(|cell| special_categories::is_named_by(cell)) {
                return Err(CsvError::SpecialCategoryColumn.on(row.line));
            }
        }
        let data = &rows[begin..rows.len().min(begin + JUDGED_ROWS)];
        let header = header.map(|place| Row {
            line: rows[place].line,
            cells: rows[place].cells.clone(),
            spanning: Vec::new(),
        });
        let width = header.iter().chain(data).map(|row| row.cells.len()).max().unwrap_or(0);
        let names: Vec<Vec<String>> = (0..width)
            .map(|place| {
                header
                    .as_ref()
                    .and_then(|header| header.cells.get(place))
                    .map(|name| words(name))
                    .unwrap_or_default()
            })
            .collect();
        let phone = phone_column(&names, data).ok_or(CsvError::PhoneColumnMissing)?;
        let at = |wanted: KeptColumn| {
            let mut places = names.iter().enumerate();
            places.find_map(|(place, words)| {
                (place != phone && kept_column(words) == Some(wanted)).then_some(place)
            })
        };
        let columns = Self {
            width: header.as_ref().map_or(width, |header| header.cells.len()),
            delimiter,
            phone,
            name: at(KeptColumn::FullName)
                .or_else(|| at(KeptColumn::FirstName))
                .or_else(|| at(KeptColumn::FirmName)),
            consent_source: at(KeptColumn::ConsentSource).or_else(|| at(KeptColumn::Consent)),
            consent_date: at(KeptColumn::ConsentDate),
            header,
        };
        Ok((columns, begin))
    }

    /// What was chosen, as the owner of the file sees it.
    pub fn chosen(&self) -> ChosenColumns {
        let column = |place: usize| ChosenColumn { number: place as i64 + 1, name: self.name_of(place) };
        ChosenColumns {
            header_line: self.header.as_ref().map(|header| header.line),
            delimiter: char::from(self.delimiter).to_string(),
            phone: column(self.phone),
            name: self.name.map(column),
            consent_source: self.consent_source.map(column),
            consent_date: self.consent_date.map(column),
        }
    }

    /// The names of columns that are not kept (R70); the number of one without a name.
    pub fn dropped(&self) -> Vec<String> {
        let kept = [Some(self.phone), self.name, self.consent_source, self.consent_date];
        let dropped = (0..self.width).filter(|place| !kept.contains(&Some(*place)));
        dropped.map(|place| self.name_of(place).unwrap_or_else(|| (place + 1).to_string())).collect()
    }

    fn name_of(&self, place: usize) -> Option<String> {
        let name = self.header.as_ref()?.cells.get(place)?;
        let name = name.trim_matches(|sign: char| sign.is_whitespace() || is_unseen(sign));
        (!name.is_empty()).then(|| name.chars().take(NAME_CHARACTERS_MAX).collect())
    }

    /// What is kept of a row that was kept back.
    pub fn kept_of(&self, row: &Row) -> Result<Option<CsvRow>, CsvFault> {
        self.row(&row.as_record())
    }

    /// What is kept of a row; nothing if nothing stands in it.
    pub fn row(&self, record: &Record<'_>) -> Result<Option<CsvRow>, CsvFault> {
        for &(place, line) in record.spanning {
            if record.cells.get(place).is_some_and(|cell| self.holds_rows(cell, place)) {
                return Err(CsvError::Malformed.on(line));
            }
        }
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let cell = |place: Option<usize>| {
            let text = record.cells.get(place?)?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        Ok(Some(CsvRow {
            line: record.line,
            phone: cell(Some(self.phone)).unwrap_or_default(),
            name: cell(self.name),
            consent_source: cell(self.consent_source),
            consent_date: cell(self.consent_date),
        }))
    }

    /// Whether a cell over several lines has whole rows in it, with their numbers: then its quote was never closed,
    /// and the next one in the file only seems to close it.
    fn holds_rows(&self, cell: &str, place: usize) -> bool {
        let delimiter = char::from(self.delimiter);
        cell.split(['\r', '\n']).enumerate().any(|(line, text)| {
            let before = if line == 0 { place } else { 0 };
            let Some(phone) = self.phone.checked_sub(before) else { return false };
            let cells: Vec<&str> = text.split(delimiter).collect();
            cells.len() > 1
                && cells.len() + before >= self.width
                && cells.get(phone).is_some_and(|cell| look_of(cell.trim_matches('"')) != Look::Other)
        })
    }
}

/// The place of the row with the names of the columns. Above it there may be a title.
fn header_of(rows: &[Row]) -> Option<usize> {
    let first_number = rows.iter().take(JUDGED_ROWS).position(Row::has_number);
    let above = &rows[..first_number.unwrap_or(rows.len()).min(HEADER_ROWS)];
    let named = above.iter().enumerate().filter(|(_, row)| row.names_numbers());
    // A title names what is below it in one cell; where there is one column, it comes first.
    let header = named.reduce(|best, next| {
        let (filled, before) = (next.1.filled(), best.1.filled());
        if filled > before || (filled == before && filled == 1) { next } else { best }
    });
    if let Some((place, row)) = header
        && row.filled() > 1
    {
        return Some(place);
    }
    if let Some(place) = header_below_letterhead(rows) {
        return Some(place);
    }
    if let Some((place, _)) = header {
        return Some(place);
    }
    // Names that nobody knows stand directly above the first row of data, and have no digits of their own.
    let place = first_number?.checked_sub(1)?;
    let (row, data) = (&rows[place], &rows[place + 1]);
    let is_name = |cell: &String| !cell.trim().starts_with(|sign: char| sign.is_numeric() || sign == '+');
    (row.cells.len() == data.cells.len()
        && row.filled() * 2 > row.cells.len()
        && row.cells.iter().all(is_name))
    .then_some(place)
}

/// The header below a letterhead that has a telephone of its own. It names numbers and something else that is kept,
/// as no row of data does.
fn header_below_letterhead(rows: &[Row]) -> Option<usize> {
    let is_header = |row: &Row| {
        row.names_numbers()
            && row.cells.iter().any(|cell| kept_column(&words(cell)).is_some())
            && row.filled() > 1
    };
    let place = rows.iter().take(HEADER_ROWS).position(is_header)?;
    let is_letterhead = |row: &Row| {
        let numbers = || row.cells.iter().filter(|cell| look_of(cell) != Look::Other);
        row.filled() == 1 || numbers().all(|cell| cell.contains(char::is_alphabetic))
    };
    rows[..place].iter().all(is_letterhead).then_some(place)
}

/// The column of numbers: the best by its content and its name together. Somebody else's is taken only where there
/// is no other, whatever stands in them.
fn phone_column(names: &[Vec<String>], data: &[Row]) -> Option<usize> {
    let rows = data.iter().filter(|row| row.filled() > 0).count().max(1);
    let mut best: Option<(usize, usize)> = None;
    let mut anothers = None;
    for (place, words) in names.iter().enumerate() {
        let name = phone_name(words);
        let (mut filled, mut mobiles, mut numbers) = (0, 0, 0);
        for cell in data.iter().filter_map(|row| row.cells.get(place)).filter(|cell| !cell.trim().is_empty())
        {
            filled += 1;
            let look = look_of(cell);
            mobiles += usize::from(look == Look::Mobile);
            numbers += usize::from(look != Look::Other);
        }
        let worth = match name {
            PhoneName::Never => continue,
            PhoneName::Silent if numbers == 0 || numbers * 2 < filled => continue,
            // The number of an order comes from nobody.
            PhoneName::AnyNumber if numbers == 0 && names.len() > 1 => 0,
            PhoneName::Anothers if numbers == 0 => continue,
            PhoneName::Silent | PhoneName::Anothers => 0,
            PhoneName::AnyNumber => 1,
            PhoneName::Side => 2,
            PhoneName::Phone => 3,
            PhoneName::Mobile => 4,
        };
        let score = 1_000 * worth + 3_000 * mobiles / rows + 2_000 * numbers / rows;
        let rival = if name == PhoneName::Anothers { &mut anothers } else { &mut best };
        if rival.is_none_or(|(_, most)| score > most) {
            *rival = Some((place, score));
        }
    }
    // A column that neither its name nor a number makes one of telephones gives way.
    best.filter(|(_, score)| *score > 0).or(anothers).or(best).map(|(place, _)| place)
}
