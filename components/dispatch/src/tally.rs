//! How a wave's requests go, so that an operator that fails is not asked two thousand times.

use domain::routing::Failing;
use operators::{Hindrance, Verdict};

/// So many requests in a row without success, and the rest of the wave stays here.
const FAILURES_MAX: u32 = 8;

/// What came of the requests of one wave so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    succeeded: bool,
    failed: u32,
    failed_in_a_row: u32,
    wrong_set_up: bool,
}

impl Tally {
    /// Counts one request by what it meant for its messages.
    pub fn count(&mut self, verdicts: &[Verdict]) {
        self.wrong_set_up |= verdicts.contains(&Verdict::NotTaken(Hindrance::Account));
        // A refusal is an answer too: the operator works, only not for this message.
        if verdicts.iter().any(|verdict| matches!(verdict, Verdict::Taken(_) | Verdict::Refused(_))) {
            self.succeeded = true;
            self.failed_in_a_row = 0;
        } else {
            self.failed += 1;
            self.failed_in_a_row += 1;
        }
    }

    /// Whether the operator should be left alone at once.
    pub fn is_enough(&self) -> bool {
        self.wrong_set_up || self.failed_in_a_row >= FAILURES_MAX
    }

    /// How the operator fails, if it does.
    pub fn failing(&self) -> Option<Failing> {
        if self.wrong_set_up && !self.succeeded {
            Some(Failing::WrongSetUp)
        } else if self.failed_in_a_row >= FAILURES_MAX || (self.failed > 0 && !self.succeeded) {
            Some(Failing::Unwell)
        } else {
            None
        }
    }

    /// Whether it answered as it should.
    pub fn works(&self) -> bool {
        self.succeeded && self.failing().is_none()
    }
}

#[cfg(test)]
mod tests {
    use domain::message::Reason;

    use super::*;

    fn tally(verdicts: &[Verdict]) -> Tally {
        let mut tally = Tally::default();
        for verdict in verdicts {
            tally.count(std::slice::from_ref(verdict));
        }
        tally
    }

    #[test]
    fn after_eight_failures_in_a_row_an_operator_is_left_alone() {
        let mut verdicts = vec![Verdict::Taken(None)];
        verdicts.extend(vec![Verdict::Unknown; 7]);
        assert!(!tally(&verdicts).is_enough());
        verdicts.push(Verdict::NotTaken(Hindrance::Unreached));
        assert!(tally(&verdicts).is_enough());
        assert_eq!(tally(&verdicts).failing(), Some(Failing::Unwell));
    }

    #[test]
    fn a_few_failures_among_successes_are_no_illness() {
        let verdicts = [Verdict::Taken(None), Verdict::Unknown, Verdict::Taken(None)];
        assert!(tally(&verdicts).works());
    }

    #[test]
    fn a_refused_number_is_no_failure_of_the_operator() {
        assert!(tally(&[Verdict::Refused(Reason::NumberInvalid)]).works());
    }

    #[test]
    fn wrong_credentials_are_enough_at_once() {
        let verdicts = [Verdict::NotTaken(Hindrance::Account)];
        assert!(tally(&verdicts).is_enough());
        assert_eq!(tally(&verdicts).failing(), Some(Failing::WrongSetUp));
    }

    /// One text that an operator's gate does not let in must not stop everybody's.
    #[test]
    fn an_operator_that_took_others_is_not_rested_for_one_refusal() {
        let verdicts = [Verdict::Taken(None), Verdict::NotTaken(Hindrance::Account)];
        assert!(tally(&verdicts).is_enough());
        assert_eq!(tally(&verdicts).failing(), None);
    }

    #[test]
    fn where_nothing_was_asked_nothing_is_said() {
        assert_eq!(Tally::default().failing(), None);
        assert!(!Tally::default().works());
    }
}
