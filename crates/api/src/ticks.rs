//! What a scheduler has done, again and again.

use serde::{Deserialize, Serialize};

use crate::operation::{Answer, Component, Operation, Who};
use crate::schema::Schema;

/// What a dispatch tick did, in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Dispatched {
    /// Made for recipients of started campaigns.
    pub prepared: i64,
    /// Taken to be sent.
    pub leased: i64,
    /// Taken by an operator.
    pub handed_over: i64,
    /// Not taken, and waiting again.
    pub requeued: i64,
    /// Of which nobody knows whether they were taken.
    pub unknown: i64,
    /// Not to be sent.
    pub blocked: i64,
    /// Whether there is more to do now.
    pub more: bool,
    /// Whether the offer's hours are open; an account's may be others, and an operator's calendar narrower.
    pub window_open: bool,
    /// Labels of cells with which something is wrong as a whole: the others had their tick.
    pub cells_failed: Vec<String>,
}

/// What a reconciliation did, in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Reconciled {
    /// The operator was asked about them.
    pub asked: i64,
    /// It had taken them.
    pub handed_over: i64,
    /// It had not.
    pub requeued: i64,
    /// It does not say yet.
    pub still_unknown: i64,
    /// It is not asked any more.
    pub given_up: i64,
    /// They could not be settled and are put off.
    pub failed: i64,
    /// Labels of cells with which something is wrong as a whole: the others had their tick.
    pub cells_failed: Vec<String>,
}

/// `POST /internal/ticks/dispatch`
pub const DISPATCH: Operation = Operation {
    id: "tick_dispatch",
    path: "/internal/ticks/dispatch",
    component: Component::Dispatch,
    who: Who::Scheduler,
    summary: "Prepares started campaigns, takes due messages, hands them over, settles; to be called again while \
              `more`.",
    rules: &[80, 81, 85, 86],
    answers: &[Answer::json(200, Schema::of::<Dispatched>(), "What it did.")],
    ..Operation::POST
};

/// `POST /internal/ticks/reconcile`
pub const RECONCILE: Operation = Operation {
    id: "tick_reconcile",
    path: "/internal/ticks/reconcile",
    component: Component::Dispatch,
    who: Who::Scheduler,
    summary: "Asks operators about messages of which nobody knows whether they took them.",
    rules: &[85, 87, 89],
    answers: &[Answer::json(200, Schema::of::<Reconciled>(), "What it found out.")],
    ..Operation::POST
};

crate::listed![DISPATCH, RECONCILE];
