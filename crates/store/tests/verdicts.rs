//! The verdict of a gate is kept with the message: when it was, by which rule, and why not (R86, R90).

use domain::campaign::MessageClass;
use domain::message::{MessageState, Reason};
use domain::tariffs::Channel;
use pollster::FutureExt as _;
use sendbox_store::cell::{HandOver, HistoryItem, Settlement};

use crate::support::{Bench, MINUTE, MORNING, all, calendars, number, numbers, terms, verified};

fn item(bench: &Bench, number: &str) -> HistoryItem {
    let history = bench.tenant().history(None, 0, 100).block_on().expect("reads");
    let item = history.items.into_iter().find(|item| item.phone.as_deref() == Some(number));
    item.expect("in the history")
}

/// The refusal of a message, and that nothing is kept of a hand-over.
#[track_caller]
fn refused(item: &HistoryItem, reason: Reason, at: i64) {
    assert_eq!((item.state, item.reason), (MessageState::Blocked, Some(reason)));
    assert_eq!((item.blocked_at, item.offset_minutes), (Some(at), Some(300)));
    assert_eq!(item.window_rule.as_deref(), Some("hours kz-2024-03-01"));
    assert_eq!((item.handed_over_at, item.charged), (None, None));
}

#[test]
fn a_number_listed_before_the_start_is_refused_when_the_campaign_is_prepared() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.blacklist(&number(0));
    bench.pass(MINUTE);
    bench.top_up("pay_1", 10_000).expect("credited");
    bench.running_campaign();
    refused(&item(&bench, &number(0)), Reason::Blacklisted, MORNING + MINUTE);
}

#[test]
fn a_number_listed_after_the_start_is_refused_at_that_moment() {
    let (bench, _) = Bench::with_queue(2);
    bench.pass(MINUTE);
    bench.blacklist(&number(1));
    refused(&item(&bench, &number(1)), Reason::Blacklisted, MORNING + MINUTE);
    let waiting = item(&bench, &number(0));
    assert_eq!((waiting.blocked_at, waiting.window_rule), (None, None), "nothing is said of the other");
}

#[test]
fn a_message_whose_contact_is_erased_keeps_when_it_was_refused() {
    let (bench, _) = Bench::with_queue(1);
    bench.pass(MINUTE);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    let item = bench.tenant().history(None, 0, 10).block_on().expect("reads").items.remove(0);
    refused(&item, Reason::ContactErased, MORNING + MINUTE);
}

#[test]
fn what_the_operator_refuses_keeps_the_hours_that_were_judged() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    bench.settle(&campaign, &lease, all(&messages[..1], &HandOver::Refused(Reason::OperatorRefused)));
    bench.settle(&campaign, &lease, all(&messages[1..], &HandOver::Later(bench.now())));
    let history = bench.tenant().history(None, 0, 10).block_on().expect("reads").items;
    refused(&history[0], Reason::OperatorRefused, MORNING);
    assert_eq!(history[0].window_hours.as_deref(), Some("09:00-20:00"));
    assert_eq!(
        (history[1].state, &history[1].window_rule, history[1].blocked_at),
        (MessageState::Queued, &None, None)
    );
}

/// R90, R91: what was in force is in the history and in the log, in the same words.
#[test]
fn a_hand_over_keeps_the_calendar_that_judged_it_and_proves_it() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    let at = chrono::DateTime::from_timestamp_millis(bench.now()).expect("an instant");
    let verdict = calendars().judge(at, "kannel", Channel::Text, MessageClass::Informational, &[]);
    let settlement = Settlement {
        lease: &lease,
        terms: &terms(&campaign),
        content: &bench.text_sent(&campaign),
        at: bench.now(),
        verdict: &verdict,
        outcomes: all(&messages, &HandOver::Taken(None)),
    };
    bench.tenant().settle(&settlement, bench.now()).block_on().expect("settled");
    let rule = "hours kz-2024-03-01; calendar 2026-11-20";
    let kept = item(&bench, &number(0));
    assert_eq!(kept.window_rule.as_deref(), Some(rule));
    assert_eq!(kept.window_hours.as_deref(), Some("09:00-20:00"));
    let page = bench.tenant().campaign_evidence(&campaign, 0, 10).block_on().expect("reads");
    let event = &verified(&bench.db, &page).expect("verifies").events[0].event;
    assert_eq!((&event["window_rule"], &event["window"]), (&rule.into(), &"09:00-20:00".into()));
    bench.sql("UPDATE message SET window_hours = '08:00-20:00'");
    let page = bench.tenant().campaign_evidence(&campaign, 0, 10).block_on().expect("reads");
    assert!(verified(&bench.db, &page).is_err(), "other hours prove nothing");
}
