//! The report of a campaign: what became of every message, its links and the money (R94, R96).

use api::campaigns::{CallCounts, Charged, Report};
use api::ids::CampaignId;
use domain::message::{MessageState, Reason};
use domain::money::Money;
use domain::voice::CallResult;
use edge::{Answer, Call, Problem, Result, json};
use store::cell::Content;

use crate::text_links;

/// Taken by an operator, whatever came of it.
const WITH_OPERATOR: [MessageState; 4] =
    [MessageState::HandedOver, MessageState::Delivered, MessageState::Undelivered, MessageState::Expired];

/// `GET /v1/campaigns/{campaign}/report`
pub async fn get(call: Call, campaign: CampaignId) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let found = tenant.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
    let report = tenant.campaign_report(&campaign).await?;
    let blocked = report.counts.iter().filter(|count| count.state == MessageState::Blocked);
    let blocked_by_reason =
        blocked.map(|count| (count.reason.map_or("", Reason::as_str).to_owned(), count.messages)).collect();
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
    let links = match &found.content {
        Content::Text { links: Some(links), .. } => {
            Some(text_links::counted(links, &tenant.link_counts(&campaign).await?))
        }
        Content::Text { .. } => Some(Vec::new()),
        Content::Call { .. } => None,
    };
    let view = Report {
        campaign,
        state: found.state,
        recipients: report.recipients,
        messages: report.count(&MessageState::ALL),
        queued: report.count(&[MessageState::Queued]),
        leased: report.count(&[MessageState::Leased]),
        unknown: report.count(&[MessageState::Unknown]),
        undecided: report.undecided(),
        handed_over: report.count(&WITH_OPERATOR),
        awaiting_report: report.count(&[MessageState::HandedOver]),
        delivered: report.count(&[MessageState::Delivered]),
        undelivered: report.count(&[MessageState::Undelivered]),
        expired: report.count(&[MessageState::Expired]),
        blocked: report.count(&[MessageState::Blocked]),
        blocked_by_reason,
        cancelled: report.count(&[MessageState::Cancelled]),
        calls,
        links,
        charged: Charged {
            operator: Money(report.charged_operator),
            service: Money(report.charged_service),
            total: Money(report.charged_operator + report.charged_service),
        },
        held: Money(report.held),
    };
    json(200, &view)
}
