//! How an automatic call may ring: how long, how often, how far apart, and until when (R71, R78, R80).
//!
//! A short ring that nobody can answer provokes a call back, and that is forbidden (R78). So there is
//! no way to build a plan that rings and drops, nor one that rings a person all day.

use std::ops::RangeInclusive;

use crate::campaign::DeliveryResult;

/// How long one attempt rings, in seconds. Fifteen is four ordinary rings: time to find a phone and
/// answer it (R78). Thirty-five is the most that every voice operator takes.
pub const RING_SECONDS: RangeInclusive<u32> = 15..=35;

/// How often one person is rung for one message. Operators would take nine; three are a reminder,
/// more are harassment (R76).
pub const ATTEMPTS: RangeInclusive<u32> = 1..=3;

/// Between two attempts, in seconds. Operators would take ten; five minutes let a person end a call
/// or leave a meeting. An hour is the most that they take.
pub const RETRY_GAP_SECONDS: RangeInclusive<u32> = 300..=3_600;

/// Why a plan is refused. The texts are the stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the code that it prints")]
pub enum CallPlanError {
    #[error("ring_seconds_out_of_bounds")]
    Ring,
    #[error("attempts_out_of_bounds")]
    Attempts,
    #[error("retry_gap_seconds_out_of_bounds")]
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

    /// From the hand-over to the end of the last ring, in seconds.
    pub const fn rings_for_seconds(self) -> u32 {
        self.attempts * self.ring_seconds + (self.attempts - 1) * self.retry_gap_seconds
    }

    /// The plan with as many attempts as end while the window is open for so many seconds more; `None`
    /// if not one does. An operator that repeats attempts by itself knows nothing of our hours: what
    /// is handed over at 19:59 must not ring at 20:05 (R80, R81).
    pub fn within(self, open_seconds: u32) -> Option<Self> {
        (*ATTEMPTS.start()..=self.attempts)
            .rev()
            .map(|attempts| Self { attempts, ..self })
            .find(|plan| plan.rings_for_seconds() <= open_seconds)
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// R80, R81: the last ring ends before the window does.
    #[test]
    fn attempts_that_would_ring_after_hours_are_dropped() {
        let plan = CallPlan::new(3, 20, 600).expect("within bounds");
        assert_eq!(plan.rings_for_seconds(), 1_260);
        assert_eq!(plan.within(1_260), Some(plan));
        assert_eq!(plan.within(1_259).map(CallPlan::attempts), Some(2));
        assert_eq!(plan.within(639).map(CallPlan::attempts), Some(1));
        assert_eq!(plan.within(19), None);
    }

    #[test]
    fn a_call_that_only_a_machine_heard_is_not_delivered() {
        assert_eq!(CallResult::Machine.as_delivery(), DeliveryResult::Undelivered);
        assert_eq!(CallResult::Answered.as_delivery(), DeliveryResult::Delivered);
    }
}
