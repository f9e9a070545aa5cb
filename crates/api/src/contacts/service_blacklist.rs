//! Numbers to which no account may send, listed by staff (R66).

use serde::{Deserialize, Serialize};

use crate::contacts::RejectedNumber;
use crate::decisions::Revoke;
use crate::ids::BlacklistEntryId;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Numbers that staff list at once.
pub const SERVICE_BLACKLIST_MAX: usize = 1_000;

/// Numbers for the blacklist of the whole service.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewServiceBlacklistEntries {
    /// 1 to 1,000, in any spelling.
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 1000))]
    pub phones: Vec<String>,
    /// Who lists them, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// On what, 1 to 500 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 500))]
    pub basis: String,
}

/// What the listing came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AddedToServiceBlacklist {
    /// Numbers that are on it from now on.
    pub added: i64,
    /// Numbers that were on it. One that is named twice in the request counts once.
    pub already_listed: i64,
    /// What is no number that can be written to.
    pub rejected: Vec<RejectedNumber>,
}

/// A number on the blacklist of the whole service.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ServiceBlacklistEntry {
    /// The entry.
    pub id: BlacklistEntryId,
    /// E.164; nothing once it was taken off.
    pub phone: Option<String>,
    /// Who listed it.
    pub by: String,
    /// On what.
    pub basis: String,
    /// When.
    pub listed_at: Time,
    /// The leaf of the listing in the log `send-box.com/directory`.
    pub log_index: i64,
    /// How it was taken off again.
    pub removed: Option<ServiceBlacklistRemoval>,
}

/// How a number was taken off the blacklist of the whole service.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ServiceBlacklistRemoval {
    /// Who took it off.
    pub by: String,
    /// On what.
    pub basis: String,
    /// When.
    pub at: Time,
    /// The leaf of the removal in the log `send-box.com/directory`.
    pub log_index: i64,
}

const ENTRY: Parameter = Parameter::path("entry", Schema::of::<BlacklistEntryId>(), "The entry.");

/// `GET /internal/blacklist`
pub const SERVICE_BLACKLIST: Operation = Operation {
    id: "list_service_blacklist",
    path: "/internal/blacklist",
    component: Component::People,
    who: Who::Staff,
    summary: "Numbers to which no account may send, newest first, with who listed each and on what; those that were \
              taken off again too, without the number.",
    rules: &[65, 66],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<ServiceBlacklistEntry>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /internal/blacklist`
pub const ADD_TO_SERVICE_BLACKLIST: Operation = Operation {
    id: "add_to_service_blacklist",
    path: "/internal/blacklist",
    component: Component::People,
    who: Who::Staff,
    summary: "Lists numbers for all accounts. Once it is answered no message to them is taken for sending any more, \
              whosever; what is queued for them is blocked. May be repeated: what is listed twice is listed once.",
    rules: &[65, 66],
    body: Some(Body::json(Schema::of::<NewServiceBlacklistEntries>())),
    answers: &[Answer::json(200, Schema::of::<AddedToServiceBlacklist>(), "What it came to.")],
    codes: &[Code::BlacklistNotEverywhere],
    ..Operation::POST
};

/// `DELETE /internal/blacklist/{entry}`
pub const REMOVE_FROM_SERVICE_BLACKLIST: Operation = Operation {
    id: "remove_from_service_blacklist",
    path: "/internal/blacklist/{entry}",
    component: Component::People,
    who: Who::Staff,
    summary: "Takes a number off for all accounts; what an account or the person listed stays. Accounts follow within \
              a tick.",
    rules: &[65, 66],
    parameters: &[ENTRY],
    body: Some(Body::json(Schema::of::<Revoke>())),
    answers: &[Answer::json(200, Schema::of::<ServiceBlacklistEntry>(), "The entry as it stands now.")],
    ..Operation::DELETE
};
