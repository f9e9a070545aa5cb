//! The calling hours: Almaty's local time by a dated rule, the offer's window in it, and what is said of
//! one instant (R80, R81, R83, R86).
//!
//! The host's time zone is never read: an old zone table would start an hour early. What narrows or moves
//! the window for one operator, class or account stands in [`crate::calendars`].

use serde::{Deserialize, Serialize};
use std::fmt;

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, Offset, SecondsFormat, Timelike, Utc};

/// One row of the rule table: from an instant on, an offset is in force.
struct OffsetRule {
    /// Seconds since 1970, UTC.
    from_unix: i64,
    offset_hours: i32,
    version: &'static str,
}

/// Kazakhstan has had one zone since 1 March 2024, 00:00 local time (section T). The instants
/// before matter only for reading old records.
const OFFSETS: [OffsetRule; 2] = [
    OffsetRule { from_unix: 1_709_229_600, offset_hours: 5, version: "kz-2024-03-01" },
    OffsetRule { from_unix: i64::MIN, offset_hours: 6, version: "kz-before-2024-03-01" },
];

/// Days that are looked at for the next opening. The longest row of holidays is shorter by far.
const OPENING_DAYS_MAX: usize = 60;

const MINUTES_OF_DAY: u16 = 24 * 60;

/// Hours of a local day, from one minute on and up to another, half-open (R81).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayHours {
    opens: u16,
    closes: u16,
}

impl DayHours {
    /// The window of the public offer (R80).
    pub const OFFER: Self = Self { opens: 9 * 60, closes: 20 * 60 };
    /// What the statutory night, 22:00 to 06:00, leaves of a day: no decision goes beyond it (R83).
    pub const OUTSIDE_THE_NIGHT: Self = Self { opens: 6 * 60, closes: 22 * 60 };

    /// From two times as people write them, `09:00` and `20:00`; the second may be `24:00`. `None` unless
    /// the second is later.
    pub fn parse(opens: &str, closes: &str) -> Option<Self> {
        let hours = Self { opens: minute_of_day(opens)?, closes: minute_of_day(closes)? };
        (hours.opens < hours.closes).then_some(hours)
    }

    /// The hours that lie in both; `None` where no minute does.
    pub fn and(self, other: Self) -> Option<Self> {
        let both = Self { opens: self.opens.max(other.opens), closes: self.closes.min(other.closes) };
        (both.opens < both.closes).then_some(both)
    }

    /// Whether a local time lies in them.
    pub fn contain(self, time: NaiveTime) -> bool {
        let second = time.num_seconds_from_midnight();
        (u32::from(self.opens) * 60..u32::from(self.closes) * 60).contains(&second)
    }

    /// When they begin, as people write it.
    pub fn opens(self) -> String {
        time_text(self.opens)
    }

    /// When they end.
    pub fn closes(self) -> String {
        time_text(self.closes)
    }
}

impl fmt::Display for DayHours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.opens(), self.closes())
    }
}

fn time_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |text: &str| -> Option<u16> {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= MINUTES_OF_DAY).then_some(of_day)
}

/// Why nothing may be handed over at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhyShut {
    /// The hours of the offer, or those agreed in their place, are over or have not begun.
    OutsideHours,
    /// A Saturday or a Sunday on which the operator takes no message of the class.
    Weekend,
    /// A public holiday on which it takes none.
    PublicHoliday,
    /// The operator's calendar is not open at this hour or day, or does not reach so far.
    OutsideCalendar,
}

impl WhyShut {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OutsideHours => "outside_hours",
            Self::Weekend => "weekend",
            Self::PublicHoliday => "public_holiday",
            Self::OutsideCalendar => "outside_calendar",
        }
    }
}

/// What the calling hours say of one instant; kept with every message that was judged (R86, R90).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowVerdict {
    /// Whether a message may be handed over at this instant.
    pub open: bool,
    /// Why not, if not.
    pub why: Option<WhyShut>,
    /// The local time in Almaty, with its offset.
    pub local: DateTime<FixedOffset>,
    /// The hours of the local day; `None` on a day that is shut as a whole.
    pub hours: Option<DayHours>,
    /// The versions of the rules that judged.
    pub rule: String,
    /// The next instant at which the window is open: this one, if it is. `None` where the rules do not
    /// reach so far.
    pub opens_at: Option<DateTime<Utc>>,
    /// How long it stays open from this instant on; zero when shut.
    pub open_for: Duration,
}

impl WindowVerdict {
    /// RFC 3339 with the offset, to the second.
    pub fn local_text(&self) -> String {
        self.local.to_rfc3339_opts(SecondsFormat::Secs, false)
    }
}

/// Almaty's offset from UTC at an instant, and the rule that says so.
pub fn almaty_offset(at: DateTime<Utc>) -> (FixedOffset, &'static str) {
    let rule = OFFSETS.iter().find(|rule| at.timestamp() >= rule.from_unix).unwrap_or(&OFFSETS[0]);
    // Whole hours within a day always make an offset; UTC is named only to have no panic.
    let offset = FixedOffset::east_opt(rule.offset_hours * 3600).unwrap_or_else(|| Utc.fix());
    (offset, rule.version)
}

/// The rule under which an instant has its local time, as it is kept.
pub fn hours_rule(at: DateTime<Utc>) -> String {
    format!("hours {}", almaty_offset(at).1)
}

/// The local time of an instant.
pub fn almaty(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&almaty_offset(at).0)
}

/// Whether an instant lies in the statutory night, in which nothing is ever handed over (R83).
pub fn in_statutory_night(at: DateTime<Utc>) -> bool {
    !DayHours::OUTSIDE_THE_NIGHT.contain(almaty(at).time())
}

