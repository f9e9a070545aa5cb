//! Messages of the history.

use api::Time;
use api::ids::{CampaignId, MessageId};
use api::messages::Message;
use chrono::{DateTime, FixedOffset, SecondsFormat};
use domain::money::Money;
use edge::{Result, stored_if_any};
use store::cell::HistoryItem;

fn local(unix_ms: i64, offset_minutes: i64) -> Option<String> {
    let offset = FixedOffset::east_opt(i32::try_from(offset_minutes * 60).ok()?)?;
    let time = DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&offset);
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, false))
}

/// A message as its sender sees it.
pub fn message(item: HistoryItem) -> Result<Message> {
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
