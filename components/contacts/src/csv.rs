//! Reading a CSV upload as it streams in: rows out of bytes, columns by their names (R20, R70).

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The longest line, in bytes.
const LINE_BYTES_MAX: usize = 4 * 1024;
/// The most columns.
const COLUMNS_MAX: usize = 100;

/// Why a whole file is refused. The texts are the stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvError {
    Malformed,
    NotUtf8,
    PhoneColumnMissing,
    SpecialCategoryColumn,
    LineTooLong,
}

impl CsvError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "csv_malformed",
            Self::NotUtf8 => "csv_not_utf8",
            Self::PhoneColumnMissing => "csv_phone_column_missing",
            Self::SpecialCategoryColumn => "csv_special_category_column",
            Self::LineTooLong => "csv_line_too_long",
        }
    }
}

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

/// Where the kept columns stand.
#[derive(Clone, Debug, Default)]
struct Columns {
    phone: usize,
    name: Option<usize>,
    consent_source: Option<usize>,
    consent_date: Option<usize>,
    dropped: Vec<String>,
}

const PHONE_NAMES: [&str; 12] = [
    "phone",
    "phone number",
    "phone_number",
    "mobile",
    "msisdn",
    "number",
    "телефон",
    "номер",
    "номер телефона",
    "нөмір",
    "телефон нөмірі",
    "ұялы телефон",
];
const NAME_NAMES: [&str; 10] =
    ["name", "full name", "full_name", "имя", "фио", "клиент", "аты", "аты-жөні", "есімі", "тегі, аты"];

/// Parts of column names that speak of what may never be processed (R20).
const SPECIAL_CATEGORIES: [&str; 28] = [
    "health",
    "diagnos",
    "religio",
    "ethnic",
    "nationalit",
    "race",
    "politic",
    "biometr",
    "sexual",
    "здоров",
    "диагноз",
    "религ",
    "национальност",
    "раса",
    "этнич",
    "политич",
    "биометр",
    "судимост",
    "денсаулы",
    "диагноз",
    "дін",
    "ұлты",
    "нәсіл",
    "саяси",
    "этникалық",
    "медицин",
    "болезн",
    "ауру",
];

/// Turns bytes into rows.
pub struct CsvReader {
    reader: Option<Reader>,
    columns: Option<Columns>,
    /// Bytes kept until the delimiter is known: the first line.
    head: Vec<u8>,
    output: Vec<u8>,
    ends: Vec<usize>,
    written: usize,
    fields: usize,
    line: i64,
    row_line: i64,
    row_bytes: usize,
    row_begun: bool,
    quotes: usize,
}

impl CsvReader {
    /// Before the first byte.
    pub fn new() -> Self {
        Self {
            reader: None,
            columns: None,
            head: Vec::new(),
            output: vec![0; LINE_BYTES_MAX],
            ends: vec![0; COLUMNS_MAX],
            written: 0,
            fields: 0,
            line: 1,
            row_line: 1,
            row_bytes: 0,
            row_begun: false,
            quotes: 0,
        }
    }

    /// Columns that were not kept.
    pub fn dropped_columns(&self) -> Vec<String> {
        self.columns.as_ref().map(|columns| columns.dropped.clone()).unwrap_or_default()
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8], rows: &mut Vec<CsvRow>) -> Result<(), CsvError> {
        if self.reader.is_some() {
            return self.read(bytes, false, rows);
        }
        self.head.extend_from_slice(bytes);
        if self.head.contains(&b'\n') {
            return self.begin(rows);
        }
        if self.head.len() > LINE_BYTES_MAX { Err(CsvError::LineTooLong) } else { Ok(()) }
    }

    /// The file is at its end.
    pub fn finish(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvError> {
        if self.reader.is_none() {
            self.begin(rows)?;
        }
        // A quote that was opened and never closed swallows the rest of the file.
        if self.quotes % 2 == 1 {
            return Err(CsvError::Malformed);
        }
        self.read(&[], true, rows)?;
        if self.columns.is_some() { Ok(()) } else { Err(CsvError::PhoneColumnMissing) }
    }

    fn begin(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvError> {
        let head = std::mem::take(&mut self.head);
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        let first_line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| first_line.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|delimiter| count(*delimiter));
        self.reader = Some(ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).build());
        self.read(head, false, rows)
    }

    fn read(&mut self, mut input: &[u8], at_end: bool, rows: &mut Vec<CsvRow>) -> Result<(), CsvError> {
        loop {
            // To the tokenizer no bytes mean the end of the file.
            if input.is_empty() && !at_end {
                return Ok(());
            }
            let Some(reader) = &mut self.reader else { return Ok(()) };
            let (result, eaten, written, fields) =
                reader.read_record(input, &mut self.output[self.written..], &mut self.ends[self.fields..]);
            self.count(&input[..eaten]);
            input = &input[eaten..];
            self.written += written;
            self.fields += fields;
            match result {
                ReadRecordResult::InputEmpty if self.row_bytes > LINE_BYTES_MAX => {
                    return Err(CsvError::LineTooLong);
                }
                ReadRecordResult::InputEmpty => return Ok(()),
                ReadRecordResult::OutputFull => return Err(CsvError::LineTooLong),
                ReadRecordResult::OutputEndsFull => return Err(CsvError::Malformed),
                ReadRecordResult::Record => self.record(rows)?,
                ReadRecordResult::End => return Ok(()),
            }
        }
    }

    fn count(&mut self, eaten: &[u8]) {
        for byte in eaten {
            // Line ends before a row, blank lines among them, are not part of it.
            if !self.row_begun && !matches!(byte, b'\r' | b'\n') {
                self.row_begun = true;
                self.row_line = self.line;
            }
            self.line += i64::from(*byte == b'\n');
            self.quotes += usize::from(*byte == b'"');
            self.row_bytes += usize::from(self.row_begun);
        }
    }

    fn record(&mut self, rows: &mut Vec<CsvRow>) -> Result<(), CsvError> {
        let text = std::str::from_utf8(&self.output[..self.written]).map_err(|_| CsvError::NotUtf8)?;
        let mut start = 0;
        let mut fields = Vec::with_capacity(self.fields);
        for end in &self.ends[..self.fields] {
            fields.push(text.get(start..*end).ok_or(CsvError::NotUtf8)?);
            start = *end;
        }
        if self.row_bytes > LINE_BYTES_MAX {
            return Err(CsvError::LineTooLong);
        }
        match &self.columns {
            None => self.columns = Some(name_columns(&fields)?),
            // A line with nothing on it is no row.
            Some(_) if fields.iter().all(|field| field.trim().is_empty()) => {}
            Some(columns) => rows.push(columns.row(self.row_line, &fields)),
        }
        self.written = 0;
        self.fields = 0;
        self.row_bytes = 0;
        self.row_begun = false;
        self.quotes = 0;
        Ok(())
    }
}

