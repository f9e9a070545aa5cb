//! Whether a person was written to or called, by whom and when: asked by staff, over all accounts (R90).

use serde::{Deserialize, Serialize};

use crate::ids::AccountId;
use crate::messages::Message;
use crate::operation::{Answer, Body, Component, Operation, Who};
use crate::schema::Schema;

/// Who complains, and who looks it up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    /// A number, in any spelling.
    pub phone: String,
    /// Who looks, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// On what, 1 to 500 characters: the complaint.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 500))]
    pub basis: String,
    /// `next_cursor` of the answer before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// By what a person was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// A text.
    Text,
    /// An automatic call.
    Call,
}

/// One message or call to the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct SentToPerson {
    /// Whose it is.
    pub account: AccountId,
    /// What its payer writes.
    pub account_number: String,
    /// What it is.
    pub by: Reached,
    /// The message: its campaign, the instant in UTC and in local time, the hours in force, the rule that judged, and the
    /// result.
    pub message: Message,
    /// Minutes east of UTC at the instant of the hand-over or of the refusal.
    pub offset_minutes: Option<i64>,
    /// Whether the local time of the hand-over lies in the hours that were in force, worked out anew from both; null for
    /// what was not handed over.
    pub in_hours: Option<bool>,
    /// Whether it lies outside the statutory night, 22:00 to 06:00.
    pub outside_the_night: Option<bool>,
}

/// What was found so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct FoundByStaff {
    /// Account by account; may be empty though more follows.
    pub items: Vec<SentToPerson>,
    /// Asks for what follows; `null` when all accounts of all cells were looked through.
    pub next_cursor: Option<String>,
}

/// `POST /internal/people/lookup`
pub const LOOKUP: Operation = Operation {
    id: "look_person_up",
    path: "/internal/people/lookup",
    component: Component::People,
    who: Who::Staff,
    summary: "Every message and call to a number, in all accounts of all cells: who sent it, when, in which hours, and \
              what came of it. Each account in which something is found records who looked, and why.",
    rules: &[90, 187],
    body: Some(Body::json(Schema::of::<LookUp>())),
    answers: &[Answer::json(200, Schema::of::<FoundByStaff>(), "What was found so far.")],
    codes: crate::with_phone_codes![],
    ..Operation::POST
};
