//! How a file is written: recognised by its first bytes, as it was chosen for an earlier file of the same shape, or set by
//! hand (R20, R70).

use std::collections::BTreeMap;

use api::Code;
use api::contacts::{FileColumn, FileEncoding, FormatBy, KeptAs};
use domain::columns::ChosenColumn;
use domain::special_categories;
use serde::{Deserialize, Serialize};
use store::cell::{Import, Tenant};
use store::{Database, DbError};
use tables::csv::{CsvError, CsvFault, FormatChoice, HEAD_BYTES, Preview, Recognised};
use tables::encoding::Encoding;
use tables::kind::FileKind;

/// What parts the cells of the text that a workbook is turned into.
const WORKBOOK_DELIMITER: char = '\t';

/// The longest name of a field, in characters.
pub const FIELD_NAME_CHARACTERS_MAX: usize = 60;

/// What a file turned out to be, as it is kept with the import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Format {
    /// How its bytes are read, and which columns are kept.
    pub format: tables::csv::Format,
    /// The names of those that are not.
    pub dropped: Vec<String>,
    /// Whether Kazakh letters of its names seem to have been lost on saving.
    pub letters_lost: bool,
    /// By whose word it is read so.
    pub by: FormatBy,
}

impl Format {
    fn of(recognised: Recognised, by: FormatBy) -> Self {
        let Recognised { format, dropped, letters_lost, .. } = recognised;
        Self { format, dropped, letters_lost, by }
    }
}

/// What the owner of a file sets by hand: what is read as what, and the names of fields by the numbers of their columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is not recognised but chosen.
    pub format: FormatChoice,
    /// Names of fields that are not those of their columns.
    pub fields: BTreeMap<i64, String>,
}

/// What is kept of a choice for the next file of the same shape.
#[derive(Serialize, Deserialize)]
struct Remembered {
    choice: Choice,
    /// The encoding as it was recognised: only a file that seems to be in the same one is in the chosen one.
    encoding: Encoding,
    /// All columns that the choice led to: where it leads to others, it is not meant.
    columns: Vec<ChosenColumn>,
}

/// The first bytes of a file, by which it is judged.
pub struct Head {
    bytes: Vec<u8>,
    at_end: bool,
    is_workbook: bool,
}

impl Head {
    /// Reads them.
    pub async fn of<D: Database>(tenant: &Tenant<'_, D>, import: &Import) -> Result<Self, DbError> {
        let mut bytes = Vec::new();
        while bytes.len() < HEAD_BYTES {
            let Some(piece) = tenant.piece(&import.import, bytes.len() as u64).await? else { break };
            bytes.extend_from_slice(&piece.bytes);
        }
        let at_end = bytes.len() as u64 >= import.text_bytes && bytes.len() <= HEAD_BYTES;
        bytes.truncate(HEAD_BYTES);
        Ok(Self { bytes, at_end, is_workbook: import.is_workbook })
    }

    /// Why it is not read as text, if it is something else.
    pub fn is_no_text(&self) -> Option<Code> {
        match FileKind::of(&self.bytes) {
            _ if self.is_workbook => None,
            FileKind::Workbook => Some(Code::CsvIsWorkbook),
            FileKind::Page => Some(Code::WorkbookOtherFormat),
            FileKind::Text => None,
        }
    }

    /// A choice for this file: of the text of a workbook we know how it is written.
    fn known(&self, choice: &FormatChoice) -> FormatChoice {
        let mut choice = choice.clone();
        if self.is_workbook {
            choice.encoding = Some(Encoding::Utf8);
            choice.delimiter = Some(WORKBOOK_DELIMITER);
        }
        choice
    }

    /// How the file is understood, for its owner.
    pub fn preview(&self, choice: &FormatChoice) -> Result<Preview, CsvFault> {
        tables::csv::Format::preview(&self.bytes, self.at_end, &self.known(choice))
    }

    fn choose(&self, choice: &FormatChoice) -> Result<Recognised, CsvFault> {
        tables::csv::Format::choose(&self.bytes, self.at_end, &self.known(choice))
    }

    /// How the file is read by a choice.
    pub fn format_by(&self, choice: &Choice, by: FormatBy) -> Result<Format, CsvFault> {
        let mut recognised = self.choose(&choice.format)?;
        name_fields(&mut recognised.format.fields, &choice.fields);
        Ok(Format::of(recognised, by))
    }

