//! Working days, by which people are answered (R101, R210).

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};

use crate::calendars::Calendars;
use crate::hours::almaty_offset;

/// Working days in which a person is answered who appeals against an automated decision or wants a human to look at it:
/// those of the law on personal data for people's requests.
pub const APPEAL_DAYS: u32 = 3;

/// The end of the last of so many working days after an instant's own, in Almaty. Saturdays, Sundays and published
/// holidays are none; a holiday that nobody has published yet only makes the day earlier.
pub fn end_of_working_day(after: DateTime<Utc>, days: u32, calendars: &Calendars) -> DateTime<Utc> {
    let mut day = crate::hours::almaty(after).date_naive();
    let mut left = days;
    while left > 0 {
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
        let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        if !is_weekend && calendars.holiday(noon(day)).is_none() {
            left -= 1;
        }
    }
    midnight_after(day)
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    // Seven in the morning in UTC is noon in Almaty, or an hour after it.
    day.and_time(NaiveTime::MIN).and_utc() + chrono::TimeDelta::hours(7)
}

fn midnight_after(day: NaiveDate) -> DateTime<Utc> {
    let (offset, _) = almaty_offset(noon(day));
    let midnight = day.and_time(NaiveTime::MIN).and_utc() + chrono::TimeDelta::days(1);
    midnight - chrono::TimeDelta::seconds(i64::from(offset.local_minus_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendars() -> Calendars {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/documents/calendars.json");
        Calendars::parse(&std::fs::read_to_string(path).expect("a file")).expect("calendars")
    }

    fn due(after: &str) -> String {
        let after: DateTime<Utc> = after.parse().expect("an instant");
        end_of_working_day(after, APPEAL_DAYS, &calendars()).to_rfc3339()
    }

    /// R101: the day of receipt does not count, and the third ends at midnight in Almaty.
    #[test]
    fn three_working_days_end_at_midnight_and_leave_the_weekend_out() {
        assert_eq!(due("2026-11-23T06:00:00Z"), "2026-11-26T19:00:00+00:00");
        assert_eq!(due("2026-11-26T06:00:00Z"), "2026-12-01T19:00:00+00:00");
        // It is Friday in Almaty already.
        assert_eq!(due("2026-11-26T19:30:00Z"), "2026-12-02T19:00:00+00:00");
    }

    /// R101: the sixteenth of December is a public holiday.
    #[test]
    fn a_public_holiday_is_no_working_day() {
        assert_eq!(due("2026-12-14T06:00:00Z"), "2026-12-18T19:00:00+00:00");
    }
}
