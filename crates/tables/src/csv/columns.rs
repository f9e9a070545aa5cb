//! Which column holds the numbers, and which others are kept: by what stands in them and by their names together
//! (R20, R63, R70).

use domain::columns::ChosenColumn;
use domain::phone::{Look, look_of};
use domain::special_categories;
use domain::unseen::is_unseen;

use super::choice::FormatChoice;
use super::fault::{CsvError, CsvFault};
use super::folded::words;
use super::names::{KeptColumn, PhoneName, kept_column, phone_name};
use super::records::Record;

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
}

impl Row {
    /// Keeps what was read.
    pub fn of(record: &Record<'_>) -> Self {
        Self { line: record.line, cells: record.cells.iter().map(|cell| (*cell).to_owned()).collect() }
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

/// What was found in the first rows of a file. Columns are counted from zero.
pub struct Found {
    /// The place of the row of column names.
    pub header: Option<usize>,
    /// The place of the first row of data.
    pub begin: usize,
    /// The names of all columns, as far as they have one.
    pub names: Vec<Option<String>>,
    /// Cells of a row; a header's, where there is one.
    pub width: usize,
    pub phone: Option<usize>,
    pub name: Option<usize>,
    pub consent_source: Option<usize>,
    pub consent_date: Option<usize>,
    pub decision_consent: Option<usize>,
    pub fields: Vec<usize>,
}

impl Found {
    /// Finds the columns in the first rows of a file, but for what was chosen by hand.
    pub fn find(rows: &[Row], choice: &FormatChoice) -> Result<Self, CsvFault> {
        let recognised = header_of(rows);
        let place_of = |line: i64| rows.iter().position(|row| row.line == line);
        let header = choice.header_among(place_of, recognised)?;
        refuse_special_categories(rows, recognised)?;
        refuse_special_categories(rows, header)?;
        let begin = header.map_or(0, |place| place + 1);
        let header_row = header.map(|place| &rows[place]);
        let data = &rows[begin..rows.len().min(begin + JUDGED_ROWS)];
        let count = header_row.into_iter().chain(data).map(|row| row.cells.len()).max().unwrap_or(0);
        let named = |place: usize| header_row.and_then(|row| row.cells.get(place));
        let folded: Vec<Vec<String>> =
            (0..count).map(|place| named(place).map(|name| words(name)).unwrap_or_default()).collect();
        let chosen = choice.columns_among(count)?;
        let is_free = |place: usize| !chosen.contains(&place);
        let phone = match choice.phone_place() {
            Some(place) => Some(place),
            None => phone_column(&folded, data, is_free),
        };
        let at = |wanted: KeptColumn| {
            let mut places = folded.iter().enumerate();
            places.find_map(|(place, words)| {
                (Some(place) != phone && is_free(place) && kept_column(words) == Some(wanted))
                    .then_some(place)
            })
        };
        let name = || {
            at(KeptColumn::FullName)
                .or_else(|| at(KeptColumn::FirstName))
                .or_else(|| at(KeptColumn::FirmName))
        };
        let source = || at(KeptColumn::ConsentSource).or_else(|| at(KeptColumn::Consent));
        Ok(Self {
            header,
            begin,
            names: (0..count).map(|place| named(place).and_then(|name| shown_name(name))).collect(),
            width: header_row.map_or(count, |row| row.cells.len()),
            phone,
            name: choice.name_place().unwrap_or_else(name),
            consent_source: choice.consent_source_place().unwrap_or_else(source),
            consent_date: choice.consent_date_place().unwrap_or_else(|| at(KeptColumn::ConsentDate)),
            decision_consent: choice
                .decision_consent_place()
                .unwrap_or_else(|| at(KeptColumn::DecisionConsent)),
            fields: choice.field_places().collect(),
        })
    }

    /// A column, as the owner of the file sees it.
    pub fn column(&self, place: usize) -> ChosenColumn {
        ChosenColumn { number: place as i64 + 1, name: self.names.get(place).cloned().flatten() }
    }

    /// All columns, as the owner of the file sees them.
    pub fn columns(&self) -> Vec<ChosenColumn> {
        (0..self.names.len()).map(|place| self.column(place)).collect()
    }

    /// The names of columns that are not kept (R70); the number of one without a name.
    pub fn dropped(&self) -> Vec<String> {
        let kept = [self.phone, self.name, self.consent_source, self.consent_date, self.decision_consent];
        let is_dropped = |place: &usize| !kept.contains(&Some(*place)) && !self.fields.contains(place);
        let name = |place: usize| self.column(place).name.unwrap_or_else(|| (place + 1).to_string());
        (0..self.width).filter(is_dropped).map(name).collect()
    }
}

/// A name of a column, as it is shown.
fn shown_name(name: &str) -> Option<String> {
    let name = name.trim_matches(|sign: char| sign.is_whitespace() || is_unseen(sign));
    (!name.is_empty()).then(|| name.chars().take(NAME_CHARACTERS_MAX).collect())
}

/// Neither the row of names nor one above it may name what is never processed (R20). A title in one cell names the file.
fn refuse_special_categories(rows: &[Row], header: Option<usize>) -> Result<(), CsvFault> {
    let Some(header) = header else { return Ok(()) };
    let naming =
        rows[..=header].iter().enumerate().filter(|(place, row)| *place == header || row.filled() > 1);
    for (_, row) in naming {
        if row.cells.iter().any(|cell| special_categories::is_named_by(cell)) {
            return Err(CsvError::SpecialCategoryColumn.on(row.line));
        }
    }
    Ok(())
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
fn phone_column(names: &[Vec<String>], data: &[Row], is_free: impl Fn(usize) -> bool) -> Option<usize> {
    let rows = data.iter().filter(|row| row.filled() > 0).count().max(1);
    let mut best: Option<(usize, usize)> = None;
    let mut anothers = None;
    for (place, words) in names.iter().enumerate().filter(|(place, _)| is_free(*place)) {
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
