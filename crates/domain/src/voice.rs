//! How an automatic call may ring: how long, how often, how far apart, and until when (R71, R78, R80).
//!
//! A short ring that nobody can answer provokes a call back, and that is forbidden (R78). So there is
//! no way to build a plan that rings and drops, nor one that rings a person all day.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::campaign::DeliveryResult;
use crate::tariffs::{Price, Unit};

/// How long one attempt rings, in seconds. Fifteen is four ordinary rings: time to find a phone and
/// answer it (R78). Thirty-five is the most that every voice operator takes.
pub const RING_SECONDS: RangeInclusive<u32> = 15..=35;

/// How often one person is rung for one message. Operators would take nine; three are a reminder,
/// more are harassment (R76).
pub const ATTEMPTS: RangeInclusive<u32> = 1..=3;

/// For how long after its hand-over the result of a call is waited for, in milliseconds. Then its money is settled
/// without one, and no further attempt follows.
pub const RESULT_WAIT_MS: i64 = 24 * 60 * 60 * 1000;

/// Between two attempts, in seconds. Operators would take ten; five minutes let a person end a call
/// or leave a meeting. An hour is the most that they take.
pub const RETRY_GAP_SECONDS: RangeInclusive<u32> = 300..=3_600;

/// Why a plan is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum CallPlanError {
    Ring,
    Attempts,
    RetryGap,
}

/// How one call rings. It exists only within the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallPlan {
    attempts: u32,
    ring_seconds: u32,
    retry_gap_seconds: u32,
}

impl CallPlan {
    /// A plan within the bounds. The gap is judged even where one attempt makes it idle, so that a
    /// plan stays sound when somebody raises the attempts later.
    pub fn new(attempts: u32, ring_seconds: u32, retry_gap_seconds: u32) -> Result<Self, CallPlanError> {
        if !ATTEMPTS.contains(&attempts) {
            return Err(CallPlanError::Attempts);
        }
        if !RING_SECONDS.contains(&ring_seconds) {
            return Err(CallPlanError::Ring);
        }
        if !RETRY_GAP_SECONDS.contains(&retry_gap_seconds) {
            return Err(CallPlanError::RetryGap);
        }
        Ok(Self { attempts, ring_seconds, retry_gap_seconds })
    }

    /// How often it rings at most.
    pub const fn attempts(self) -> u32 {
        self.attempts
    }

    /// How long each attempt rings.
    pub const fn ring_seconds(self) -> u32 {
        self.ring_seconds
    }

    /// From the end of one attempt to the start of the next.
    pub const fn retry_gap_seconds(self) -> u32 {
        self.retry_gap_seconds
    }

    /// The plan of one attempt. Operators would repeat attempts by themselves, but they know nothing of our hours,
    /// of a number that was blacklisted meanwhile, or of a campaign that was stopped: so each attempt is handed
    /// over by itself, under all gates (R66, R80, R86).
    #[must_use]
    pub const fn once(self) -> Self {
        Self { attempts: 1, ..self }
    }

    /// Whether an attempt that begins now ends while the window is open for so many milliseconds more: what is
    /// handed over at 19:59:50 must not ring at 20:00 (R80, R81).
    pub const fn rings_within(self, open_ms: i64) -> bool {
        self.ring_seconds as i64 * 1_000 <= open_ms
    }
}

/// The most that calling one person can cost by these tariffs' prices for one call, so that no more is ever asked
/// for than was agreed to (R50). Every attempt that is priced as such is paid for; of calls by the minute only an
/// answered one is, and after that there is no other. `None` where it does not fit into an amount, or no tariff
/// is there.
pub fn most_for_one_person(attempts: u32, calls: impl Iterator<Item = (Unit, Price)>) -> Option<Price> {
    let dearer =
        |one: Option<Price>, other: Price| one.filter(|one| one.total >= other.total).or(Some(other));
    let (mut attempt, mut last) = (None, None);
    for (unit, price) in calls {
        if !unit.is_paid_if_answered() {
            attempt = dearer(attempt, price);
        }
        last = dearer(last, price);
    }
    let before = attempt.unwrap_or_default().checked_mul(attempts.saturating_sub(1))?;
    before.checked_add(last?)
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// A person took it, as far as the operator can tell.
    Answered,
    /// An answering machine or a fax took it.
    Machine,
    /// The line was busy, or the call was declined.
    Busy,
    /// It rang out.
    NoAnswer,
    /// It never rang.
    Failed,
}

