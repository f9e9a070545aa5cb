//! Work that was written down for later: done by ticks, and shown to whoever keeps the deployment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::ids::AccountId;
use crate::operation::{Answer, Body, Component, Operation, Who};
use crate::schema::Schema;
use crate::{Items, Time};

/// What one tick of the jobs did, in all cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct WorkedJobs {
    /// Steps that were done, a hundred in each cell at most.
    pub steps: u32,
    /// Whether a cell has more to do at once.
    pub more: bool,
    /// By kind: `deletion` carries out a deletion whose day has come, `log_file` cuts the write-ahead log after it,
    /// `checkpoint` signs a log that has grown, `results` asks operators for last words of which they only gave
    /// notice, `import` reads a file of contacts and merges it into the base, `stalled_import` clears an upload away that stopped moving, `refusal` lists a refusal that could not be
    /// listed when it came, `move` moves an account to another cell, `scoring` learns from what happened and scores
    /// contacts, `marks` marks contacts by what they are found by, `service_blacklist` brings an account's blacklist up to the
    /// numbers that staff listed for all accounts, `lookup` has an operator ask networks about numbers.
    pub kinds: BTreeMap<String, KindWorked>,
    /// Labels of cells with which something is wrong as a whole: the others' work is done.
    pub cells_failed: Vec<String>,
}

/// What came of the jobs of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct KindWorked {
    /// They are over.
    pub done: u32,
    /// They wait for their time, or for something else.
    pub waiting: u32,
    /// Something broke: they are put off, a minute at first and twice as long each time, six hours at most.
    pub failed: u32,
}

/// A job that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct JobAtHand {
    /// The label of its cell.
    pub cell: String,
    /// See [`WorkedJobs::kinds`].
    pub kind: String,
    /// Whose; empty for work of the whole cell.
    pub account: String,
    /// What it is about; may be empty.
    pub subject: String,
    /// When it goes on.
    pub due_at: Time,
    /// How often it was tried in vain since it last came on.
    pub tries: i64,
    /// Why it failed last: a problem's code.
    pub error: Option<String>,
}

/// Which account is to live in which cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveAccount {
    /// Whose.
    pub account: AccountId,
    /// The label of a cell of this deployment, such as `cell2`. That in which it lives ends a move that has not come to
    /// its arrival.
    pub cell: String,
}

/// How a move stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AccountMove {
    /// Whether the account lives in the cell. Until it does, a job moves it.
    pub moved: bool,
}

/// `POST /internal/ticks/jobs`
pub const WORK: Operation = Operation {
    id: "tick_jobs",
    path: "/internal/ticks/jobs",
    component: Component::Worker,
    who: Who::Scheduler,
    summary: "Does work for later that is due; to be called again while `more`.",
    rules: &[66, 89, 91, 127, 128],
    answers: &[Answer::json(200, Schema::of::<WorkedJobs>(), "What it did.")],
    ..Operation::POST
};

/// `GET /internal/jobs`
pub const AT_HAND: Operation = Operation {
    id: "list_jobs",
    path: "/internal/jobs",
    component: Component::Worker,
    who: Who::Scheduler,
    summary: "Of each cell the jobs that fail, then the next that are due, 500 at most.",
    answers: &[Answer::json(200, Schema::of::<Items<JobAtHand>>(), "All of them.")],
    ..Operation::GET
};

/// `POST /internal/moves`
pub const MOVE: Operation = Operation {
    id: "move_account",
    path: "/internal/moves",
    component: Component::Worker,
    who: Who::Scheduler,
    summary: "Has an account moved to another cell by a job; asked again, it says whether it is there. Meanwhile the \
              account can be read, and whatever would change it is refused with `account_moving`.",
    rules: &[91],
    body: Some(Body::json(Schema::of::<MoveAccount>())),
    answers: &[Answer::json(200, Schema::of::<AccountMove>(), "How it stands.")],
    codes: &[Code::NotFound, Code::DeletionAlreadyRequested],
    ..Operation::POST
};

crate::listed![WORK, AT_HAND, MOVE];