    /// How the file is read if nobody says anything: as was chosen for an earlier file of the same shape, else as it is
    /// recognised. With it the choice that leads there.
    pub async fn by_itself<D: Database>(
        &self,
        tenant: &Tenant<'_, D>,
    ) -> Result<Result<(Choice, FormatBy), CsvFault>, DbError> {
        let preview = match self.preview(&FormatChoice::default()) {
            Ok(preview) => preview,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(shape) = shape_of(&preview)
            && let Some(remembered) = tenant.remembered_format::<Remembered>(&shape).await?
            && let Some(choice) = self.fitting(remembered, &preview)
        {
            return Ok(Ok((choice, FormatBy::Remembered)));
        }
        Ok(Ok((Choice::default(), FormatBy::Recognised)))
    }

    /// The remembered choice, if it leads to the same columns as before.
    fn fitting(&self, remembered: Remembered, preview: &Preview) -> Option<Choice> {
        let Remembered { mut choice, encoding, columns } = remembered;
        if encoding != preview.encoding {
            choice.format.encoding = None;
        }
        self.choose(&choice.format).ok().filter(|found| found.all_columns == columns).map(|_| choice)
    }

    /// What of a choice is kept for the next file: under which shape, and in the words of [`Head::by_itself`]. A file
    /// without names of columns has no shape.
    pub fn to_remember(&self, choice: &Choice) -> Option<(String, impl Serialize + use<>)> {
        let preview = self.preview(&FormatChoice::default()).ok()?;
        let shape = shape_of(&preview)?;
        let columns = self.choose(&choice.format).ok()?.all_columns;
        let mut choice = choice.clone();
        // Lines above the names come and go.
        if choice.format.header_line == Some(preview.header_line) {
            choice.format.header_line = None;
        }
        Some((shape, Remembered { choice, encoding: preview.encoding, columns }))
    }
}

/// What files of one shape have in common: the names of their columns, and the sign between them.
fn shape_of(preview: &Preview) -> Option<String> {
    preview.header_line?;
    let names: Vec<&str> =
        preview.columns.iter().map(|column| column.name.as_deref().unwrap_or("")).collect();
    serde_json::to_string(&(preview.delimiter, names)).ok()
}

fn name_fields(fields: &mut [ChosenColumn], names: &BTreeMap<i64, String>) {
    for field in fields {
        if let Some(name) = names.get(&field.number) {
            field.name = Some(name.clone());
        }
    }
}

/// The names under which fields are kept: no two may be the same, and none may be what is never processed (R20).
pub fn check_fields(format: &Format) -> Result<(), FieldFault> {
    let mut names: Vec<String> = format.format.fields.iter().map(field_name).collect();
    if names.iter().any(|name| special_categories::is_named_by(name)) {
        return Err(FieldFault::SpecialCategory);
    }
    if names.iter().any(|name| name.trim().is_empty() || name.chars().count() > FIELD_NAME_CHARACTERS_MAX) {
        return Err(FieldFault::Name);
    }
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) { Err(FieldFault::Name) } else { Ok(()) }
}

/// What is wrong with the names of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// One of them names what is never processed.
    SpecialCategory,
    /// One is empty or too long, or two are the same.
    Name,
}

/// The name under which a column is kept as a field; the number of one without a name.
pub fn field_name(column: &ChosenColumn) -> String {
    column.name.clone().unwrap_or_else(|| column.number.to_string())
}

/// All columns of a file, with what each is kept as.
pub fn columns_of(preview: &Preview, choice: &Choice) -> Vec<FileColumn> {
    let column = |column: &ChosenColumn| {
        let number = Some(column.number);
        let kept_as = if preview.phone == number {
            KeptAs::Phone
        } else if preview.name == number {
            KeptAs::Name
        } else if preview.consent_source == number {
            KeptAs::ConsentSource
        } else if preview.consent_date == number {
            KeptAs::ConsentDate
        } else if preview.decision_consent == number {
            KeptAs::DecisionConsent
        } else if choice.format.fields.contains(&column.number) {
            KeptAs::Field
        } else {
            KeptAs::Nothing
        };
        let field = (kept_as == KeptAs::Field)
            .then(|| choice.fields.get(&column.number).cloned().unwrap_or_else(|| field_name(column)));
        FileColumn { number: column.number, name: column.name.clone(), kept_as, field }
    };
    preview.columns.iter().map(column).collect()
}

/// An encoding in the words of the contract.
pub const fn encoding_shown(encoding: Encoding) -> FileEncoding {
    match encoding {
        Encoding::Utf8 => FileEncoding::Utf8,
        Encoding::Utf16Le => FileEncoding::Utf16Le,
        Encoding::Utf16Be => FileEncoding::Utf16Be,
        Encoding::Windows1251 => FileEncoding::Windows1251,
        Encoding::Kz1048 => FileEncoding::Kz1048,
    }
}

/// An encoding out of the contract.
pub const fn encoding_of(encoding: FileEncoding) -> Encoding {
    match encoding {
        FileEncoding::Utf8 => Encoding::Utf8,
        FileEncoding::Utf16Le => Encoding::Utf16Le,
        FileEncoding::Utf16Be => Encoding::Utf16Be,
        FileEncoding::Windows1251 => Encoding::Windows1251,
        FileEncoding::Kz1048 => Encoding::Kz1048,
    }
}

/// A choice in the contract's words as the reader takes it. `columns` say all that is kept; without them it is recognised.
pub fn choice_of(choice: &api::contacts::FormatChoice) -> Result<Choice, CsvError> {
    let mut chosen = Choice::default();
    let format = &mut chosen.format;
    format.encoding = choice.encoding.map(encoding_of);
    format.delimiter =
        match choice.delimiter.as_deref().map(|text| (text.chars().next(), text.chars().count())) {
            None => None,
            Some((Some(sign), 1)) => Some(sign),
            Some(_) => return Err(CsvError::DelimiterUnknown),
        };
    format.header_line = choice.header_line.map(|line| (line != 0).then_some(line));
    let Some(columns) = &choice.columns else { return Ok(chosen) };
    let one = |wanted: KeptAs| {
        let mut numbers =
            columns.iter().filter(|column| column.kept_as == wanted).map(|column| column.number);
        let first = numbers.next();
        if numbers.next().is_some() { Err(CsvError::ColumnChosenTwice) } else { Ok(first) }
    };
    format.phone = Some(one(KeptAs::Phone)?.ok_or(CsvError::PhoneColumnMissing)?);
    format.name = Some(one(KeptAs::Name)?);
    format.consent_source = Some(one(KeptAs::ConsentSource)?);
    format.consent_date = Some(one(KeptAs::ConsentDate)?);
    format.decision_consent = Some(one(KeptAs::DecisionConsent)?);
    for column in columns.iter().filter(|column| column.kept_as == KeptAs::Field) {
        format.fields.push(column.number);
        if let Some(name) = &column.field {
            chosen.fields.insert(column.number, name.trim().to_owned());
        }
    }
    Ok(chosen)
}
