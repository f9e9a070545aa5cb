//! How a file is written, as its owner sees it and sets it by hand (R70).

use serde::{Deserialize, Serialize};

use super::IMPORT;
use crate::Code;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::schema::Schema;

/// How a file writes letters as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub enum FileEncoding {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, the lower byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the higher byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1251.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// KZ-1048: Windows-1251 with Kazakh letters.
    #[serde(rename = "kz-1048")]
    Kz1048,
}

/// By whose word a file is read as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FormatBy {
    /// It was recognised.
    Recognised,
    /// It was chosen for an earlier file with these columns.
    Remembered,
    /// It was set by hand.
    Hand,
}

/// As what a column is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeptAs {
    /// The numbers.
    Phone,
    /// The names of people.
    Name,
    /// Where consents come from.
    ConsentSource,
    /// When they were given.
    ConsentDate,
    /// Whether the person consents to automated decisions: yes or no, in three languages.
    DecisionConsent,
    /// A field of each contact.
    Field,
    /// Not at all.
    Nothing,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct FileColumn {
    /// Its place, counted from one.
    pub number: i64,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// As what it is kept.
    pub kept_as: KeptAs,
    /// The name of the field as which it is kept.
    pub field: Option<String>,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct FileRow {
    /// The line on which it begins; of a workbook, its number.
    pub line: i64,
    /// Its cells, each cut to 200 characters.
    pub cells: Vec<String>,
}

/// Something that the owner of a file should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ImportWarning {
    /// What it is.
    pub code: Code,
    /// What the code says, in the caller's language.
    pub message: String,
}

/// How a file is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ImportFormat {
    /// How its letters are written.
    pub encoding: FileEncoding,
    /// The sign between its cells.
    pub delimiter: String,
    /// The line of the column names; null where it has none.
    pub header_line: Option<i64>,
    /// All its columns. None of them is the phone where no column seems to hold any.
    pub columns: Vec<FileColumn>,
    /// Its first rows, at most 20.
    pub rows: Vec<FileRow>,
    /// By whose word it is understood so.
    pub format_by: FormatBy,
    /// What its owner should look at.
    pub warnings: Vec<ImportWarning>,
}

/// As what a column is to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ColumnChoice {
    /// The column, counted from one.
    #[cfg_attr(feature = "description", schema(minimum = 1, maximum = 1000))]
    pub number: i64,
    /// As what it is kept.
    pub kept_as: KeptAs,
    /// The name of a field, 1 to 60 characters; without it, that of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 60))]
    pub field: Option<String>,
}

/// How a file is to be read. What is left out is as the file was recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FormatChoice {
    /// How its letters are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<FileEncoding>,
    /// The sign between its cells: a comma, a semicolon, a tab or a vertical bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 1))]
    pub delimiter: Option<String>,
    /// The line of the column names; 0 where the file has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(minimum = 0))]
    pub header_line: Option<i64>,
    /// What is kept: one column as the phone, at most one each as the name, the source and the date of the consent, and
    /// the consent to automated decisions, and at most 20 as fields. A column that is left out is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 1000))]
    pub columns: Option<Vec<ColumnChoice>>,
}

const ENCODING: Parameter = Parameter::query(
    "encoding",
    Schema::of::<FileEncoding>(),
    "Shows the file as if its letters were written so.",
);
const DELIMITER: Parameter =
    Parameter::query("delimiter", Schema::of::<String>(), "Shows the file as if this sign parted its cells.");
const HEADER_LINE: Parameter = Parameter::query(
    "header_line",
    Schema::of::<i64>(),
    "Shows the file as if its column names stood on this line; 0: as if it had none.",
);

/// The file may be unreadable by what was chosen.
const UNREADABLE: &[Code] = &[
    Code::CsvMalformed,
    Code::CsvNotUtf8,
    Code::CsvSpecialCategoryColumn,
    Code::CsvLineTooLong,
    Code::CsvEncodingUnknown,
    Code::CsvNotInEncoding,
    Code::CsvDelimiterUnknown,
    Code::CsvHeaderLineMissing,
    Code::ImportAwaitsNoFormat,
];

/// `GET /v1/contacts/imports/{import}/format`
pub const FORMAT: Operation = Operation {
    id: "get_import_format",
    path: "/v1/contacts/imports/{import}/format",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "How the file of an upload in the state `awaiting_format` is understood: its encoding, delimiter and \
              columns, and its first rows. With parameters, how it would be.",
    rules: &[20, 70],
    parameters: &[IMPORT, ENCODING, DELIMITER, HEADER_LINE],
    answers: &[Answer::json(200, Schema::of::<ImportFormat>(), "How it is understood.")],
    codes: UNREADABLE,
    ..Operation::GET
};

/// `PUT /v1/contacts/imports/{import}/format`
pub const SET_FORMAT: Operation = Operation {
    id: "set_import_format",
    path: "/v1/contacts/imports/{import}/format",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Says how the file of an upload in the state `awaiting_format` is read, and has it read: `{}` as it was \
              recognised. What is chosen by hand is remembered for the account's next file with these columns.",
    rules: &[20, 63, 70],
    parameters: &[IMPORT],
    body: Some(Body::json(Schema::of::<FormatChoice>())),
    answers: &[
        Answer::json(200, Schema::of::<super::Import>(), "The upload, completed."),
        Answer::json(202, Schema::of::<super::Import>(), "The upload, which is being read."),
    ],
    codes: &[
        Code::CsvMalformed,
        Code::CsvNotUtf8,
        Code::CsvPhoneColumnMissing,
        Code::CsvSpecialCategoryColumn,
        Code::CsvLineTooLong,
        Code::CsvTooManyRows,
        Code::CsvEncodingUnknown,
        Code::CsvNotInEncoding,
        Code::CsvDelimiterUnknown,
        Code::CsvHeaderLineMissing,
        Code::CsvColumnMissing,
        Code::CsvColumnChosenTwice,
        Code::CsvTooManyFields,
        Code::ImportAwaitsNoFormat,
        Code::UploadInterrupted,
        Code::StorageLimitUntilPayment,
    ],
    ..Operation::PUT
};
