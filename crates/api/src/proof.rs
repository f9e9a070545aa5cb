//! The log and the evidence, for anyone to check.

use serde::{Deserialize, Serialize};

use crate::ids::CampaignId;
use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::schema::Schema;
use crate::{Code, page};

/// The proof that the log of one size begins with the whole log of a smaller one (R91).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Consistency {
    /// Leaves in the smaller log.
    pub from: u64,
    /// Leaves in the larger one.
    pub to: u64,
    /// Hashes, each in base64.
    pub proof: Vec<String>,
}

/// Which acts an evidence file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Consents.
    Consents,
    /// Payments.
    Payments,
    /// Deletions.
    Deletions,
    /// Decisions of staff.
    Decisions,
}

/// One page of evidence; `sendbox verify` checks it without the service. Events stand in the bytes that the log
/// committed to, so the file is passed on as it came.
#[cfg(feature = "description")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form of what the crate `evidence` writes")]
struct EvidenceFile {
    /// `sendbox-evidence-1`.
    format: String,
    /// The log's key.
    verifier_key: String,
    /// A signed note; on the first page it says how many events the series has.
    checkpoint: String,
    /// That this log continues earlier ones.
    #[schema(required = false)]
    since: Vec<Since>,
    /// By their index.
    events: Vec<EvidenceEvent>,
    /// Asks for the next page.
    next_cursor: Option<String>,
}

/// The proof that the checkpoint's log begins with the whole log of an earlier one.
#[cfg(feature = "description")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form of what the crate `evidence` writes")]
struct Since {
    /// Leaves in the earlier log.
    size: u64,
    /// Hashes, each in base64.
    proof: Vec<String>,
}

/// An event and its way to the checkpoint's root.
#[cfg(feature = "description")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form of what the crate `evidence` writes")]
struct EvidenceEvent {
    /// Its place in the log.
    index: u64,
    /// 32 bytes in hexadecimal.
    salt: String,
    /// The event.
    #[schema(value_type = Object)]
    event: (),
    /// Hashes, each in base64.
    proof: Vec<String>,
}

#[cfg(not(feature = "description"))]
type EvidenceFile = ();

/// Whose log it is.
const CELL: Parameter = Parameter::query(
    "cell",
    Schema::TEXT,
    "The label of a cell, such as `cell2`; without it, the cell of the account that asks, or the first.",
);

/// `GET /v1/log/checkpoint`
pub const CHECKPOINT: Operation = Operation {
    id: "get_checkpoint",
    path: "/v1/log/checkpoint",
    component: Component::Proof,
    who: Who::Public,
    summary: "The newest checkpoint that was kept of a cell's log: a signed note (C2SP) with origin, size and root.",
    rules: &[91],
    parameters: &[CELL],
    answers: &[Answer::of(200, "text/plain; charset=utf-8", Schema::TEXT, "The note.")],
    ..Operation::GET
};

/// `GET /v1/log/key`
pub const KEY: Operation = Operation {
    id: "get_log_key",
    path: "/v1/log/key",
    component: Component::Proof,
    who: Who::Public,
    summary: "The key that checkpoints are verified by.",
    rules: &[91],
    parameters: &[CELL],
    answers: &[Answer::of(200, "text/plain; charset=utf-8", Schema::TEXT, "The verifier key.")],
    ..Operation::GET
};

/// `GET /v1/log/consistency`
pub const CONSISTENCY: Operation = Operation {
    id: "prove_consistency",
    path: "/v1/log/consistency",
    component: Component::Proof,
    who: Who::Public,
    summary: "Proves that the log was only continued.",
    rules: &[91],
    parameters: &[
        Parameter::query("from", Schema::of::<u64>(), "Leaves in the smaller log, one at least.").required(),
        Parameter::query("to", Schema::of::<u64>(), "Leaves in the larger one.").required(),
        CELL,
    ],
    answers: &[Answer::json(200, Schema::of::<Consistency>(), "The proof.")],
    ..Operation::GET
};

/// `GET /v1/evidence`
pub const EVIDENCE: Operation = Operation {
    id: "get_evidence",
    path: "/v1/evidence",
    component: Component::Proof,
    who: Who::SessionOrKey,
    summary: "An evidence file about a campaign, about one kind of acts, or, with neither, about every act of the \
              account. All pages of one file belong to one checkpoint.",
    rules: &[91, 93],
    parameters: &[
        Parameter::query("campaign", Schema::of::<CampaignId>(), "The campaign that it is about."),
        Parameter::query("kind", Schema::of::<EvidenceKind>(), "The kind of acts that it is about."),
        Parameter::query(
            "since",
            Schema::of::<u64>(),
            "An earlier size: the file proves that the log continued it.",
        ),
        page::CURSOR,
    ],
    answers: &[Answer::json(200, Schema::of::<EvidenceFile>(), "A page of it.")],
    codes: &[Code::NotFound],
    ..Operation::GET
};

crate::listed![CHECKPOINT, KEY, CONSISTENCY, EVIDENCE];
