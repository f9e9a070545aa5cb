//! The report of a campaign: what became of its messages, and the money (R94).

use std::collections::BTreeMap;

use domain::campaign::CampaignState;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::ids::CampaignId;

/// What became of every message, and the money (R94).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Report {
    /// The campaign.
    pub campaign: CampaignId,
    /// Where it stands.
    pub state: CampaignState,
    /// People.
    pub recipients: i64,
    /// Messages; each attempt of a call is one: `queued + leased + unknown + handed_over + blocked + cancelled`.
    pub messages: i64,
    /// Waiting to be sent.
    pub queued: i64,
    /// On their way to the operator.
    pub leased: i64,
    /// Nobody knows whether the operator took them; it is asked.
    pub unknown: i64,
    /// Of the unknown, those that the operator is not asked about any more: their owner decides.
    pub undecided: i64,
    /// Taken by an operator, whatever came after: `awaiting_report + delivered + undelivered + expired`.
    pub handed_over: i64,
    /// Of these without a final word.
    pub awaiting_report: i64,
    /// Of these delivered.
    pub delivered: i64,
    /// Of these not delivered.
    pub undelivered: i64,
    /// Of these given up by the operator in time.
    pub expired: i64,
    /// Not sent, without a charge.
    pub blocked: i64,
    /// Those not sent, by reason, such as `{"blacklisted": 3}`.
    pub blocked_by_reason: BTreeMap<String, i64>,
    /// Not sent, since the owner cancelled.
    pub cancelled: i64,
    /// How the calls ended; null for texts.
    pub calls: Option<CallCounts>,
    /// How often each link of the text was opened; null for calls.
    pub links: Option<Vec<LinkCounts>>,
    /// Visits of its links by people, all links together.
    pub visits: i64,
    /// Messages of which a person opened a link.
    pub visitors: i64,
    /// Refusals of further messages by a message's own link.
    pub opt_outs: i64,
    /// What was paid.
    pub charged: Charged,
    /// What is held for messages on their way.
    pub held: Money,
    /// By hours of Almaty's time, in their order; without those in which nothing was handed over and nothing blocked.
    pub by_hour: Vec<ReportPart>,
    /// By operators, in the order of their names.
    pub by_operator: Vec<ReportPart>,
}

/// How calls ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct CallCounts {
    /// Taken by a person, as far as the operator can tell.
    pub answered: i64,
    /// Taken by an answering machine or a fax.
    pub machine: i64,
    /// Busy, or declined.
    pub busy: i64,
    /// Rung out.
    pub no_answer: i64,
    /// Never rung.
    pub failed: i64,
}

/// How often a link was opened (R96).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct LinkCounts {
    /// What it is called in the text.
    pub name: String,
    /// By people, a minute apart at least for one of them.
    pub visits: i64,
    /// People who opened it.
    pub visitors: i64,
    /// By programs that preview or check links: no visits.
    pub previews: i64,
    /// By whom nobody can tell: no visits either.
    pub unknown: i64,
}

/// What was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Charged {
    /// To the operator.
    pub operator: Money,
    /// To the service.
    pub service: Money,
    /// Both.
    pub total: Money,
}

/// What came of messages. Whatever came later counts where the message was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Taken by an operator: `awaiting_report + delivered + undelivered + expired`.
    pub handed_over: i64,
    /// Of these without a final word.
    pub awaiting_report: i64,
    /// Of these delivered.
    pub delivered: i64,
    /// Of these not delivered.
    pub undelivered: i64,
    /// Of these given up by the operator in time.
    pub expired: i64,
    /// How those of them ended that are calls.
    pub calls: CallCounts,
    /// Not sent, without a charge, in the hour of the refusal; null by operators, of whom what is not sent has none.
    pub blocked: Option<i64>,
    /// Those not sent, by reason; null by operators.
    pub blocked_by_reason: Option<BTreeMap<String, i64>>,
    /// Visits of links by people, a minute apart at least for one of them.
    pub visits: i64,
    /// Messages of which a person opened a link.
    pub visitors: i64,
    /// Refusals of further messages by a message's own link. A reply names no message, and is in the blacklist only.
    pub opt_outs: i64,
    /// What was paid, and not given back.
    pub charged: Charged,
}

/// One part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ReportPart {
    /// Which: `2026-12-03T12:00`, `2026-12-03` (both of Almaty's time), an operator's name, or a campaign's id.
    pub part: String,
    /// What a campaign is called; null for everything else, and once the name is erased.
    pub name: Option<String>,
    /// What came of it.
    pub counts: Counts,
}
