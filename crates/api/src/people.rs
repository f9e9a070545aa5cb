//! One person across everything that an account has: found, shown, corrected, blocked, withdrawn, deleted (R69, R183). A
//! number always stands in a body, so that no address and no log of addresses holds it.

mod lookup;

use std::collections::BTreeMap;

use domain::language::Language;
use serde::{Deserialize, Serialize};

use crate::automated_decisions::{Appeal, ContestedScore, StanceOfPerson};
use crate::contacts::{BlacklistEntry, ConsentProof, Contact};
use crate::ids::{CampaignId, ContactId, MessageId, PersonRequestId};
use crate::messages::Message;
use crate::number_lookups::NumberAnswer;
use crate::operation::{Answer, Body, Component, Operation, Who};
use crate::page::IDEMPOTENCY_KEY;
use crate::schema::Schema;
use crate::{Code, Page, Time};

pub use lookup::*;

/// The longest that is written down of what a person said, in characters.
pub const SAID_CHARACTERS_MAX: usize = 500;

/// Whom a request is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskPerson {
    /// A number, in any spelling.
    pub phone: String,
}

/// Which page of the messages to a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskMessages {
    /// A number, in any spelling.
    pub phone: String,
    /// `next_cursor` of the page before; the first page without it.
    #[serde(default)]
    pub cursor: Option<CampaignId>,
}

/// What an account has of one number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Person {
    /// E.164.
    pub phone: String,
    /// As it stands in the base, with the upload that it came by.
    pub contact: Option<Contact>,
    /// Where the contact's consent comes from, and when it was given.
    pub consent: Option<ConsentProof>,
    /// Consents that others followed, or whose contact is gone: they are kept as proof.
    pub former_consents: Vec<FormerConsent>,
    /// Who lists the number, and why.
    pub blacklist: Vec<BlacklistEntry>,
    /// What they said last of automated decisions.
    pub stance: Option<StanceOfPerson>,
    /// Scores, with their reasons and what they were made of.
    pub scores: Vec<ContestedScore>,
    /// What networks said of their number, newest first.
    pub lookups: Vec<NumberAnswer>,
    /// Appeals and reviews, newest first.
    pub appeals: Vec<Appeal>,
    /// Links in messages that were opened.
    pub visits: Vec<PersonVisit>,
    /// What was done at their request before, newest first.
    pub requests: Vec<PersonReceipt>,
    /// Messages to them, those of the newest campaigns first.
    pub messages: PersonMessages,
}

/// Messages to a person, as far as one answer goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct PersonMessages {
    /// Those of the newest campaigns first.
    pub items: Vec<Message>,
    /// Asks for those of older campaigns; `null` at the end.
    pub next_cursor: Option<CampaignId>,
}

/// A consent that another followed, or whose contact is gone (R63).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct FormerConsent {
    /// The contact that it came with.
    pub contact: ContactId,
    /// Where it comes from, and when it was given.
    pub consent: ConsentProof,
}

/// A link of a message that was opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct PersonVisit {
    /// The message.
    pub message: MessageId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Which of the text's links it is, from zero.
    pub link: i64,
    /// By whom, as far as it can be told.
    pub visitor: LinkVisitor,
    /// When.
    pub visited_at: Time,
}

/// Who opened a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkVisitor {
    /// A program that previews or checks links.
    Preview,
    /// Nobody can tell.
    Unknown,
    /// A person.
    Person,
}

/// In which form a person is given what the account has of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentForm {
    /// To be printed or sent as a letter.
    #[default]
    Text,
    /// A table for a spreadsheet.
    Csv,
    /// For a program.
    Json,
}

/// What a person is to be given.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskDocument {
    /// A number, in any spelling.
    pub phone: String,
    /// In which form.
    #[serde(default)]
    pub form: DocumentForm,
    /// The person's language: `kk`, `ru` or `en`. Without it that of the request.
    #[serde(default)]
    pub language: Option<Language>,
    /// What they asked for, in their words, at most 500 characters.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_length = 500))]
    pub said: Option<String>,
}

/// What a program is given of a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct PersonDocument {
    /// The receipt of its handing over.
    pub receipt: PersonReceipt,
    /// What there is. All messages are on its one page, unless they are more than 10,000.
    pub person: Person,
}

