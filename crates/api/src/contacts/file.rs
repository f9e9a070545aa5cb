//! The file of an upload, as it is sent.

use super::{FILE_BYTES_MAX, IMPORT, Import};
use crate::Code;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::schema::Schema;

/// What browsers and programs call a list as text or as a workbook, or any file of which they know nothing. Which it is
/// its content says, so that one which was sent to the other's place is told the right one.
pub const FILE_MEDIA_TYPES: &[&str] = &[
    "text/csv",
    "text/plain",
    "text/x-csv",
    "text/comma-separated-values",
    "text/x-comma-separated-values",
    "text/tab-separated-values",
    "application/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.apple.numbers",
    "application/zip",
    "application/x-zip-compressed",
    "text/html",
    "application/x-csv",
    // Windows names it so where Excel is installed.
    "application/vnd.ms-excel",
    "application/excel",
    "application/vnd.msexcel",
    // Browsers where no program is known for the file; curl with `-T`, and with `--data-binary`.
    "application/octet-stream",
    "",
    "application/x-www-form-urlencoded",
];

/// From which byte of the file a part of it begins.
pub(super) const UPLOAD_OFFSET: Parameter = Parameter::header(
    "upload-offset",
    Schema::of::<u64>(),
    "From which byte of the file the body begins: `received_bytes` of an upload that was cut off. Without it, or from 0, \
     the file begins anew.",
);
/// Whether a part of a file is its last.
pub(super) const UPLOAD_COMPLETE: Parameter = Parameter::header(
    "upload-complete",
    Schema::of::<String>(),
    "`?0` where more of the file follows in another request; else the file is whole behind this body.",
);

/// `PUT /v1/contacts/imports/{import}/file`
pub const UPLOAD: Operation = Operation {
    id: "upload_contacts",
    path: "/v1/contacts/imports/{import}/file",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The file: CSV, streamed; at most 10,000,000 rows, 1,000 columns and 4 KiB a row. The encoding, the \
              delimiter and the columns are recognised. It is kept as it comes, so that one that was cut off is sent \
              on; then it is read, by this request as far as three seconds go and by a job behind it. Where the file \
              itself is refused, nothing of it is kept.",
    rules: &[19, 20, 61, 63, 66, 70],
    parameters: &[IMPORT, UPLOAD_OFFSET, UPLOAD_COMPLETE],
    body: Some(Body {
        media_types: FILE_MEDIA_TYPES,
        schema: Schema::TEXT,
        bytes_max: FILE_BYTES_MAX,
        required: true,
        streamed: true,
    }),
    answers: &[
        Answer::json(200, Schema::of::<Import>(), "The upload, completed."),
        Answer::json(
            202,
            Schema::of::<Import>(),
            "The upload, which is being read, or awaits the rest of its file.",
        ),
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
        Code::CsvIsWorkbook,
        Code::WorkbookOtherFormat,
        Code::UploadInterrupted,
        Code::UploadOffsetMismatch,
        Code::ImportAlreadyHasFile,
        Code::ImportInProgress,
        Code::FilesWaitingLimit,
        Code::StorageLimitUntilPayment,
    ],
    ..Operation::PUT
};