impl Columns {
    fn row(&self, line: i64, fields: &[&str]) -> CsvRow {
        let field = |place: Option<usize>| {
            let text = fields.get(place?)?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        CsvRow {
            line,
            phone: field(Some(self.phone)).unwrap_or_default(),
            name: field(self.name),
            consent_source: field(self.consent_source),
            consent_date: field(self.consent_date),
        }
    }
}

fn name_columns(names: &[&str]) -> Result<Columns, CsvError> {
    let mut phone = None;
    let mut columns = Columns::default();
    for (place, name) in names.iter().enumerate() {
        let written = name.trim();
        let name = written.to_lowercase();
        if SPECIAL_CATEGORIES.iter().any(|part| name.contains(part)) {
            return Err(CsvError::SpecialCategoryColumn);
        }
        if phone.is_none() && PHONE_NAMES.contains(&name.as_str()) {
            phone = Some(place);
        } else if columns.name.is_none() && NAME_NAMES.contains(&name.as_str()) {
            columns.name = Some(place);
        } else if columns.consent_source.is_none() && name == "consent_source" {
            columns.consent_source = Some(place);
        } else if columns.consent_date.is_none() && name == "consent_date" {
            columns.consent_date = Some(place);
        } else {
            columns.dropped.push(written.chars().take(100).collect());
        }
    }
    columns.phone = phone.ok_or(CsvError::PhoneColumnMissing)?;
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], piece: usize) -> Result<Vec<CsvRow>, CsvError> {
        let mut reader = CsvReader::new();
        let mut rows = Vec::new();
        for piece in bytes.chunks(piece) {
            reader.feed(piece, &mut rows)?;
        }
        reader.finish(&mut rows)?;
        Ok(rows)
    }

    const FILE: &str = "\u{feff}Имя;Телефон;Город\r\n\"Әлия, \"\"А\"\"\nСадық\";+7 701 000 00 01;Алматы\r\n\r\nТимур;87010000002;\r\n";

    #[test]
    fn rows_are_the_same_however_the_bytes_are_cut() {
        let whole = read(FILE.as_bytes(), FILE.len()).expect("read");
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0].name.as_deref(), Some("Әлия, \"А\"\nСадық"));
        assert_eq!((whole[0].line, whole[1].line), (2, 5));
        for piece in 1..40 {
            assert_eq!(read(FILE.as_bytes(), piece).as_ref(), Ok(&whole), "{piece} bytes at a time");
        }
    }

    /// R70: what is not needed is not kept.
    #[test]
    fn other_columns_are_dropped_and_named() {
        let mut reader = CsvReader::new();
        reader.feed(FILE.as_bytes(), &mut Vec::new()).expect("read");
        assert_eq!(reader.dropped_columns(), ["Город"]);
    }

    /// R20: special categories are refused with the whole file.
    #[test]
    fn a_column_of_a_special_category_refuses_the_file() {
        for name in ["Health status", "Диагноз", "ұлты", "Religion"] {
            let file = format!("phone,{name}\n+77010000001,x\n");
            assert_eq!(read(file.as_bytes(), 7), Err(CsvError::SpecialCategoryColumn), "{name}");
        }
    }

    #[test]
    fn a_file_that_is_not_a_list_of_phones_is_refused_as_a_whole() {
        assert_eq!(read(b"", 1), Err(CsvError::PhoneColumnMissing));
        assert_eq!(read(b"name\nx\n", 3), Err(CsvError::PhoneColumnMissing));
        assert_eq!(read(b"phone\n\"+7701", 3), Err(CsvError::Malformed));
        assert_eq!(read(b"phone,name\n+77010000001,\xff\xfe\n", 3), Err(CsvError::NotUtf8));
        let long = format!("phone\n{}\n", "1".repeat(LINE_BYTES_MAX + 1));
        assert_eq!(read(long.as_bytes(), 100), Err(CsvError::LineTooLong));
    }

    #[test]
    fn the_last_row_needs_no_line_end() {
        assert_eq!(read(b"phone\n+77010000001", 4).map(|rows| rows.len()), Ok(1));
    }
}
