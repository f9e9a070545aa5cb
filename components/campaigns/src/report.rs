//! The report of a campaign: what became of every message, and the money (R94).

use std::collections::BTreeMap;

use domain::money::Money;
use domain::voice::CallResult;
use edge::{Answer, Call, Problem, Result, json};
use serde::Serialize;
use store::cell::Content;

#[derive(Serialize)]
struct ReportView {
    campaign: String,
    state: &'static str,
    recipients: i64,
    messages: i64,
    queued: i64,
    leased: i64,
    unknown: i64,
    /// Of the unknown, those that the operator is not asked about any more: their owner decides.
    undecided: i64,
    handed_over: i64,
    awaiting_report: i64,
    delivered: i64,
    undelivered: i64,
    expired: i64,
    blocked: i64,
    blocked_by_reason: BTreeMap<String, i64>,
    cancelled: i64,
    /// How the calls ended; null for texts.
    calls: Option<BTreeMap<&'static str, i64>>,
    charged: ChargedView,
    held: Money,
}

#[derive(Serialize)]
struct ChargedView {
    operator: Money,
    service: Money,
    total: Money,
}

/// `GET /v1/campaigns/:id/report`
pub async fn get(call: Call, campaign: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let found = tenant.campaign(campaign).await?.ok_or_else(Problem::not_found)?;
    let report = tenant.campaign_report(campaign).await?;
    let blocked = report.counts.iter().filter(|(state, _, _)| state == "blocked");
    let blocked_by_reason =
        blocked.map(|(_, reason, count)| (reason.clone().unwrap_or_default(), *count)).collect();
    let calls = match found.content {
        Content::Text { .. } => None,
        Content::Call { .. } => {
            let ended = |result: CallResult| {
                (result.as_str(), report.calls.get(result.as_str()).copied().unwrap_or_default())
            };
            Some(CallResult::ALL.into_iter().map(ended).collect())
        }
    };
    let view = ReportView {
        campaign: found.campaign,
        state: found.state.as_str(),
        recipients: report.recipients,
        messages: report.counts.iter().map(|(_, _, count)| count).sum(),
        queued: report.count(&["queued"]),
        leased: report.count(&["leased"]),
        unknown: report.count(&["unknown"]),
        undecided: report.undecided(),
        handed_over: report.count(&["handed_over", "delivered", "undelivered", "expired"]),
        awaiting_report: report.count(&["handed_over"]),
        delivered: report.count(&["delivered"]),
        undelivered: report.count(&["undelivered"]),
        expired: report.count(&["expired"]),
        blocked: report.count(&["blocked"]),
        blocked_by_reason,
        cancelled: report.count(&["cancelled"]),
        calls,
        charged: ChargedView {
            operator: Money(report.charged_operator),
            service: Money(report.charged_service),
            total: Money(report.charged_operator + report.charged_service),
        },
        held: Money(report.held),
    };
    json(200, &view)
}