impl CallResult {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Answered, Self::Machine, Self::Busy, Self::NoAnswer, Self::Failed];

    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Machine => "machine",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Failed => "failed",
        }
    }

    /// The result of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == text)
    }

    /// Whether another attempt may reach the person: whoever heard it, or cannot be reached at all, is left in
    /// peace (R76).
    pub const fn may_be_repeated(self) -> bool {
        matches!(self, Self::Busy | Self::NoAnswer)
    }

    /// Whether the line was open, so that the operator counts minutes.
    pub const fn was_connected(self) -> bool {
        matches!(self, Self::Answered | Self::Machine)
    }

    /// The result in the words of messages (R89): only a person's ear counts as delivered.
    pub const fn as_delivery(self) -> DeliveryResult {
        match self {
            Self::Answered => DeliveryResult::Delivered,
            Self::NoAnswer => DeliveryResult::Expired,
            Self::Machine | Self::Busy | Self::Failed => DeliveryResult::Undelivered,
        }
    }

    /// The result of a call of which an operator speaks in the words of messages.
    pub const fn from_delivery(result: DeliveryResult) -> Self {
        match result {
            DeliveryResult::Delivered => Self::Answered,
            DeliveryResult::Expired => Self::NoAnswer,
            DeliveryResult::Undelivered => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Tiyn;

    /// R78: a ring that is too short to be answered cannot be asked for.
    #[test]
    fn no_plan_rings_and_drops() {
        for ring_seconds in 0..15 {
            assert_eq!(CallPlan::new(1, ring_seconds, 300), Err(CallPlanError::Ring), "{ring_seconds}");
        }
        assert!(CallPlan::new(1, 15, 300).is_ok());
    }

    #[test]
    fn a_ring_that_no_operator_takes_is_refused() {
        assert_eq!(CallPlan::new(1, 36, 300), Err(CallPlanError::Ring));
    }

    /// R76: nobody is rung again and again.
    #[test]
    fn no_plan_rings_more_than_three_times_or_without_a_pause() {
        assert_eq!(CallPlan::new(4, 20, 300), Err(CallPlanError::Attempts));
        assert_eq!(CallPlan::new(0, 20, 300), Err(CallPlanError::Attempts));
        assert_eq!(CallPlan::new(2, 20, 299), Err(CallPlanError::RetryGap));
        assert_eq!(CallPlan::new(2, 20, 3_601), Err(CallPlanError::RetryGap));
    }

    /// R80, R81: the ring ends before the window does.
    #[test]
    fn an_attempt_that_would_ring_after_hours_does_not_begin() {
        let plan = CallPlan::new(3, 20, 600).expect("within bounds");
        assert!(plan.rings_within(20_000));
        assert!(!plan.rings_within(19_999));
        assert!(!plan.rings_within(0));
    }

    /// R76: who heard the message, or cannot be reached, is not rung again.
    #[test]
    fn only_who_was_busy_or_away_is_rung_again() {
        for result in CallResult::ALL {
            let again = matches!(result, CallResult::Busy | CallResult::NoAnswer);
            assert_eq!(result.may_be_repeated(), again, "{result:?}");
            assert_eq!(CallResult::parse(result.as_str()), Some(result));
        }
    }

    /// R66, R86: an operator that repeats a call by itself would pass every gate.
    #[test]
    fn an_operator_is_asked_for_one_attempt() {
        let plan = CallPlan::new(3, 20, 600).expect("within bounds");
        assert_eq!((plan.once().attempts(), plan.once().ring_seconds()), (1, 20));
    }

    fn price(total: i64) -> Price {
        Price { operator: Tiyn(total - 1), service: Tiyn(1), total: Tiyn(total) }
    }

    /// R50: attempts are paid for each; of calls by the minute only the answered one.
    #[test]
    fn the_most_that_one_person_costs_is_every_attempt_or_one_answered_call() {
        let most = |attempts, calls: &[(Unit, i64)]| {
            let calls = calls.iter().map(|(unit, total)| (*unit, price(*total)));
            most_for_one_person(attempts, calls).map(|price| price.total.0)
        };
        assert_eq!(most(3, &[]), None);
        assert_eq!(most(1, &[(Unit::Attempt, 10)]), Some(10));
        assert_eq!(most(3, &[(Unit::Attempt, 10), (Unit::Attempt, 7)]), Some(30));
        assert_eq!(most(3, &[(Unit::Minute, 40)]), Some(40));
        // Two attempts by the one operator, and then the other's call is answered.
        assert_eq!(most(3, &[(Unit::Minute, 40), (Unit::Attempt, 10)]), Some(60));
        assert_eq!(most(2, &[(Unit::Attempt, i64::MAX)]), None);
    }

    #[test]
    fn a_call_that_only_a_machine_heard_is_not_delivered() {
        assert_eq!(CallResult::Machine.as_delivery(), DeliveryResult::Undelivered);
        assert_eq!(CallResult::Answered.as_delivery(), DeliveryResult::Delivered);
    }
}
