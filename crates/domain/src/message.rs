//! A message's life: where it may stand, why, and what may follow what (R48, R66, R67, R85, R87, R89).
//!
//! [`STEPS`] is the whole of it. The store's named transitions carry the steps out, and its tests hold every
//! change of a row against this table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::campaign::DeliveryResult;

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waits for its turn.
    Queued,
    /// Taken for sending by one tick, with its price held.
    Leased,
    /// Nobody knows whether the operator took it: it is asked about, and never sent on a guess.
    Unknown,
    /// The operator has it, and it is charged. Its last word is awaited.
    HandedOver,
    /// It reached the handset.
    Delivered,
    /// It did not and will not.
    Undelivered,
    /// The operator gave up in time.
    Expired,
    /// A gate, an operator or its owner's word keeps it from being sent, without charge.
    Blocked,
    /// Its campaign was ended before it left.
    Cancelled,
}

impl MessageState {
    /// Every state, in the order of a message's way.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Leased,
        Self::Unknown,
        Self::HandedOver,
        Self::Delivered,
        Self::Undelivered,
        Self::Expired,
        Self::Blocked,
        Self::Cancelled,
    ];

    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Leased => "leased",
            Self::Unknown => "unknown",
            Self::HandedOver => "handed_over",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing is done for the message any more. Of these only what its owner left alone goes on, by a
    /// late report.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Undelivered | Self::Expired | Self::Blocked | Self::Cancelled)
    }

    /// Whether an operator took it: it is charged, and proven.
    pub const fn was_handed_over(self) -> bool {
        matches!(self, Self::HandedOver | Self::Delivered | Self::Undelivered | Self::Expired)
    }
}

impl From<DeliveryResult> for MessageState {
    fn from(result: DeliveryResult) -> Self {
        match result {
            DeliveryResult::Delivered => Self::Delivered,
            DeliveryResult::Undelivered => Self::Undelivered,
            DeliveryResult::Expired => Self::Expired,
        }
    }
}

/// Why a message stands where it does: the stable codes that history and reports show (R89, R94).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its number stands in the blacklist (R66).
    Blacklisted,
    /// Its contact was deleted before it was sent (R67).
    ContactErased,
    /// The campaign has more recipients than its owner agreed to pay for (R50).
    BeyondAgreement,
    /// It is a one-time code that nobody waits for any more.
    CodeExpired,
    /// An operator that was believed not to have it reported on it: it must not go out again (R87).
    ReportedWhileQueued,
    /// Its operator never said whether it took it, and its owner left it alone (R48).
    OutcomeUnknown,
    /// Its campaign was cancelled by its owner.
    CancelledByOwner,
    /// Its account was closed.
    AccountClosed,
    /// Its operator is not asked any more: its owner decides. Shown, and not stored (R48).
    Undecided,
    /// The operator: the number is none that can be reached so.
    NumberInvalid,
    /// The operator will not send to this number.
    NumberRefused,
    /// The operator: the number exists, but nothing reaches it.
    NumberUnreachable,
    /// The person has told the operator to be left in peace: to be blacklisted here as well.
    OptedOut,
    /// The operator has no way to this number; another operator may have one.
    NoRoute,
    /// The operator forbids this text or this sender.
    TextRefused,
    /// The operator cannot carry this text: empty, too long, unreadable.
    TextInvalid,
    /// The operator refused the request without a reason that we know.
    OperatorRefused,
    /// The operator's own prepayment ran out after it took the message.
    OperatorFunds,
    /// The operator's ids are used up: it takes numbers alone, and each cell has a part of them.
    OperatorIdsExhausted,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 19] = [
        Self::Blacklisted,
        Self::ContactErased,
        Self::BeyondAgreement,
        Self::CodeExpired,
        Self::ReportedWhileQueued,
        Self::OutcomeUnknown,
        Self::CancelledByOwner,
        Self::AccountClosed,
        Self::Undecided,
        Self::NumberInvalid,
        Self::NumberRefused,
        Self::NumberUnreachable,
        Self::OptedOut,
        Self::NoRoute,
        Self::TextRefused,
        Self::TextInvalid,
        Self::OperatorRefused,
        Self::OperatorFunds,
        Self::OperatorIdsExhausted,
    ];

    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blacklisted => "blacklisted",
            Self::ContactErased => "contact_erased",
            Self::BeyondAgreement => "beyond_agreement",
            Self::CodeExpired => "code_expired",
            Self::ReportedWhileQueued => "reported_while_queued",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::CancelledByOwner => "cancelled_by_owner",
            Self::AccountClosed => "account_closed",
            Self::Undecided => "undecided",
            Self::NumberInvalid => "number_invalid",
            Self::NumberRefused => "number_refused",
            Self::NumberUnreachable => "number_unreachable",
            Self::OptedOut => "opted_out",
            Self::NoRoute => "no_route",
            Self::TextRefused => "text_refused",
            Self::TextInvalid => "text_invalid",
            Self::OperatorRefused => "operator_refused",
            Self::OperatorFunds => "operator_funds",
            Self::OperatorIdsExhausted => "operator_ids_exhausted",
        }
    }

    /// The reason of that code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// Where a message stands of which it is the stored reason; `None` for what is only shown.
    pub const fn state(self) -> Option<MessageState> {
        match self {
            Self::CancelledByOwner | Self::AccountClosed => Some(MessageState::Cancelled),
            Self::Undecided => None,
            _ => Some(MessageState::Blocked),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What is to become of messages of which nobody can say whether they were sent (R48, R85, R87).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnknownDecision {
    /// They are queued again.
    // Whoever has one already gets it twice.
    SendAgain,
    /// They are left as they are.
    Leave,
}

impl UnknownDecision {
    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendAgain => "send_again",
            Self::Leave => "leave",
        }
    }

    /// Why the messages are not sent since; `None` where they are.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::SendAgain => None,
            Self::Leave => Some(Reason::OutcomeUnknown),
        }
    }
}

