//! The calling hours: Almaty's local time by a dated rule, and the window in it (R80-R83, R86).
//!
//! The host's time zone is never read: an old zone table would start an hour early.

use chrono::{DateTime, Duration, FixedOffset, NaiveTime, Offset, SecondsFormat, TimeZone, Utc};

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

/// The window of the public offer, 09:00 to 20:00, seven days a week (R80).
const OPENS_HOUR: u32 = 9;
const CLOSES_HOUR: u32 = 20;

/// What the calling hours say of one instant; kept with every message that was judged (R86, R90).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowVerdict {
    /// Whether a message may be handed over at this instant.
    pub open: bool,
    /// The local time in Almaty, with its offset.
    pub local: DateTime<FixedOffset>,
    /// The version of the rules that judged.
    pub rule: &'static str,
    /// The next instant at which the window is open: this one, if it is.
    pub opens_at: DateTime<Utc>,
    /// How long it stays open from this instant on; zero when shut.
    pub open_for: Duration,
}

impl WindowVerdict {
    /// RFC 3339 with the offset, to the second.
    pub fn local_text(&self) -> String {
        self.local.to_rfc3339_opts(SecondsFormat::Secs, false)
    }
}

/// The window as people write it.
pub const HOURS_TEXT: &str = "09:00-20:00";

/// Almaty's offset from UTC at an instant, and the rule that says so.
pub fn almaty_offset(at: DateTime<Utc>) -> (FixedOffset, &'static str) {
    let rule = OFFSETS.iter().find(|rule| at.timestamp() >= rule.from_unix).unwrap_or(&OFFSETS[0]);
    // Whole hours within a day always make an offset; UTC is named only to have no panic.
    let offset = FixedOffset::east_opt(rule.offset_hours * 3600).unwrap_or_else(|| Utc.fix());
    (offset, rule.version)
}

/// Judges one instant. Half-open: at 20:00:00 it is shut (R81).
pub fn window_at(at: DateTime<Utc>) -> WindowVerdict {
    let (offset, rule) = almaty_offset(at);
    let local = at.with_timezone(&offset);
    let today = local.date_naive();
    let at_hour = |date: chrono::NaiveDate, hour: u32| {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        offset.from_local_datetime(&date.and_time(time)).single().map_or(at, |t| t.with_timezone(&Utc))
    };
    let opens = at_hour(today, OPENS_HOUR);
    let closes = at_hour(today, CLOSES_HOUR);
    let open = at >= opens && at < closes;
    let opens_at = if open {
        at
    } else if at < opens {
        opens
    } else {
        today.succ_opt().map_or(at, |tomorrow| at_hour(tomorrow, OPENS_HOUR))
    };
    let open_for = if open { closes - at } else { Duration::zero() };
    WindowVerdict { open, local, rule, opens_at, open_for }
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
        assert_eq!(window_at(utc("2026-12-31T15:00:00Z")).opens_at, utc("2027-01-01T04:00:00Z"));
    }

    /// Section T: the clocks moved at 18:00 UTC on 29 February 2024.
    #[test]
    fn the_offset_changes_at_the_dated_instant() {
        assert_eq!(window_at(utc("2024-02-29T17:59:59Z")).local_text(), "2024-02-29T23:59:59+06:00");
        assert_eq!(window_at(utc("2024-02-29T18:00:00Z")).local_text(), "2024-02-29T23:00:00+05:00");
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
            prop_assert!(window_at(verdict.opens_at).open);
            if !verdict.open {
                prop_assert!(!window_at(verdict.opens_at - Duration::seconds(1)).open);
            }
        }
    }
}
