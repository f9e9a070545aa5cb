//! The deletion of an account.

use chrono::NaiveDate;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::ids::DeletionId;
use crate::operation::{Answer, Body, Component, Operation, Who};
use crate::schema::Schema;
use crate::{Code, Time};

/// A request to delete the account, with what is given up by it (R55, R217).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestDeletion {
    /// The balance as shown to the person.
    pub forfeits: Money,
    /// That recipients are told by whoever wrote to them.
    #[serde(default)]
    pub recipients_duty_acknowledged: bool,
    /// A day in Almaty, 30 days ahead at least; without one it is in 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_on: Option<NaiveDate>,
}

/// Where a deletion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeletionState {
    /// It is asked for.
    Scheduled,
    /// It is under way.
    Executing,
    /// The account is gone.
    Done,
    /// It was taken back.
    Cancelled,
}

/// A request to delete the account, as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Deletion {
    /// The request.
    pub id: DeletionId,
    /// Where it stands.
    pub state: DeletionState,
    /// When it was made.
    pub requested_at: Time,
    /// When it is due.
    pub due_at: Time,
    /// The day of `due_at` in Almaty.
    pub delete_on: NaiveDate,
    /// What is given up.
    pub forfeits: Money,
}

/// `POST /v1/account/deletion`
pub const REQUEST: Operation = Operation {
    id: "request_deletion",
    path: "/v1/account/deletion",
    component: Component::Requests,
    who: Who::Session,
    summary: "Asks for the account to be deleted, with at least 30 days to think again.",
    rules: &[55, 120, 121, 217],
    body: Some(Body::json(Schema::of::<RequestDeletion>())),
    answers: &[Answer::json(201, Schema::of::<Deletion>(), "The request.")],
    codes: &[
        Code::AmountMalformed,
        Code::AmountTooLarge,
        Code::ForfeitAmountChanged,
        Code::DeletionAlreadyRequested,
        Code::DeletionDayTooEarly,
    ],
    ..Operation::POST
};

/// `GET /v1/account/deletion`
pub const GET: Operation = Operation {
    id: "get_deletion",
    path: "/v1/account/deletion",
    component: Component::Requests,
    who: Who::SessionOrKey,
    summary: "The last request.",
    rules: &[128],
    answers: &[Answer::json(200, Schema::of::<Deletion>(), "The request.")],
    codes: &[Code::NotFound],
    ..Operation::GET
};

/// `DELETE /v1/account/deletion`
pub const CANCEL: Operation = Operation {
    id: "cancel_deletion",
    path: "/v1/account/deletion",
    component: Component::Requests,
    who: Who::Session,
    summary: "Takes the request back.",
    rules: &[128],
    answers: &[Answer::empty("The account stays.")],
    codes: &[Code::NotFound],
    ..Operation::DELETE
};

crate::listed![REQUEST, GET, CANCEL];
