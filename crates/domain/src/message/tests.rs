//! What the table of a message's life promises: walks through it, and what they never come to.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use MessageState::{Blocked, HandedOver, Leased, Queued, Unknown};

/// One of the steps that may follow on the last; `pick` says which of them.
fn next(last: Option<&Step>, pick: usize) -> Option<Step> {
    // Of what is blocked only that goes on of which nobody knew, and which its owner left alone.
    let was_unknown = last.is_some_and(|last| last.from == Some(Unknown));
    let follows = |step: &&Step| {
        step.from == last.map(|last| last.to) && (step.by != Transition::Reopen || was_unknown)
    };
    let steps: Vec<&Step> = STEPS.iter().filter(follows).collect();
    steps.get(pick.checked_rem(steps.len())?).map(|step| **step)
}

/// A walk from before the message until nothing follows, or the picks are used up.
fn walk(picks: &[usize]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for pick in picks {
        let Some(step) = next(steps.last(), *pick) else { break };
        steps.push(step);
    }
    steps
}

fn walks() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(0usize..100, 1..40).prop_map(|picks| walk(&picks))
}

proptest! {
    /// R85: late reports about what its owner left alone are the only way back.
    #[test]
    fn no_path_leads_out_of_a_final_state_but_a_late_report(walk in walks()) {
        for pair in walk.windows(2) {
            prop_assert!(!pair[0].to.is_final() || pair[1].by == Transition::Reopen, "{pair:?}");
        }
    }

    /// R87: what an operator has is never sent again.
    #[test]
    fn what_was_handed_over_never_returns_to_the_queue(walk in walks()) {
        let handed_over = walk.iter().skip_while(|step| step.to != HandedOver);
        for step in handed_over {
            prop_assert!(step.to.was_handed_over(), "{step:?} after a hand-over");
        }
    }

    /// R48: nothing is charged that was not taken under a lease, and so under every gate.
    #[test]
    fn nothing_is_handed_over_without_a_lease(walk in walks()) {
        if let Some(place) = walk.iter().position(|step| step.to == HandedOver) {
            prop_assert!(walk[..place].iter().any(|step| step.to == Leased));
        }
    }
}

#[test]
fn every_state_is_reached_and_every_other_than_a_final_one_goes_on() {
    let mut reached: BTreeSet<MessageState> = BTreeSet::new();
    for _ in STEPS {
        let of = |step: &&Step| step.from.is_none_or(|from| reached.contains(&from));
        let more: Vec<MessageState> = STEPS.iter().filter(of).map(|step| step.to).collect();
        reached.extend(more);
    }
    assert_eq!(reached, BTreeSet::from(MessageState::ALL));
    for state in MessageState::ALL.into_iter().filter(|state| !state.is_final()) {
        let may_end = STEPS.iter().any(|step| step.from == Some(state) && step.to != state);
        assert!(may_end, "{state:?} is a dead end, and not final");
    }
}

#[test]
fn each_step_stands_in_the_table_once() {
    assert_eq!(BTreeSet::from(STEPS).len(), STEPS.len());
}

/// R85: which of the blocked ones it is, is the statement's guard.
#[test]
fn a_late_report_reopens_into_what_is_not_known() {
    let out_of_blocked: Vec<Step> =
        STEPS.into_iter().filter(|step| step.from.is_some_and(MessageState::is_final)).collect();
    assert_eq!(out_of_blocked, [Step { from: Some(Blocked), by: Transition::Reopen, to: Unknown }]);
}

#[test]
fn what_has_no_row_in_the_table_may_not_follow() {
    assert!(may_follow(None, Queued));
    assert!(!may_follow(None, Leased));
    assert!(!may_follow(Some(Queued), HandedOver));
    assert!(!may_follow(Some(HandedOver), Unknown));
}

#[test]
fn each_name_is_read_back_as_what_wrote_it() {
    for state in MessageState::ALL {
        assert_eq!(MessageState::parse(state.as_str()), Some(state));
        assert_eq!(serde_json::to_value(state).expect("JSON"), state.as_str());
    }
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        assert_eq!(serde_json::to_value(reason).expect("JSON"), reason.as_str());
    }
}

#[test]
fn a_stored_reason_belongs_to_a_final_state() {
    for reason in Reason::ALL {
        assert!(reason.state().is_none_or(MessageState::is_final), "{reason}");
    }
}
