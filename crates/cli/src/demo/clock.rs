//! Keeps the product's clock inside the calling hours, and moves it forward where waiting would be
//! all that is left (R80, R81).

use api::sandbox::{self, Clock, ShiftClock};
use chrono::{DateTime, TimeDelta, Utc};
use domain::hours::window_at;
use ureq::http::StatusCode;

use crate::client::{Client, Refusal};

/// The least time that must be left before the hours end.
const NEEDED: TimeDelta = TimeDelta::minutes(15);

/// What the product takes for now.
pub fn now(client: &Client) -> anyhow::Result<Clock> {
    let asked = client.get(&sandbox::CLOCK, &[], "");
    asked.map_err(|error| match error.downcast_ref::<Refusal>().map(|refusal| refusal.status) {
        Some(StatusCode::NOT_FOUND) => error.context("the demo needs that host's sandbox: is `sandbox` on?"),
        Some(StatusCode::UNAUTHORIZED) => error.context("that host has another tick token"),
        _ => error,
    })
}

/// Moves the product's clock forward.
pub fn advance(client: &Client, by: TimeDelta) -> anyhow::Result<Clock> {
    move_from(client, &now(client)?, by)
}

/// Moves the clock to so much after what was read. Somebody else may do the same at the same time:
/// from one reading, both come to the same end.
fn move_from(client: &Client, before: &Clock, by: TimeDelta) -> anyhow::Result<Clock> {
    let shift_seconds = before.shift_seconds + by.num_seconds();
    client.send_json(&sandbox::SHIFT_CLOCK, &[], &ShiftClock { shift_seconds })
}

/// Moves the clock into the next calling hours unless it stands well inside them. Answers what it
/// did, in words.
pub fn into_calling_hours(client: &Client) -> anyhow::Result<Option<String>> {
    let before = now(client)?;
    let Some(forward) = until_calling_hours(before.now.0) else { return Ok(None) };
    let after = move_from(client, &before, forward)?.now.0;
    let local = |at: DateTime<Utc>| window_at(at).local.format("%d.%m. %H:%M").to_string();
    Ok(Some(format!(
        "It is {} in Almaty, too late or too early to send (09:00-20:00): the sandbox's clock now shows {}",
        local(before.now.0),
        local(after)
    )))
}

/// How far the next good moment lies ahead; nothing where this one is good.
fn until_calling_hours(now: DateTime<Utc>) -> Option<TimeDelta> {
    let window = window_at(now);
    if window.open && window.open_for >= NEEDED {
        return None;
    }
    let next = if window.open { window_at(now + window.open_for).opens_at } else { window.opens_at };
    // A minute past nine: seconds are cut off on the way.
    Some(next? - now + TimeDelta::minutes(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn inside_the_hours_the_clock_is_left_alone() {
        assert_eq!(until_calling_hours(at("2026-11-20T05:00:00Z")), None);
    }

    #[test]
    fn before_after_and_at_the_end_of_the_hours_it_goes_to_a_minute_past_nine() {
        let cases = [
            ("2026-11-20T03:00:00Z", "2026-11-20T04:01:00Z"),
            ("2026-11-20T16:00:00Z", "2026-11-21T04:01:00Z"),
            ("2026-11-20T14:50:00Z", "2026-11-21T04:01:00Z"),
        ];
        for (now, then) in cases {
            let forward = until_calling_hours(at(now)).expect("it has to move");
            assert_eq!(at(now) + forward, at(then), "{now}");
        }
    }
}
