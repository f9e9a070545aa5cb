//! The history of messages: number, date, time, result (R89, R90).

use chrono::{DateTime, FixedOffset, SecondsFormat};
use domain::money::Money;
use edge::{Answer, Call, ListOf, PageQuery, Problem, Result, format_time, json};
use serde::Serialize;
use store::cell::HistoryItem;

/// Where a message may stand.
const STATES: [&str; 9] = [
    "queued",
    "leased",
    "unknown",
    "handed_over",
    "delivered",
    "undelivered",
    "expired",
    "blocked",
    "cancelled",
];

#[derive(Serialize)]
struct MessageView {
    id: String,
    campaign: String,
    phone: Option<String>,
    state: String,
    reason: Option<String>,
    operator: Option<String>,
    handed_over_at: Option<String>,
    handed_over_local: Option<String>,
    blocked_at: Option<String>,
    blocked_local: Option<String>,
    window_hours: Option<String>,
    window_rule: Option<String>,
    result_at: Option<String>,
    segments: Option<i64>,
    attempt: Option<i64>,
    call_result: Option<String>,
    charged: Option<Money>,
}

fn local(unix_ms: i64, offset_minutes: i64) -> Option<String> {
    let offset = FixedOffset::east_opt(i32::try_from(offset_minutes * 60).ok()?)?;
    let time = DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&offset);
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, false))
}

impl From<HistoryItem> for MessageView {
    fn from(item: HistoryItem) -> Self {
        let local_of =
            |at: Option<i64>| at.zip(item.offset_minutes).and_then(|(at, offset)| local(at, offset));
        Self {
            id: item.message,
            campaign: item.campaign,
            phone: item.phone,
            state: item.state,
            reason: item.reason,
            operator: item.operator,
            handed_over_at: item.handed_over_at.map(format_time),
            handed_over_local: local_of(item.handed_over_at),
            blocked_at: item.blocked_at.map(format_time),
            blocked_local: local_of(item.blocked_at),
            window_hours: item.window_hours,
            window_rule: item.window_rule,
            result_at: item.result_at.map(format_time),
            segments: item.segments,
            attempt: item.call_attempt,
            call_result: item.call_result,
            charged: item.charged.map(Money),
        }
    }
}

/// `GET /v1/messages`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let tenant = caller.tenant().await?;
    let campaign = call.query("campaign");
    if let Some(campaign) = &campaign {
        tenant.campaign(campaign).await?.ok_or_else(Problem::not_found)?;
    }
    let state = call.query("state");
    if state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::field("invalid_field", "state"));
    }
    let history =
        tenant.history_in(campaign.as_deref(), state.as_deref(), page.number(0)?, page.limit).await?;
    json(200, &ListOf::of(history, MessageView::from))
}
