//! The calling hours as an owner sees them: of a class, with the operator that could carry it first (R80, R81, R82, R83,
//! R86).

use domain::campaign::MessageClass;
use domain::documents::ByLanguage;
use domain::hours::{WhyShut, WindowVerdict};
use domain::tariffs::Channel;
use edge::{Call, Caller, Result, format_time, instant, read_calendars};
use serde::Serialize;

use crate::pricing::Carriers;

/// What the hours say now.
#[derive(Serialize)]
pub struct WindowView {
    open: bool,
    /// Why it is shut, if it is.
    why: Option<&'static str>,
    /// The public holiday of today.
    holiday: Option<ByLanguage<String>>,
    opens_at: Option<String>,
    /// Of today; `null` on a day that is shut as a whole.
    hours: Option<String>,
    rule: String,
}

impl WindowView {
    /// The hours of a channel's messages of a class at this moment; `None` where no operator carries any.
    pub async fn of(
        call: &Call,
        caller: &Caller,
        channel: Channel,
        class: MessageClass,
    ) -> Result<Option<Self>> {
        let now = caller.act.now;
        let agreed = caller.tenant().await?.other_hours(now).await?;
        let calendars = read_calendars()?;
        let at = instant(now)?;
        let carriers = Carriers::now(call.settings, now).await?;
        let carrying = carriers.of_channel(channel);
        let verdicts = carrying.map(|(operator, _)| calendars.judge(at, operator, channel, class, &agreed));
        // The one that opens first, and of those that are open the one that stays open longest.
        let opening =
            |verdict: &WindowVerdict| (verdict.opens_at.is_none(), verdict.opens_at, -verdict.open_for);
        let Some(verdict) = verdicts.min_by_key(opening) else { return Ok(None) };
        Ok(Some(Self {
            open: verdict.open,
            why: verdict.why.map(WhyShut::as_str),
            holiday: calendars.holiday(at).map(|holiday| holiday.name.clone()),
            opens_at: verdict.opens_at.map(|at| format_time(at.timestamp_millis())),
            hours: verdict.hours.map(|hours| hours.to_string()),
            rule: verdict.rule,
        }))
    }

    /// What a running campaign waits for, if it is for the hours.
    pub fn stalls(&self) -> Option<&'static str> {
        match self.why {
            Some(day @ ("weekend" | "public_holiday")) => Some(day),
            Some(_) => Some("window_closed"),
            None => None,
        }
    }
}
