//! Contacts: uploads, the base, the blacklist.

mod blacklist;
mod file;
mod formats;
mod search;
mod service_blacklist;
mod workbook;

use std::collections::BTreeMap;

use domain::columns::{ChosenColumn, ChosenColumns};
use serde::{Deserialize, Serialize};

use crate::consents::Attestation;
use crate::ids::{ContactId, ImportId, ListId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::{IDEMPOTENCY_KEY, PAGE};
use crate::schema::Schema;
use crate::{Code, Page, Time};

pub use blacklist::*;
pub use file::*;
pub use formats::*;
pub use search::*;
pub use service_blacklist::*;
pub use workbook::*;

/// The largest file, in bytes, unless the variable `import_bytes_max` says less.
pub const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// The most rows of a file, unless the variable `import_rows_max` says less.
pub const ROWS_MAX: i64 = 10_000_000;
/// Contacts that are put in at once.
pub const PUT_MAX: usize = 10_000;
/// Bytes of such a request.
pub const PUT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// An upload that is begun, with the attestation of its owner (R62).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// What its owner calls it, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub name: String,
    /// The document `recipients_attestation`.
    pub attestation: Option<Attestation>,
    /// Whether the file is read only once its owner has seen how it is understood, and said so.
    #[serde(default)]
    pub confirm: bool,
    /// The lists that its people join, 10 at most: those that it brings, and those whom the base has already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 10))]
    pub lists: Vec<ListId>,
    /// The tags that its people get, 10 at most; those that are not there yet are made. Whoever has 20 gets no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 10))]
    pub tags: Vec<String>,
}

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Begun.
    AwaitingFile,
    /// The file is coming in, or stopped on its way: it can be sent on.
    Receiving,
    /// The file is here, and is not read before its owner says how; after a day without a word it is given up.
    AwaitingFormat,
    /// The file is here, and waits until it is read.
    Queued,
    /// It is being read. Nothing of it counts before all of it was.
    Reading,
    /// Its rows are in the base.
    Completed,
    /// The file was refused, and nothing of it was kept.
    Failed,
}

/// An upload as its owner sees it. Once it is complete, `rows = imported + updated + unchanged + duplicates + rejected +
/// blacklisted`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Import {
    /// The upload.
    pub id: ImportId,
    /// What its owner calls it.
    pub name: String,
    /// Where it stands.
    pub state: ImportState,
    /// Rows of data.
    pub rows: i64,
    /// Rows that became contacts.
    pub imported: i64,
    /// Rows that said something else of a contact: what a row does not say stays as it is.
    pub updated: i64,
    /// Rows that said nothing else of a contact.
    pub unchanged: i64,
    /// Rows whose number an earlier row has, or that was put in while the file was read.
    pub duplicates: i64,
    /// Rows without a number that can be written to.
    pub rejected: i64,
    /// Rows whose number stands in the blacklist: they are not taken in.
    pub blacklisted: i64,
    /// Imported rows whose cell held several numbers: the first is taken.
    pub several: i64,
    /// Rows that say that their person consents to automated decisions (R99). Whoever objected stays so all the same.
    pub decision_consents: i64,
    /// Rows that say that they do not: it ends a consent that an earlier upload brought.
    pub decision_refusals: i64,
    /// Rows that say something of it that is neither yes nor no: no consent, the end of one that an earlier upload brought,
    /// and each a line with a problem.
    pub decision_unclear: i64,
    /// What was taken for what.
    pub columns: Option<ChosenColumns>,
    /// Columns that are kept as fields.
    pub fields: Vec<ChosenColumn>,
    /// The names of other columns, or the number of one without a name.
    pub dropped_columns: Vec<String>,
    /// By whose word the file is read so.
    pub format_by: Option<FormatBy>,
    /// The sheets of a workbook.
    pub sheets: Vec<WorkbookSheet>,
    /// What its owner should look at before anybody is written to.
    pub warnings: Vec<ImportWarning>,
    /// Why it failed.
    pub problem_code: Option<Code>,
    /// On which line.
    pub problem_line: Option<i64>,
    /// The bytes of the file that are here: from there it can be sent on.
    pub received_bytes: u64,
    /// When it was begun.
    pub created_at: Time,
    /// When it was completed or failed.
    pub finished_at: Option<Time>,
}

