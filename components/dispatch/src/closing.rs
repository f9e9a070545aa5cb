//! Deadlines of a hand-over: no request leaves that could arrive after the calling hours (R80, R81), or
//! be answered after its lease.

use std::time::{Duration, Instant};

use domain::hours::WindowVerdict;
use operators::{ANSWER_MAX, Expiry, Validity};

/// A request may be on its way for so long: what is left of the hours must be more.
const ON_THE_WAY: Duration = Duration::from_millis(300);

/// A request is with its operator by then, or given up: made, on its way, and waited for.
const ARRIVES_WITHIN: Duration = Duration::from_millis(20_300);

/// What a settlement may take.
const WRITING_DOWN: Duration = Duration::from_secs(10);

/// What a lease must last still when a request leaves under it.
pub const NEEDS_OF_LEASE: Duration = ANSWER_MAX.saturating_add(WRITING_DOWN);

/// When the calling hours end, by the clock that runs while a tick works, and until when requests of a
/// lease may leave.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    judged: Instant,
    /// When the hours were judged by the product's clock, Unix milliseconds.
    judged_at: i64,
    at: Instant,
    lease_ends: Option<Instant>,
    /// What must be left of the hours for a request to leave.
    margin: Duration,
}

impl Closing {
    /// From what the hours said of an instant, and the reading of the running clock just before it.
    pub fn of(verdict: &WindowVerdict, before: Instant) -> Self {
        // Shut hours are open for nothing; a negative time would be no time either.
        let at = before + verdict.open_for.to_std().unwrap_or_default();
        let judged_at = verdict.local.timestamp_millis();
        Self { judged: before, judged_at, at, lease_ends: None, margin: ON_THE_WAY }
    }

    /// The same for an operator that is told so until when it may pass on what it has. One that counts from when it
    /// has the request may get it as late as its answer is waited for, and must have a whole unit then. One that
    /// cannot be told gets nothing in the last minutes (R81).
    pub fn told(self, expiry: Expiry, last_minutes: Duration) -> Self {
        let margin = match expiry {
            Expiry::At => ON_THE_WAY,
            Expiry::After(unit) => ARRIVES_WITHIN + unit,
            Expiry::Never => last_minutes,
        };
        Self { margin: margin.max(ON_THE_WAY), ..self }
    }

    /// The same for requests that take effect for so long: what rings is over when the hours are.
    pub fn ringing_for(self, ring: Duration) -> Self {
        Self { at: self.at.checked_sub(ring).unwrap_or(self.judged).max(self.judged), ..self }
    }

    /// The same for what is worth sending for so long only.
    pub fn while_fresh(self, left: Duration) -> Self {
        Self { at: self.at.min(self.judged + left), ..self }
    }

    /// The same under a lease of which so much was left, by the database's clock, at a reading of the running
    /// one. The last request must be answered, or given up, and written down while the lease lasts. One that
    /// left later could be asked about, not be found, be sent again by another tick, and then arrive all the
    /// same (R87).
    pub fn under_lease(self, at: Instant, left: Duration) -> Self {
        Self { lease_ends: Some(at + left), ..self }
    }

    /// How long an operator's answer may be waited for by a request that leaves at `now`; `None` where it
    /// may not leave any more. A request that is given up at the end of the hours does not arrive after it.
    pub fn answer_time(self, now: Instant) -> Option<Duration> {
        if self.lease_ends.is_some_and(|end| now + NEEDS_OF_LEASE > end) {
            return None;
        }
        let left = self.at.saturating_duration_since(now);
        (left > self.margin).then(|| left.min(ANSWER_MAX))
    }

