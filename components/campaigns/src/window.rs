//! The calling hours as an owner sees them: of a class, with the operator that could carry it first (R80, R81, R82, R83,
//! R86).

use api::campaigns::{Stall, Window};
use domain::campaign::MessageClass;
use domain::hours::{WhyShut, WindowVerdict};
use domain::tariffs::Channel;
use edge::{Call, Caller, Result, Time, instant, read_calendars};

use crate::pricing::Tariffed;

/// The hours of a channel's messages of a class at this moment; `None` where no operator carries any.
pub async fn of(
    call: &Call,
    caller: &Caller,
    channel: Channel,
    class: MessageClass,
) -> Result<Option<Window>> {
    let now = caller.act.now;
    let agreed = caller.tenant().await?.other_hours(now).await?;
    let calendars = read_calendars()?;
    let at = instant(now)?;
    let tariffed = Tariffed::now(call.settings, now).await?;
    let carrying = tariffed.of_channel(channel);
    let verdicts = carrying.map(|(operator, _)| calendars.judge(at, operator, channel, class, &agreed));
    // The one that opens first, and of those that are open the one that stays open longest.
    let opening = |verdict: &WindowVerdict| (verdict.opens_at.is_none(), verdict.opens_at, -verdict.open_for);
    let Some(verdict) = verdicts.min_by_key(opening) else { return Ok(None) };
    Ok(Some(Window {
        open: verdict.open,
        why: verdict.why,
        holiday: calendars.holiday(at).map(|holiday| holiday.name.clone()),
        opens_at: verdict.opens_at.map(Time::from),
        hours: verdict.hours.map(|hours| hours.to_string()),
        rule: verdict.rule,
    }))
}

/// What a running campaign waits for, if it is for the hours.
pub const fn stalls(window: &Window) -> Option<Stall> {
    match window.why {
        Some(WhyShut::Weekend) => Some(Stall::Weekend),
        Some(WhyShut::PublicHoliday) => Some(Stall::PublicHoliday),
        Some(WhyShut::OutsideHours | WhyShut::OutsideCalendar) => Some(Stall::WindowClosed),
        None => None,
    }
}