/// What can happen to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transition {
    /// Its campaign is prepared, or a call is to be repeated.
    Queue,
    /// One tick takes it for sending.
    Lease,
    /// Its operator has it.
    HandOver,
    /// Nothing was sent, or it may be sent again: its price is given back.
    Requeue,
    /// It will not be sent.
    Block,
    /// Its campaign is over.
    Cancel,
    /// The answer of its operator is lost, or says nothing; also when its operator is not asked any more.
    LoseSight,
    /// Its operator speaks of it after its owner had left it alone.
    Reopen,
    /// Its operator says how it ended.
    Report,
}

/// One row of the table: from where, by what, to where. `None` before there is a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Where the message stood.
    pub from: Option<MessageState>,
    /// What happened.
    pub by: Transition,
    /// Where it stands since.
    pub to: MessageState,
}

const fn begins(by: Transition, to: MessageState) -> Step {
    Step { from: None, by, to }
}

const fn step(from: MessageState, by: Transition, to: MessageState) -> Step {
    Step { from: Some(from), by, to }
}

/// Everything that may happen to a message.
pub const STEPS: [Step; 19] = {
    use MessageState::{
        Blocked, Cancelled, Delivered, Expired, HandedOver, Leased, Queued, Undelivered, Unknown,
    };
    use Transition::{Block, Cancel, HandOver, Lease, LoseSight, Queue, Reopen, Report, Requeue};
    [
        begins(Queue, Queued),
        // Whose number is in the blacklist when its campaign is prepared.
        begins(Block, Blocked),
        step(Queued, Lease, Leased),
        step(Queued, Block, Blocked),
        step(Queued, Cancel, Cancelled),
        step(Leased, HandOver, HandedOver),
        step(Leased, Requeue, Queued),
        step(Leased, Block, Blocked),
        step(Leased, Cancel, Cancelled),
        step(Leased, LoseSight, Unknown),
        step(Unknown, LoseSight, Unknown),
        step(Unknown, HandOver, HandedOver),
        // Its operator said twice that it does not have it, or its owner decided so.
        step(Unknown, Requeue, Queued),
        step(Unknown, Block, Blocked),
        step(Unknown, Cancel, Cancelled),
        // Only what its owner left alone.
        step(Blocked, Reopen, Unknown),
        step(HandedOver, Report, Delivered),
        step(HandedOver, Report, Undelivered),
        step(HandedOver, Report, Expired),
    ]
};

/// Whether a message may come from one state to another; `None` before there is a message.
pub fn may_follow(from: Option<MessageState>, to: MessageState) -> bool {
    STEPS.iter().any(|step| step.from == from && step.to == to)
}

#[cfg(test)]
mod tests;
