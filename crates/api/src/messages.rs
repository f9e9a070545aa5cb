//! The history of messages: number, date, time, result.

pub use domain::message::{MessageState, Reason};
use domain::money::Money;
use domain::voice::CallResult;
use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, MessageId};
use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::page::{CURSOR, LIMIT};
use crate::schema::Schema;
use crate::{Page, Time};

/// One message, with the verdict of the gates (R86, R89, R90).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Message {
    /// The message.
    pub id: MessageId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// E.164; null once the evidence of the account is erased.
    pub phone: Option<String>,
    /// Where it stands.
    pub state: MessageState,
    /// Why it was not sent or not delivered; `undecided` of an unknown one that its owner decides about.
    pub reason: Option<Reason>,
    /// Who took it.
    pub operator: Option<String>,
    /// When it was handed over.
    pub handed_over_at: Option<Time>,
    /// When it was handed over, with the offset of that day.
    pub handed_over_local: Option<String>,
    /// When it was blocked.
    pub blocked_at: Option<Time>,
    /// When it was blocked, with the offset of that day.
    pub blocked_local: Option<String>,
    /// The hours that judged.
    pub window_hours: Option<String>,
    /// The versions of the rules that judged.
    pub window_rule: Option<String>,
    /// When its result came.
    pub result_at: Option<Time>,
    /// Of a text.
    pub segments: Option<i64>,
    /// Of a call: which attempt it is.
    pub attempt: Option<i64>,
    /// Of a call: how it ended.
    pub call_result: Option<CallResult>,
    /// What was paid for it; 0.00 once that was given back.
    pub charged: Option<Money>,
}

/// `GET /v1/messages`
pub const LIST: Operation = Operation {
    id: "list_messages",
    path: "/v1/messages",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "The history of messages.",
    rules: &[86, 89, 90],
    parameters: &[
        CURSOR,
        LIMIT,
        Parameter::query("campaign", Schema::of::<CampaignId>(), "Only those of a campaign."),
        Parameter::query("state", Schema::of::<MessageState>(), "Only those in a state."),
    ],
    answers: &[Answer::json(200, Schema::of::<Page<Message>>(), "A page of them.")],
    codes: &[crate::Code::NotFound],
    ..Operation::GET
};

crate::listed![LIST];
