//! Why a file is not read as a table.

use api::Code;

/// Why a whole file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkbookFault {
    /// It is broken, or says of itself what cannot be.
    Malformed,
    /// It is beyond a limit, packed or unpacked.
    TooLarge,
    /// It opens with a password.
    Encrypted,
    /// It is an XLS, as Excel wrote until 2003.
    OldFormat,
    /// It is a table of another kind: ODS, XLSB, Numbers, or a page.
    OtherFormat,
    /// It is no table.
    NotATable,
    /// Nothing stands in any sheet that its owner sees.
    WithoutRows,
    /// It has no such sheet.
    SheetMissing,
}

impl WorkbookFault {
    /// The stable code.
    pub const fn code(self) -> Code {
        match self {
            Self::Malformed => Code::WorkbookMalformed,
            Self::TooLarge => Code::WorkbookTooLarge,
            Self::Encrypted => Code::WorkbookEncrypted,
            Self::OldFormat => Code::WorkbookOldFormat,
            Self::OtherFormat => Code::WorkbookOtherFormat,
            Self::NotATable => Code::WorkbookNotATable,
            Self::WithoutRows => Code::WorkbookWithoutRows,
            Self::SheetMissing => Code::WorkbookSheetMissing,
        }
    }
}

impl From<std::io::Error> for WorkbookFault {
    fn from(error: std::io::Error) -> Self {
        // So says whoever counts in `container` and `xml`.
        if error.kind() == std::io::ErrorKind::FileTooLarge { Self::TooLarge } else { Self::Malformed }
    }
}