    /// Until when an operator may pass on what leaves at `now`.
    pub fn validity(self, now: Instant) -> Validity {
        let open_for = self.at.saturating_duration_since(self.judged);
        let left = self.at.saturating_duration_since(now);
        Validity {
            ends_at: self.judged_at + i64::try_from(open_for.as_millis()).unwrap_or_default(),
            left: left.saturating_sub(ARRIVES_WITHIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::hours::window_at;

    use super::*;

    /// The answer time of a request that leaves `passed` after the hours were judged at `at`.
    fn answer_time(at: &str, passed: Duration) -> Option<Duration> {
        let before = Instant::now();
        Closing::of(&window_at(at.parse().expect("a time")), before).answer_time(before + passed)
    }

    /// R80: a second before eight in the evening messages may still leave, and are given up at eight.
    #[test]
    fn a_second_before_closing_the_answer_is_waited_for_until_closing() {
        let second = Some(Duration::from_secs(1));
        assert_eq!(answer_time("2026-12-02T19:59:59+05:00", Duration::ZERO), second);
    }

    /// R81: what leaves in the last moment arrives after the hours.
    #[test]
    fn in_the_last_three_hundred_milliseconds_nothing_leaves() {
        for at in ["2026-12-02T19:59:59.700+05:00", "2026-12-02T19:59:59.995+05:00"] {
            assert_eq!(answer_time(at, Duration::ZERO), None, "{at}");
        }
        assert!(answer_time("2026-12-02T19:59:59.699+05:00", Duration::ZERO).is_some());
    }

    /// R81: a wave that began in time may have used the time up.
    #[test]
    fn a_request_that_was_prepared_for_too_long_does_not_leave() {
        assert_eq!(answer_time("2026-12-02T19:59:59+05:00", Duration::from_millis(700)), None);
        assert_eq!(answer_time("2026-12-02T19:59:59+05:00", Duration::from_secs(5)), None);
    }

    #[test]
    fn outside_the_hours_nothing_leaves() {
        for at in ["2026-12-02T20:00:00+05:00", "2026-12-02T08:59:59+05:00"] {
            assert_eq!(answer_time(at, Duration::ZERO), None, "{at}");
        }
    }

    /// R87: a tick that stood still comes back under a lease that is over, and sends nothing.
    #[test]
    fn under_a_lease_that_is_as_good_as_over_nothing_leaves() {
        let before = Instant::now();
        let noon = window_at("2026-12-02T12:00:00+05:00".parse().expect("a time"));
        for left in [0, 1, 29] {
            let closing = Closing::of(&noon, before).under_lease(before, Duration::from_secs(left));
            assert_eq!(closing.answer_time(before), None, "{left} s of the lease left");
        }
    }

    /// R87: a request that could outlive its lease does not leave.
    #[test]
    fn after_the_last_departure_of_a_lease_nothing_leaves() {
        let before = Instant::now();
        let noon = window_at("2026-12-02T12:00:00+05:00".parse().expect("a time"));
        let closing = Closing::of(&noon, before).under_lease(before, Duration::from_secs(120));
        assert!(closing.answer_time(before + Duration::from_secs(90)).is_some());
        assert_eq!(closing.answer_time(before + Duration::from_secs(91)), None);
    }

    /// R80, R81: a call that would still ring at eight in the evening is not handed over.
    #[test]
    fn a_call_leaves_only_while_it_can_ring_to_its_end() {
        let rings = |at: &str| {
            let before = Instant::now();
            let closing = Closing::of(&window_at(at.parse().expect("a time")), before);
            closing.ringing_for(Duration::from_secs(20)).answer_time(before)
        };
        assert_eq!(rings("2026-12-02T19:59:30+05:00"), Some(Duration::from_secs(10)));
        for at in ["2026-12-02T19:59:40+05:00", "2026-12-02T19:59:59+05:00", "2026-12-02T20:00:00+05:00"] {
            assert_eq!(rings(at), None, "{at}");
        }
    }

    /// A code that nobody waits for any more does not leave, however long the hours still are.
    #[test]
    fn what_is_not_fresh_any_more_does_not_leave() {
        let before = Instant::now();
        let noon = window_at("2026-12-02T12:00:00+05:00".parse().expect("a time"));
        let closing = |left: u64| Closing::of(&noon, before).while_fresh(Duration::from_secs(left));
        assert_eq!(closing(0).answer_time(before), None);
        assert_eq!(closing(5).answer_time(before), Some(Duration::from_secs(5)));
        assert_eq!(closing(600).answer_time(before), Some(ANSWER_MAX));
    }

    fn closing(at: &str, expiry: Expiry) -> (Closing, Instant) {
        let before = Instant::now();
        let closing = Closing::of(&window_at(at.parse().expect("a time")), before);
        (closing.told(expiry, Duration::from_secs(30 * 60)), before)
    }

    /// R81: an operator that counts in minutes has a whole one left, however late it gets the request.
    #[test]
    fn with_less_than_a_whole_unit_left_nothing_leaves() {
        let minutes = Expiry::After(Duration::from_secs(60));
        for (at, leaves) in [
            ("2026-12-02T19:58:39+05:00", true),
            ("2026-12-02T19:58:40+05:00", false),
            ("2026-12-02T19:59:30+05:00", false),
        ] {
            let (closing, now) = closing(at, minutes);
            assert_eq!(closing.answer_time(now).is_some(), leaves, "{at}");
            assert_eq!(closing.validity(now).whole_minutes() >= 1, leaves, "{at}");
        }
    }

    /// R81: an operator that cannot be told until when might keep it for half an hour.
    #[test]
    fn an_operator_that_cannot_be_told_gets_nothing_in_the_last_minutes() {
        for (at, leaves) in [
            ("2026-12-02T19:29:59+05:00", true),
            ("2026-12-02T19:30:00+05:00", false),
            ("2026-12-02T19:55:00+05:00", false),
        ] {
            let (closing, now) = closing(at, Expiry::Never);
            assert_eq!(closing.answer_time(now).is_some(), leaves, "{at}");
        }
    }

    /// R80, R81: what is told ends with the hours, or when a code is stale, and is never rounded up.
    #[test]
    fn a_validity_ends_with_the_hours_or_with_the_code() {
        let minutes = Expiry::After(Duration::from_secs(60));
        let (closing, before) = closing("2026-12-02T19:55:00+05:00", minutes);
        let ends =
            |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().expect("a time").timestamp_millis();
        let validity = closing.validity(before + Duration::from_millis(1));
        assert_eq!(validity.ends_at, ends("2026-12-02T20:00:00+05:00"));
        // Five minutes, less what it may be on its way, rounded down.
        assert_eq!(validity.whole_minutes(), 4);
        let code = closing.while_fresh(Duration::from_secs(150)).validity(before);
        assert_eq!((code.ends_at, code.whole_minutes()), (ends("2026-12-02T19:57:30+05:00"), 2));
        assert_eq!(code.left, Duration::from_millis(129_700));
    }

    /// By day a slow operator is waited for as long as ever.
    #[test]
    fn by_day_the_answer_is_waited_for_twenty_seconds() {
        assert_eq!(answer_time("2026-12-02T12:00:00+05:00", Duration::ZERO), Some(ANSWER_MAX));
    }
}
