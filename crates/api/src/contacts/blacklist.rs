//! The blacklist: numbers to which nothing is sent.

use serde::{Deserialize, Serialize};

use crate::ids::BlacklistEntryId;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Numbers that are listed at once.
pub const BLACKLIST_MAX: usize = 10_000;
/// Bytes of such a request.
pub const BLACKLIST_BYTES_MAX: usize = 1024 * 1024;
/// The longest reason, in characters.
pub const REASON_CHARACTERS_MAX: usize = 500;

/// Numbers for the blacklist.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBlacklistEntries {
    /// 1 to 10,000, in any spelling.
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 10000))]
    pub phones: Vec<String>,
    /// Why, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(max_length = 500))]
    pub reason: Option<String>,
}

/// What the listing came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AddedToBlacklist {
    /// Numbers that are on it from now on.
    pub added: i64,
    /// Numbers that were on it.
    pub already_listed: i64,
    /// What is no number that can be written to.
    pub rejected: Vec<RejectedNumber>,
    /// Messages that were queued for the numbers and are not sent.
    pub cancelled_messages: i64,
}

/// A number that was not taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct RejectedNumber {
    /// Its place in the request, from zero.
    pub index: usize,
    /// What is wrong with it.
    pub code: Code,
}

/// Who listed a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BlacklistSource {
    /// The account.
    Account,
    /// The service.
    Service,
    /// The person, by a reply or by a link; the account cannot take it off.
    OptOut,
}

/// Through what a number was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ListedThrough {
    /// By a person of the account, in the cabinet.
    Cabinet,
    /// By a program of the account.
    Api,
    /// By the recipient's reply.
    Webhook,
    /// By the recipient, with the link in a message.
    OptOutPage,
    /// By staff of the service.
    Staff,
}

/// A number to which nothing is sent (R65).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct BlacklistEntry {
    /// The entry.
    pub id: BlacklistEntryId,
    /// E.164.
    pub phone: String,
    /// Who listed it.
    pub source: BlacklistSource,
    /// Why.
    pub reason: Option<String>,
    /// The session or key that listed it; `recipient` where the person did it, `staff` where the service did.
    pub actor: String,
    /// Through what.
    pub channel: ListedThrough,
    /// When.
    pub created_at: Time,
}

const ENTRY: Parameter = Parameter::path("entry", Schema::of::<BlacklistEntryId>(), "The entry.");

/// `GET /v1/blacklist`
pub const BLACKLIST: Operation = Operation {
    id: "list_blacklist",
    path: "/v1/blacklist",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Numbers to which nothing is sent, with who listed each and why. The account, the person and the service \
              each list a number for themselves, so it may stand there more than once. Of whom the service listed those \
              are shown who are in the base.",
    rules: &[65],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<BlacklistEntry>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /v1/blacklist`
pub const ADD_TO_BLACKLIST: Operation = Operation {
    id: "add_to_blacklist",
    path: "/v1/blacklist",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Lists numbers; what is queued for them is not sent. A longer list goes in several requests: what is \
              listed twice is listed once, so any of them may be repeated.",
    rules: &[65, 66],
    body: Some(Body {
        bytes_max: BLACKLIST_BYTES_MAX as u64,
        ..Body::json(Schema::of::<NewBlacklistEntries>())
    }),
    answers: &[Answer::json(200, Schema::of::<AddedToBlacklist>(), "What it came to.")],
    codes: &[Code::StorageLimitUntilPayment],
    ..Operation::POST
};

/// `DELETE /v1/blacklist/{entry}`
pub const REMOVE_FROM_BLACKLIST: Operation = Operation {
    id: "remove_from_blacklist",
    path: "/v1/blacklist/{entry}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Takes a number off that the account listed. What the service listed only its staff take off.",
    rules: &[65, 66],
    parameters: &[ENTRY],
    answers: &[Answer::empty("It may be written to again.")],
    codes: &[Code::BlacklistedByService],
    ..Operation::DELETE
};
