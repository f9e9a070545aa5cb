//! The report of a campaign: what became of every message, and the money (R94).

use api::campaigns::{CallCounts, Charged, Report};
use api::ids::CampaignId;
use domain::money::Money;
use domain::voice::CallResult;
use edge::{Answer, Call, Problem, Result, json};
use store::cell::Content;

/// `GET /v1/campaigns/{campaign}/report`
pub async fn get(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let found = tenant.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
    let report = tenant.campaign_report(&campaign).await?;
    let blocked = report.counts.iter().filter(|(state, _, _)| state == "blocked");
    let blocked_by_reason =
        blocked.map(|(_, reason, count)| (reason.clone().unwrap_or_default(), *count)).collect();
    let calls = match found.content {
        Content::Text { .. } => None,
        Content::Call { .. } => {
            let ended = |result: CallResult| report.calls.get(result.as_str()).copied().unwrap_or_default();
            Some(CallCounts {
                answered: ended(CallResult::Answered),
                machine: ended(CallResult::Machine),
                busy: ended(CallResult::Busy),
                no_answer: ended(CallResult::NoAnswer),
                failed: ended(CallResult::Failed),
            })
        }
    };
    let view = Report {
        campaign,
        state: found.state,
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
        charged: Charged {
            operator: Money(report.charged_operator),
            service: Money(report.charged_service),
            total: Money(report.charged_operator + report.charged_service),
        },
        held: Money(report.held),
    };
    json(200, &view)
}
