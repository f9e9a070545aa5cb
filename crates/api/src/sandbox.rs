//! The stand-in operator and bank, and the clock that can be shifted: only while the sandbox is on.

use serde::{Deserialize, Serialize};

use crate::money::Credited;
use crate::operation::{Answer, Body, Component, Operation, Who};
use crate::schema::Schema;
use crate::{Code, Time};

/// A payment that the stand-in bank is to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TopUp {
    /// The account number.
    pub account: String,
    /// A decimal text: `1000.00`.
    pub amount: String,
    /// The bank's id; a new one without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
}

/// What the stand-in operator reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Reported {
    /// Reports that were sent.
    pub sent: i64,
    /// Messages that are to be reported on yet.
    pub pending: i64,
}

/// The product's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Clock {
    /// The product's time.
    pub now: Time,
    /// By how much it is ahead of the host's.
    pub shift_seconds: i64,
}

/// How far the clock is to be shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShiftClock {
    /// At most a hundred years either way.
    pub shift_seconds: i64,
}

/// Messages for the stand-in operator.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// In any number.
    pub messages: Vec<HandedMessage>,
}

/// One message for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandedMessage {
    /// The message's id.
    pub id: String,
    /// E.164.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The text.
    pub text: String,
    /// Until when it may be passed on, Unix milliseconds.
    pub expires_at: i64,
}

/// A call for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandedCall {
    /// The message's id.
    pub id: String,
    /// E.164.
    pub to: String,
    /// E.164, or empty.
    pub from: String,
    /// Where the recording is fetched.
    pub audio_url: String,
    /// How long it rings.
    pub ring_seconds: u32,
    /// Until when it may begin, Unix milliseconds.
    pub expires_at: i64,
}

/// A question about messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct States {
    /// Their ids.
    pub ids: Vec<String>,
}

/// What the stand-in operator has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Taken {
    /// One a message that it has.
    pub taken: Vec<TakenMessage>,
}

/// A message that it has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct TakenMessage {
    /// The message's id.
    pub id: String,
    /// Its own reference.
    pub reference: String,
    /// Unix milliseconds.
    pub at: i64,
    /// Until when it may pass it on, Unix milliseconds.
    #[serde(default)]
    pub expires_at: Option<i64>,
}

/// `POST /sandbox/bank/top-ups`
pub const TOP_UP: Operation = Operation {
    id: "sandbox_top_up",
    path: "/sandbox/bank/top-ups",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "Signs a payment and sends it to the webhook; answers what the webhook answered.",
    rules: &[43],
    body: Some(Body::json(Schema::of::<TopUp>())),
    answers: &[Answer::json(200, Schema::of::<Credited>(), "What became of the money.")],
    codes: crate::money::PAYMENT_CODES,
    ..Operation::POST
};

/// A hundred messages of the longest text fit, however its characters are written in JSON.
pub const HAND_OVER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// `POST /sandbox/operator/messages`
pub const TAKE_MESSAGES: Operation = Operation {
    id: "sandbox_take_messages",
    path: "/sandbox/operator/messages",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "The stand-in operator takes messages.",
    body: Some(Body { bytes_max: HAND_OVER_BYTES_MAX, ..Body::json(Schema::of::<HandOver>()) }),
    answers: &[Answer::json(200, Schema::of::<Taken>(), "What it has.")],
    ..Operation::POST
};

/// `POST /sandbox/operator/calls`
pub const TAKE_CALL: Operation = Operation {
    id: "sandbox_take_call",
    path: "/sandbox/operator/calls",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "The stand-in operator takes a call and fetches its recording by the link.",
    body: Some(Body::json(Schema::of::<HandedCall>())),
    answers: &[Answer::json(200, Schema::of::<Taken>(), "What it has.")],
    ..Operation::POST
};

/// `POST /sandbox/operator/states`
pub const STATES: Operation = Operation {
    id: "sandbox_states",
    path: "/sandbox/operator/states",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "Says which messages the stand-in operator has, and until when it may pass them on.",
    body: Some(Body::json(Schema::of::<States>())),
    answers: &[Answer::json(200, Schema::of::<Taken>(), "What it has.")],
    ..Operation::POST
};

/// `POST /sandbox/operator/report-due`
pub const REPORT_DUE: Operation = Operation {
    id: "sandbox_report_due",
    path: "/sandbox/operator/report-due",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "Sends the delivery reports that are due: two seconds after the hand-over, by the shifted clock.",
    answers: &[Answer::json(200, Schema::of::<Reported>(), "How many.")],
    codes: &[Code::WebhookNotConfigured],
    ..Operation::POST
};

/// `GET /sandbox/clock`
pub const CLOCK: Operation = Operation {
    id: "sandbox_clock",
    path: "/sandbox/clock",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "The product's clock.",
    answers: &[Answer::json(200, Schema::of::<Clock>(), "The clock.")],
    ..Operation::GET
};

/// `PUT /sandbox/clock`
pub const SHIFT_CLOCK: Operation = Operation {
    id: "sandbox_shift_clock",
    path: "/sandbox/clock",
    component: Component::Sandbox,
    who: Who::Sandbox,
    summary: "Shifts the product's clock, on any host.",
    body: Some(Body::json(Schema::of::<ShiftClock>())),
    answers: &[Answer::json(200, Schema::of::<Clock>(), "The clock.")],
    ..Operation::PUT
};

crate::listed![TOP_UP, TAKE_MESSAGES, TAKE_CALL, STATES, REPORT_DUE, CLOCK, SHIFT_CLOCK];