/// A contact that is put in by itself (R61, R63).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// The number, in any spelling.
    pub phone: String,
    /// At most 200 characters. Who is not named stays named as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(max_length = 200))]
    pub name: Option<String>,
    /// What else is kept, at most 20 fields of at most 500 characters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Where the person's consent comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(max_length = 500))]
    pub consent_source: Option<String>,
    /// When it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(max_length = 100))]
    pub consent_date: Option<String>,
    /// Whether the person consents to automated analysis and decisions (R99); without it nothing is said of that. What
    /// they said by themselves stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_consent: Option<bool>,
}

/// Contacts that are put in at once, with the attestation of their owner (R62).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutContacts {
    /// What their owner calls this, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub name: String,
    /// The document `recipients_attestation`.
    pub attestation: Option<Attestation>,
    /// The lists that they join, 10 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 10))]
    pub lists: Vec<ListId>,
    /// The tags that they get, 10 at most; those that are not there yet are made. Whoever has 20 gets no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 10))]
    pub tags: Vec<String>,
    /// 1 to 10,000.
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 10_000))]
    pub contacts: Vec<NewContact>,
}

/// What became of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ContactsPut {
    /// The counts, as those of an upload.
    pub import: Import,
    /// Which were not taken, and why: by their places among the contacts, from 0. As lines of the import they count from
    /// 1.
    pub rejected: Vec<RejectedNumber>,
}

/// A row of a file that was rejected, with the cells that would have been kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct RejectedRow {
    /// The line.
    pub line: i64,
    /// What is wrong with it.
    pub code: Code,
    /// What the code says, in the caller's language.
    pub message: String,
    /// The number, the name, the source and the date of the consent, the word on automated decisions if the file has a
    /// column of it, and the fields that are kept, as they stand in the file.
    pub cells: Vec<String>,
}

/// A line of a file with a problem.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct LineProblem {
    /// The line.
    pub line: i64,
    /// What is wrong with it.
    pub code: Code,
    /// What the code says, in the caller's language.
    pub message: String,
}

/// A recipient in the base (R61).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Contact {
    /// The contact.
    pub id: ContactId,
    /// E.164.
    pub phone: String,
    /// The name.
    pub name: Option<String>,
    /// What else its owner keeps.
    pub fields: BTreeMap<String, String>,
    /// Whether nothing is sent to it.
    pub blacklisted: bool,
    /// The upload that it came with.
    pub import: ImportId,
    /// When it came.
    pub created_at: Time,
}

/// How a person's consent was given, as it came with the contact (R63).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ConsentProof {
    /// Where it comes from.
    pub source: Option<String>,
    /// When it was given.
    pub date: Option<String>,
}

/// The receipt of a deletion of contacts (R67).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct DeletedContacts {
    /// How many.
    pub deleted: i64,
    /// When.
    pub at: Time,
    /// Its place in the log.
    pub log_index: i64,
}

const IMPORT: Parameter = Parameter::path("import", Schema::of::<ImportId>(), "The upload.");
const CONTACT: Parameter = Parameter::path("contact", Schema::of::<ContactId>(), "The contact.");

/// `POST /v1/contacts/imports`
pub const CREATE_IMPORT: Operation = Operation {
    id: "create_import",
    path: "/v1/contacts/imports",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Begins an upload with the attestation that its recipients consented.",
    rules: &[62],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<NewImport>())),
    answers: &[Answer::json(201, Schema::of::<Import>(), "The upload, which awaits its file.")],
    codes: &[
        Code::NotFound,
        Code::ListUnknown,
        Code::TooManyTags,
        Code::AttestationNotGiven,
        Code::DocumentVersionStale,
        Code::DocumentTextMismatch,
        Code::DocumentNotInForce,
        Code::StorageLimitUntilPayment,
        Code::IdempotencyKeyReused,
    ],
    ..Operation::POST
};