/// What is put right.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CorrectPerson {
    /// A number, in any spelling.
    pub phone: String,
    /// The right name, at most 200 characters; an empty one takes the name away. Without it the name stays.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_length = 200))]
    pub name: Option<String>,
    /// All fields that are kept from now on, at most 20 of at most 500 characters. Without it they stay.
    #[serde(default)]
    pub fields: Option<BTreeMap<String, String>>,
    /// What the person said, at most 500 characters.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_length = 500))]
    pub said: Option<String>,
}

/// Whom not to write to, or who withdrew their consent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StopPerson {
    /// A number, in any spelling.
    pub phone: String,
    /// Why, in the person's words, at most 500 characters.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_length = 500))]
    pub said: Option<String>,
}

/// Whom to delete.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeletePerson {
    /// A number, in any spelling.
    pub phone: String,
    /// Whether the number goes on the blacklist, so that no file brings them back. It does unless this is false.
    #[serde(default = "yes")]
    pub blacklist: bool,
    /// What the person said, at most 500 characters.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_length = 500))]
    pub said: Option<String>,
}

const fn yes() -> bool {
    true
}

/// What was done at a person's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PersonRequestKind {
    /// They were given what the account has of them.
    Shown,
    /// What was wrong was put right.
    Corrected,
    /// They are not written to.
    Blocked,
    /// They withdrew their consent.
    Withdrawn,
    /// What may be deleted of them is gone.
    Deleted,
}

/// What stays of a person although they are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// The number on the blacklist: without it they would be written to again once a file brings them back.
    Blacklist,
    /// What was sent to them, for the term of claims.
    History,
    /// Proofs of their consent.
    Consents,
    /// Their objection to automated decisions, or that they withdrew from them.
    Stance,
    /// Their appeals, with what was decided.
    Appeals,
}

/// Something that stays, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct KeptOfPerson {
    /// What.
    pub what: Kept,
    /// Why, in the caller's language.
    pub words: String,
}

/// The receipt of an act. What it did is under the log's commitments; the event names the number by a keyed hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct PersonReceipt {
    /// The request.
    pub id: PersonRequestId,
    /// What was done.
    pub kind: PersonRequestKind,
    /// E.164.
    pub phone: String,
    /// What the person said.
    pub said: Option<String>,
    /// What was put right: `name`, `fields`.
    pub corrected: Vec<String>,
    /// Whether the number is on the blacklist from then on, and was not before.
    pub blacklisted: bool,
    /// Messages that were queued and are not sent.
    pub cancelled_messages: i64,
    /// Whether there was a contact, and it is gone.
    pub contact_deleted: bool,
    /// Scores that are void or gone.
    pub scores_voided: i64,
    /// Whether a consent to automated decisions ended.
    pub stance_ended: bool,
    /// What stays, and why.
    pub kept: Vec<KeptOfPerson>,
    /// The session or key that did it.
    pub actor: String,
    /// Through what.
    pub channel: String,
    /// When.
    pub at: Time,
    /// The leaf of the log that proves it.
    pub log_index: i64,
}

/// What a number may be refused for, and that nothing is kept of it.
const FIND_CODES: &[Code] = crate::with_phone_codes![Code::PersonUnknown];
/// The same of an act that may be a repeat.
const ACT_CODES: &[Code] =
    crate::with_phone_codes![Code::IdempotencyKeyReused, Code::PersonUnknown, Code::StorageLimitUntilPayment];
/// The same of a correction.
const CORRECT_CODES: &[Code] = crate::with_phone_codes![
    Code::CsvSpecialCategoryColumn,
    Code::IdempotencyKeyReused,
    Code::ImportInProgress,
    Code::PersonNotInBase,
    Code::PersonUnknown,
    Code::StorageLimitUntilPayment
];
/// The same of a deletion.
const DELETE_CODES: &[Code] = crate::with_phone_codes![
    Code::IdempotencyKeyReused,
    Code::ImportInProgress,
    Code::PersonUnknown,
    Code::StorageLimitUntilPayment
];
/// The same of who is blocked: anybody may be.
const BLOCK_CODES: &[Code] =
    crate::with_phone_codes![Code::IdempotencyKeyReused, Code::StorageLimitUntilPayment];

