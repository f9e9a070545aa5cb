//! Other hours for one account, agreed with the service: dated, and never in the statutory night (R82, R83).

use chrono::NaiveDate;

use crate::hours::DayHours;
use crate::weekdays::Weekdays;

/// Why hours cannot be agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowOverrideError {
    /// No agreement enters 22:00 to 06:00 (R83).
    EntersNight,
    /// The last day is before the first.
    EndsBeforeItBegins,
}

/// On these days these hours take the place of the offer's. An operator's calendar still holds beside them:
/// what is agreed with the account does not change the service's own contract with the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowOverride {
    decision: String,
    from: NaiveDate,
    to: NaiveDate,
    days: Weekdays,
    hours: DayHours,
}

impl WindowOverride {
    /// An agreement under the id of its decision, for the days from `from` to `to`, both included.
    pub fn new(
        decision: String,
        from: NaiveDate,
        to: NaiveDate,
        days: Weekdays,
        hours: DayHours,
    ) -> Result<Self, WindowOverrideError> {
        if hours.and(DayHours::OUTSIDE_THE_NIGHT) != Some(hours) {
            return Err(WindowOverrideError::EntersNight);
        }
        if to < from {
            return Err(WindowOverrideError::EndsBeforeItBegins);
        }
        Ok(Self { decision, from, to, days, hours })
    }

    /// `dcn_…`
    pub fn decision(&self) -> &str {
        &self.decision
    }

    /// The first day.
    pub const fn from(&self) -> NaiveDate {
        self.from
    }

    /// The last day.
    pub const fn to(&self) -> NaiveDate {
        self.to
    }

    /// On which days of the week.
    pub const fn days(&self) -> Weekdays {
        self.days
    }

    /// Which hours.
    pub const fn hours(&self) -> DayHours {
        self.hours
    }

    /// Whether it speaks of a local day.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to && self.days.contain(date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(opens: &str, closes: &str, to: &str) -> Result<WindowOverride, WindowOverrideError> {
        let date = |text: &str| text.parse().expect("a date");
        let hours = DayHours::parse(opens, closes).expect("hours");
        WindowOverride::new("dcn_1".to_owned(), date("2026-12-01"), date(to), Weekdays::ALL, hours)
    }

    /// R83: to the minute, at both ends.
    #[test]
    fn no_agreement_enters_the_night() {
        assert!(agreed("06:00", "22:00", "2026-12-31").is_ok());
        for (opens, closes) in
            [("05:59", "22:00"), ("06:00", "22:01"), ("00:00", "24:00"), ("22:00", "23:00")]
        {
            let refused = agreed(opens, closes, "2026-12-31");
            assert_eq!(refused, Err(WindowOverrideError::EntersNight), "{opens}-{closes}");
        }
    }

    /// R82: it is for the days that it names, and for no other.
    #[test]
    fn an_agreement_covers_its_first_day_and_its_last() {
        let agreed = agreed("08:00", "21:00", "2026-12-03").expect("agreed");
        let covered = |text: &str| agreed.covers(text.parse().expect("a date"));
        assert!(!covered("2026-11-30") && covered("2026-12-01") && covered("2026-12-03"));
        assert!(!covered("2026-12-04"));
    }

    #[test]
    fn an_agreement_that_ends_before_it_begins_is_none() {
        let refused = agreed("08:00", "21:00", "2026-11-30");
        assert_eq!(refused, Err(WindowOverrideError::EndsBeforeItBegins));
    }
}