/// Judges one instant by the offer's window alone, seven days a week (R80). Half-open: at 20:00:00 it is
/// shut (R81).
pub fn window_at(at: DateTime<Utc>) -> WindowVerdict {
    judge(at, hours_rule(at), |_| Ok(DayHours::OFFER))
}

/// Judges one instant by the hours of local days.
pub(crate) fn judge(
    at: DateTime<Utc>,
    rule: String,
    hours_of: impl Fn(NaiveDate) -> Result<DayHours, WhyShut>,
) -> WindowVerdict {
    let local = almaty(at);
    let instant = |date: NaiveDate, minute: u16| {
        let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(*local.offset());
        midnight.single().map(|midnight| midnight.to_utc() + Duration::minutes(minute.into()))
    };
    let today = hours_of(local.date_naive());
    let open = today.is_ok_and(|hours| hours.contain(local.time()));
    let open_for = today
        .ok()
        .filter(|_| open)
        .and_then(|hours| instant(local.date_naive(), hours.closes))
        .map_or_else(Duration::zero, |closes| closes - at);
    let opens_at = if open {
        Some(at)
    } else {
        let openings = local.date_naive().iter_days().take(OPENING_DAYS_MAX);
        let mut openings = openings.filter_map(|date| instant(date, hours_of(date).ok()?.opens));
        openings.find(|opens| *opens > at)
    };
    let why = today.err().or_else(|| (!open).then_some(WhyShut::OutsideHours));
    WindowVerdict { open, why, local, hours: today.ok(), rule, opens_at, open_for }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    /// R80, R81: the edges, to the second.
    #[test]
    fn shut_a_second_before_nine_and_at_eight_in_the_evening() {
        for (at, open) in [
            ("2026-11-20T03:59:59Z", false),
            ("2026-11-20T04:00:00Z", true),
            ("2026-11-20T14:59:59.999Z", true),
            ("2026-11-20T15:00:00Z", false),
        ] {
            assert_eq!(window_at(utc(at)).open, open, "{at}");
        }
    }

    /// R80: seven days a week.
    #[test]
    fn sunday_is_like_any_day() {
        assert!(window_at(utc("2026-11-22T10:00:00Z")).open);
    }

    #[test]
    fn after_closing_it_opens_tomorrow_at_nine() {
        assert_eq!(window_at(utc("2026-12-31T15:00:00Z")).opens_at, Some(utc("2027-01-01T04:00:00Z")));
    }

    /// R86, R90: what is kept of a verdict says why, by which hours and by which rule.
    #[test]
    fn a_verdict_names_its_hours_and_its_rule_and_why_it_is_shut() {
        let verdict = window_at(utc("2026-11-20T15:00:00Z"));
        assert_eq!(verdict.why, Some(WhyShut::OutsideHours));
        assert_eq!(verdict.hours.map(|hours| hours.to_string()).as_deref(), Some("09:00-20:00"));
        assert_eq!(verdict.rule, "hours kz-2024-03-01");
        assert_eq!(window_at(utc("2026-11-20T14:59:59Z")).why, None);
    }

    /// Section T: the clocks moved at 18:00 UTC on 29 February 2024.
    #[test]
    fn the_offset_changes_at_the_dated_instant() {
        assert_eq!(window_at(utc("2024-02-29T17:59:59Z")).local_text(), "2024-02-29T23:59:59+06:00");
        assert_eq!(window_at(utc("2024-02-29T18:00:00Z")).local_text(), "2024-02-29T23:00:00+05:00");
    }

    #[test]
    fn hours_are_read_as_people_write_them_and_nothing_else_is_read() {
        let day = DayHours::parse("00:00", "24:00").expect("a whole day");
        assert_eq!(day.to_string(), "00:00-24:00");
        assert_eq!(DayHours::parse("09:00", "20:00"), Some(DayHours::OFFER));
        for (opens, closes) in [
            ("20:00", "09:00"),
            ("09:00", "09:00"),
            ("9:00", "20:00"),
            ("09:60", "20:00"),
            ("09:00", "24:01"),
            ("+9:00", "20:00"),
            ("09", "20:00"),
            ("", ""),
        ] {
            assert_eq!(DayHours::parse(opens, closes), None, "{opens}-{closes}");
        }
    }

    proptest! {
        /// R80: since March 2024 the window is 04:00 to 15:00 UTC, whatever the day.
        #[test]
        fn open_exactly_between_four_and_fifteen_utc(second in 1_709_229_600i64..4_102_444_800) {
            let at = DateTime::from_timestamp(second, 0).expect("in range");
            let of_day = second.rem_euclid(86_400);
            prop_assert_eq!(window_at(at).open, (4 * 3600..15 * 3600).contains(&of_day));
        }

        /// R81: the promised opening instant is open, and the instant before is not.
        #[test]
        fn opens_at_is_the_first_open_instant(second in 1_709_300_000i64..4_102_444_800) {
            let verdict = window_at(DateTime::from_timestamp(second, 0).expect("in range"));
            let opens_at = verdict.opens_at.expect("it opens every day");
            prop_assert!(window_at(opens_at).open);
            if !verdict.open {
                prop_assert!(!window_at(opens_at - Duration::seconds(1)).open);
            }
        }

        /// R81: what is left of the hours is left to the very end, and not a moment longer.
        #[test]
        fn open_for_ends_where_the_window_shuts(second in 1_709_300_000i64..4_102_444_800) {
            let at = DateTime::from_timestamp(second, 0).expect("in range");
            let verdict = window_at(at);
            if verdict.open {
                prop_assert!(window_at(at + verdict.open_for - Duration::milliseconds(1)).open);
                prop_assert!(!window_at(at + verdict.open_for).open);
            }
        }
    }
}
