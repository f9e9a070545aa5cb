//! The day on which an account is deleted: the account names it, thirty days ahead at least (R120, R217).

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::hours::{almaty, almaty_offset};

/// The notice that the offer asks for.
const NOTICE: Duration = Duration::days(30);

/// Why a day cannot be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionDayError {
    /// The notice would be shorter than thirty days.
    TooEarly,
}

/// When an account is due that asks at `asked` to be deleted on a local day of Almaty; without a day, as soon as
/// the notice is over. On a named day it is due when the day begins, but on the first one that can be named not
/// before thirty whole days have passed.
pub fn deletion_due(asked: DateTime<Utc>, day: Option<NaiveDate>) -> Result<DateTime<Utc>, DeletionDayError> {
    let soonest = asked + NOTICE;
    let Some(day) = day else { return Ok(soonest) };
    if day < almaty(soonest).date_naive() {
        return Err(DeletionDayError::TooEarly);
    }
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let begins = midnight - Duration::seconds(almaty_offset(midnight).0.local_minus_utc().into());
    Ok(begins.max(soonest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().expect("a day"))
    }

    /// R217: not a second less than thirty days, by the clock in Almaty.
    #[test]
    fn a_day_that_comes_before_thirty_days_have_passed_is_refused() {
        // 23:30 in Almaty: thirty days on it is still the 20th there, and half an hour later the 21st.
        let asked = instant("2026-11-20T18:30:00Z");
        for early in ["2026-12-19", "2026-11-20", "2020-01-01"] {
            assert_eq!(deletion_due(asked, day(early)), Err(DeletionDayError::TooEarly), "{early}");
        }
        assert_eq!(deletion_due(asked, day("2026-12-20")), Ok(instant("2026-12-20T18:30:00Z")));
        let later = instant("2026-11-20T19:00:00Z");
        assert_eq!(deletion_due(later, day("2026-12-20")), Err(DeletionDayError::TooEarly));
    }

    /// R217: thirty days are the default.
    #[test]
    fn without_a_day_it_is_due_in_thirty_days() {
        assert_eq!(deletion_due(instant("2026-11-20T05:00:00Z"), None), Ok(instant("2026-12-20T05:00:00Z")));
    }

    /// R217: a named day begins at midnight in Almaty.
    #[test]
    fn a_later_day_is_due_when_it_begins() {
        let due = deletion_due(instant("2026-11-20T05:00:00Z"), day("2027-03-01"));
        assert_eq!(due, Ok(instant("2027-02-28T19:00:00Z")));
    }
}