/// `GET /v1/contacts/imports`
pub const IMPORTS: Operation = Operation {
    id: "list_imports",
    path: "/v1/contacts/imports",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The account's uploads.",
    rules: &[62],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Import>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/contacts/imports/{import}`
pub const IMPORT_STATE: Operation = Operation {
    id: "get_import",
    path: "/v1/contacts/imports/{import}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "One upload, with its progress.",
    rules: &[62, 70],
    parameters: &[IMPORT],
    answers: &[Answer::json(200, Schema::of::<Import>(), "The upload.")],
    ..Operation::GET
};

/// `GET /v1/contacts/imports/{import}/problems`
pub const IMPORT_PROBLEMS: Operation = Operation {
    id: "list_import_problems",
    path: "/v1/contacts/imports/{import}/problems",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The first 10,000 lines with a problem; the counts of the upload go on.",
    rules: &[61],
    parameters: &[IMPORT, crate::page::CURSOR, crate::page::LIMIT],
    answers: &[Answer::json(200, Schema::of::<Page<LineProblem>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/contacts/imports/{import}/rejected`
pub const REJECTED: Operation = Operation {
    id: "list_rejected_rows",
    path: "/v1/contacts/imports/{import}/rejected",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "All rows of a file that were rejected, with the cells that would have been kept. A page holds those of \
              one batch, however many.",
    rules: &[61, 70],
    parameters: &[IMPORT, crate::page::CURSOR],
    answers: &[Answer::json(200, Schema::of::<Page<RejectedRow>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /v1/contacts`
pub const PUT: Operation = Operation {
    id: "put_contacts",
    path: "/v1/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Puts contacts into the base, or updates those whose numbers are known: all at once.",
    rules: &[20, 61, 62, 63, 66, 70],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body { bytes_max: PUT_BYTES_MAX as u64, ..Body::json(Schema::of::<PutContacts>()) }),
    answers: &[Answer::json(200, Schema::of::<ContactsPut>(), "What became of them.")],
    codes: &[
        Code::ListUnknown,
        Code::TooManyTags,
        Code::AttestationNotGiven,
        Code::CsvSpecialCategoryColumn,
        Code::DocumentVersionStale,
        Code::DocumentTextMismatch,
        Code::DocumentNotInForce,
        Code::StorageLimitUntilPayment,
        Code::IdempotencyKeyReused,
    ],
    ..Operation::POST
};

/// `GET /v1/contacts/{contact}/consent`
pub const CONSENT_PROOF: Operation = Operation {
    id: "get_consent_proof",
    path: "/v1/contacts/{contact}/consent",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Source and date of a person's consent, as they came with the contact; also once the contact is deleted.",
    rules: &[63],
    parameters: &[CONTACT],
    answers: &[Answer::json(200, Schema::of::<ConsentProof>(), "As they stood in the file.")],
    ..Operation::GET
};

/// `DELETE /v1/contacts`
pub const DELETE_ALL: Operation = Operation {
    id: "delete_contacts",
    path: "/v1/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Deletes all that were in the base when it was asked for, in steps: asked again after an error, it \
              goes on. Rows of a file that is being read are no contacts yet.",
    rules: &[67],
    answers: &[Answer::json(200, Schema::of::<DeletedContacts>(), "The receipt.")],
    ..Operation::DELETE
};

/// `DELETE /v1/contacts/{contact}`
pub const DELETE: Operation = Operation {
    id: "delete_contact",
    path: "/v1/contacts/{contact}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Deletes one.",
    rules: &[67],
    parameters: &[CONTACT],
    answers: &[Answer::json(200, Schema::of::<DeletedContacts>(), "The receipt.")],
    ..Operation::DELETE
};

crate::listed![
    CREATE_IMPORT,
    UPLOAD,
    UPLOAD_WORKBOOK,
    FORMAT,
    SET_FORMAT,
    IMPORTS,
    IMPORT_STATE,
    IMPORT_PROBLEMS,
    REJECTED,
    PUT,
    LIST,
    FIELDS,
    GET,
    CONSENT_PROOF,
    DELETE_ALL,
    DELETE,
    BLACKLIST,
    ADD_TO_BLACKLIST,
    REMOVE_FROM_BLACKLIST,
    SERVICE_BLACKLIST,
    ADD_TO_SERVICE_BLACKLIST,
    REMOVE_FROM_SERVICE_BLACKLIST,
];
