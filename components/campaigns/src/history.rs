//! The history of messages: number, date, time, result (R89, R90).

use api::ids::{CampaignId, MessageId};
use api::messages::Message;
use chrono::{DateTime, FixedOffset, SecondsFormat};
use domain::message::MessageState;
use domain::money::Money;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, Time, json, stored_if_any, try_page_of};
use store::cell::HistoryItem;

fn local(unix_ms: i64, offset_minutes: i64) -> Option<String> {
    let offset = FixedOffset::east_opt(i32::try_from(offset_minutes * 60).ok()?)?;
    let time = DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&offset);
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, false))
}

fn view(item: HistoryItem) -> Result<Message> {
    let local_of = |at: Option<i64>| at.zip(item.offset_minutes).and_then(|(at, offset)| local(at, offset));
    Ok(Message {
        handed_over_local: local_of(item.handed_over_at),
        blocked_local: local_of(item.blocked_at),
        id: MessageId::stored(item.message),
        campaign: CampaignId::stored(item.campaign),
        phone: item.phone,
        state: item.state,
        reason: item.reason,
        operator: item.operator,
        handed_over_at: item.handed_over_at.map(Time::of),
        blocked_at: item.blocked_at.map(Time::of),
        window_hours: item.window_hours,
        window_rule: item.window_rule,
        result_at: item.result_at.map(Time::of),
        segments: item.segments,
        attempt: item.call_attempt,
        call_result: stored_if_any(item.call_result.as_deref())?,
        charged: item.charged.map(Money),
    })
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
    let state =
        state.map(|state| MessageState::parse(&state).ok_or(Problem::field(Code::InvalidField, "state")));
    let history =
        tenant.history_in(campaign.as_deref(), state.transpose()?, page.number(0)?, page.limit).await?;
    json(200, &try_page_of(history, view)?)
}
