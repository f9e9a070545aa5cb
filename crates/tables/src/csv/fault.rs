//! Why a whole file is refused, and where.

use api::Code;

/// Why a whole file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvError {
    /// A quote that never closes, or too many columns.
    Malformed,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The bytes are not of the encoding in which the file begins, or which was chosen.
    NotInEncoding,
    /// The file is in none of the encodings that are read.
    EncodingUnknown,
    /// No column is named as phones are, and none holds any.
    PhoneColumnMissing,
    /// A column is named after what may never be processed (R20).
    SpecialCategoryColumn,
    /// A row beyond the limit.
    LineTooLong,
    /// The sign that was chosen parts no cells of any file.
    DelimiterUnknown,
    /// Nothing stands on the line that was chosen for the column names.
    HeaderLineMissing,
    /// The file has no column of the number that was chosen.
    ColumnMissing,
    /// One column was chosen for two purposes.
    ColumnChosenTwice,
    /// More columns were chosen to be kept as fields than may be.
    TooManyFields,
}

/// Why a whole file is refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvFault {
    /// Why.
    pub error: CsvError,
    /// The line of the file; a quote that never closes has that on which it was opened.
    pub line: Option<i64>,
}

impl CsvError {
    /// The stable code.
    pub const fn code(self) -> Code {
        match self {
            Self::Malformed => Code::CsvMalformed,
            Self::NotUtf8 => Code::CsvNotUtf8,
            Self::NotInEncoding => Code::CsvNotInEncoding,
            Self::EncodingUnknown => Code::CsvEncodingUnknown,
            Self::PhoneColumnMissing => Code::CsvPhoneColumnMissing,
            Self::SpecialCategoryColumn => Code::CsvSpecialCategoryColumn,
            Self::LineTooLong => Code::CsvLineTooLong,
            Self::DelimiterUnknown => Code::CsvDelimiterUnknown,
            Self::HeaderLineMissing => Code::CsvHeaderLineMissing,
            Self::ColumnMissing => Code::CsvColumnMissing,
            Self::ColumnChosenTwice => Code::CsvColumnChosenTwice,
            Self::TooManyFields => Code::CsvTooManyFields,
        }
    }

    /// The fault, seen on a line of the file.
    pub const fn on(self, line: i64) -> CsvFault {
        CsvFault { error: self, line: Some(line) }
    }
}

impl From<CsvError> for CsvFault {
    fn from(error: CsvError) -> Self {
        Self { error, line: None }
    }
}