/// `POST /v1/people/find`
pub const FIND: Operation = Operation {
    id: "find_person",
    path: "/v1/people/find",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "What the account has of one number: the contact, consents, blacklist, stance, scores, appeals, visits and \
              requests (at most 1,000 of each), and the messages of the newest campaigns; not its lists and tags.",
    rules: &[69, 183],
    body: Some(Body::json(Schema::of::<AskPerson>())),
    answers: &[Answer::json(200, Schema::of::<Person>(), "What there is.")],
    codes: FIND_CODES,
    ..Operation::POST
};

/// `POST /v1/people/messages`
pub const MESSAGES: Operation = Operation {
    id: "list_messages_to_person",
    path: "/v1/people/messages",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "Messages to one number, those of the newest campaigns first. A page is what 2,000 campaigns hold: it may be \
              empty, and others follow as long as there is a cursor.",
    rules: &[69, 183],
    body: Some(Body::json(Schema::of::<AskMessages>())),
    answers: &[Answer::json(200, Schema::of::<Page<Message>>(), "A page of them.")],
    codes: crate::with_phone_codes![Code::NotFound, Code::PersonUnknown],
    ..Operation::POST
};

/// `POST /v1/people/document`
pub const DOCUMENT: Operation = Operation {
    id: "give_person_document",
    path: "/v1/people/document",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "What the account has of one number, as a document that the person can be given: a text to be printed, a \
              table, or JSON. That it was made is written down.",
    rules: &[69, 183],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<AskDocument>())),
    answers: &[
        Answer::json(200, Schema::of::<PersonDocument>(), "JSON: for a program."),
        Answer::of(200, "text/csv", Schema::TEXT, "CSV: a table of section, field and value."),
        Answer::of(200, "text/plain", Schema::TEXT, "A text: to be printed."),
    ],
    codes: ACT_CODES,
    ..Operation::POST
};

/// `POST /v1/people/correct`
pub const CORRECT: Operation = Operation {
    id: "correct_person",
    path: "/v1/people/correct",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "Puts right what a person says is wrong.",
    rules: &[69, 183],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<CorrectPerson>())),
    answers: &[Answer::json(200, Schema::of::<PersonReceipt>(), "The receipt.")],
    codes: CORRECT_CODES,
    ..Operation::POST
};

/// `POST /v1/people/block`
pub const BLOCK: Operation = Operation {
    id: "block_person",
    path: "/v1/people/block",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "Puts a number on the blacklist; what is queued for it is not sent. The account may take it off again.",
    rules: &[66, 69, 183],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<StopPerson>())),
    answers: &[Answer::json(200, Schema::of::<PersonReceipt>(), "The receipt.")],
    codes: BLOCK_CODES,
    ..Operation::POST
};

/// `POST /v1/people/withdraw`
pub const WITHDRAW: Operation = Operation {
    id: "withdraw_persons_consent",
    path: "/v1/people/withdraw",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "Takes down that a person withdrew their consent: they are not written to, and no automated decision is made \
              about them. The entry on the blacklist is theirs, so the account cannot take it off.",
    rules: &[65, 69, 99, 183],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<StopPerson>())),
    answers: &[Answer::json(200, Schema::of::<PersonReceipt>(), "The receipt.")],
    codes: ACT_CODES,
    ..Operation::POST
};

/// `POST /v1/people/delete`
pub const DELETE: Operation = Operation {
    id: "delete_person",
    path: "/v1/people/delete",
    component: Component::People,
    who: Who::SessionOrKey,
    summary: "Deletes a person: the contact, what is queued for it, its scores and visits. The receipt says what stays, \
              and why. A number that an audience names by itself stays in it until the audience is changed.",
    rules: &[67, 69, 92, 183],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<DeletePerson>())),
    answers: &[Answer::json(200, Schema::of::<PersonReceipt>(), "The receipt.")],
    codes: DELETE_CODES,
    ..Operation::POST
};

crate::listed![FIND, MESSAGES, DOCUMENT, CORRECT, BLOCK, WITHDRAW, DELETE, LOOKUP];
