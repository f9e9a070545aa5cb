//! Workbooks: lists of clients as XLSX.

use serde::{Deserialize, Serialize};

use super::file::{FILE_MEDIA_TYPES, UPLOAD_COMPLETE, UPLOAD_OFFSET};
use super::{IMPORT, Import};
use crate::Code;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::schema::Schema;

/// The largest workbook, as it is packed.
pub const WORKBOOK_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct WorkbookSheet {
    /// As it stands on its tab.
    pub name: String,
    /// Whether its owner sees it.
    pub is_visible: bool,
    /// Whether it is the one that is read.
    pub is_read: bool,
    /// Whether it is the one that is read where no other is asked for: the first visible one in which something stands.
    pub is_default: bool,
}

const SHEET: Parameter = Parameter::query(
    "sheet",
    Schema::of::<String>(),
    "The sheet that is read, by its name; without it the first visible one in which something stands. The last part of \
     the file says it.",
);

/// `PUT /v1/contacts/workbooks/{import}`
pub const UPLOAD_WORKBOOK: Operation = Operation {
    id: "upload_workbook",
    path: "/v1/contacts/workbooks/{import}",
    component: Component::Workbooks,
    who: Who::SessionOrKey,
    summary: "The file of an upload as XLSX, at most 50 MiB: kept as it comes like a file of text, and once it is \
              whole turned into rows, which are read like those of one. Where the sheet is not there, or while the \
              upload awaits its format, an empty part behind the last byte reads another sheet of the same file.",
    rules: &[19, 20, 61, 63, 66, 70],
    parameters: &[IMPORT, SHEET, UPLOAD_OFFSET, UPLOAD_COMPLETE],
    body: Some(Body {
        media_types: FILE_MEDIA_TYPES,
        schema: Schema::TEXT,
        bytes_max: WORKBOOK_BYTES_MAX,
        required: false,
        streamed: true,
    }),
    answers: &[
        Answer::json(200, Schema::of::<Import>(), "The upload, completed."),
        Answer::json(
            202,
            Schema::of::<Import>(),
            "The upload, which is being read, or awaits the rest of its file or its format.",
        ),
    ],
    codes: &[
        Code::WorkbookEncrypted,
        Code::WorkbookIsText,
        Code::WorkbookMalformed,
        Code::WorkbookNotATable,
        Code::WorkbookOldFormat,
        Code::WorkbookOtherFormat,
        Code::WorkbookSheetMissing,
        Code::WorkbookTooLarge,
        Code::WorkbookWithoutRows,
        Code::CsvMalformed,
        Code::CsvPhoneColumnMissing,
        Code::CsvSpecialCategoryColumn,
        Code::CsvLineTooLong,
        Code::CsvTooManyRows,
        Code::UploadInterrupted,
        Code::UploadOffsetMismatch,
        Code::ImportAlreadyHasFile,
        Code::ImportInProgress,
        Code::FilesWaitingLimit,
        Code::WorkbookReadTooOften,
        Code::StorageLimitUntilPayment,
    ],
    ..Operation::PUT
};
