//! The report of a campaign: what became of every message, its links, its hours and operators, and the money (R94, R96).

use std::collections::BTreeMap;

use api::campaigns::{CallCounts, Charged, Counts, Report, ReportPart};
use api::ids::CampaignId;
use chrono::DateTime;
use domain::message::{MessageState, Reason};
use domain::money::Money;
use edge::{Answer, Call, Problem, Result, json};
use store::cell::{CampaignReport, Content, HandOverCounts};

use crate::text_links;

/// Taken by an operator, whatever came of it.
const WITH_OPERATOR: [MessageState; 4] =
    [MessageState::HandedOver, MessageState::Delivered, MessageState::Undelivered, MessageState::Expired];
const SECONDS_PER_HOUR: i64 = 3600;

/// `GET /v1/campaigns/{campaign}/report`
pub async fn get(call: Call, campaign: CampaignId) -> Result<Answer> {
    json(200, &of_campaign(&call, campaign).await?.1)
}

/// A campaign's name and its report.
pub async fn of_campaign(call: &Call, campaign: CampaignId) -> Result<(String, Report)> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let found = tenant.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
    let report = tenant.campaign_report(&campaign).await?;
    let links = match &found.content {
        Content::Text { links: Some(links), .. } => {
            Some(text_links::counted(links, &tenant.link_counts(&campaign).await?))
        }
        Content::Text { .. } => Some(Vec::new()),
        Content::Call { .. } => None,
    };
    let is_call = matches!(found.content, Content::Call { .. });
    let handed_over = report.handed_over;
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
        blocked_by_reason: by_reason(&report.blocked_by_reason()),
        cancelled: report.count(&[MessageState::Cancelled]),
        calls: is_call.then(|| calls(&handed_over)),
        links,
        visits: handed_over.visits,
        visitors: handed_over.visitors,
        opt_outs: handed_over.opt_outs,
        charged: charged(&handed_over),
        held: Money(report.held),
        by_hour: by_hour(&report),
        by_operator: by_operator(&report),
    };
    Ok((found.name, view))
}

/// What came of messages, and what of theirs was blocked, where that can be said.
pub fn counts(counts: &HandOverCounts, blocked: Option<&BTreeMap<Reason, i64>>) -> Counts {
    Counts {
        handed_over: counts.handed_over,
        awaiting_report: counts.awaiting_report(),
        delivered: counts.delivered,
        undelivered: counts.undelivered,
        expired: counts.expired,
        calls: calls(counts),
        blocked: blocked.map(|blocked| blocked.values().sum()),
        blocked_by_reason: blocked.map(by_reason),
        visits: counts.visits,
        visitors: counts.visitors,
        opt_outs: counts.opt_outs,
        charged: charged(counts),
    }
}

fn calls(counts: &HandOverCounts) -> CallCounts {
    CallCounts {
        answered: counts.answered,
        machine: counts.machine,
        busy: counts.busy,
        no_answer: counts.no_answer,
        failed: counts.failed,
    }
}

fn charged(counts: &HandOverCounts) -> Charged {
    Charged {
        operator: Money(counts.operator_price),
        service: Money(counts.service_price),
        total: Money(counts.operator_price + counts.service_price),
    }
}

fn by_reason(blocked: &BTreeMap<Reason, i64>) -> BTreeMap<String, i64> {
    blocked.iter().map(|(reason, messages)| (reason.as_str().to_owned(), *messages)).collect()
}

/// `2026-12-03T12:00` of the local time's hours since the first of January 1970.
pub fn hour_text(hour: i64) -> String {
    let instant = DateTime::from_timestamp(hour.saturating_mul(SECONDS_PER_HOUR), 0).unwrap_or_default();
    instant.format("%Y-%m-%dT%H:%M").to_string()
}

fn by_hour(report: &CampaignReport) -> Vec<ReportPart> {
    let mut hours: BTreeMap<i64, (HandOverCounts, BTreeMap<Reason, i64>)> = BTreeMap::new();
    for taken in &report.by_hour {
        hours.entry(taken.hour).or_default().0 += taken.counts;
    }
    for blocked in report.blocked.iter().filter(|blocked| blocked.is_refused()) {
        *hours.entry(blocked.hour).or_default().1.entry(blocked.reason).or_default() += blocked.messages;
    }
    let part = |(hour, (taken, blocked)): (i64, (HandOverCounts, _))| ReportPart {
        part: hour_text(hour),
        name: None,
        counts: counts(&taken, Some(&blocked)),
    };
    hours.into_iter().map(part).collect()
}

fn by_operator(report: &CampaignReport) -> Vec<ReportPart> {
    let mut operators: BTreeMap<&str, HandOverCounts> = BTreeMap::new();
    for taken in &report.by_hour {
        *operators.entry(&taken.operator).or_default() += taken.counts;
    }
    let part = |(operator, taken): (&str, HandOverCounts)| ReportPart {
        part: operator.to_owned(),
        name: None,
        counts: counts(&taken, None),
    };
    operators.into_iter().map(part).collect()
}
