//! Departures: what a host that dies leaves behind of a wave (R87, R88).

use domain::message::MessageState::{Blocked, HandedOver, Queued, Unknown};
use domain::message::Reason;
use pollster::FutureExt as _;
use sendbox_store::cell::{Answered, DEPARTURE_NOTE, HandOver, LeaseOutcome, Settled};
use sendbox_store::{Database as _, DatabaseClock, statement};

use crate::support::{Bench, MINUTE, PRICE, all, calendars, number};

const NOTED: &str = "SELECT count(*) FROM departure WHERE ?1 IS NOT NULL";

/// Whoever tries what a kill at this point leaves behind knows the statement by its beginning.
#[test]
fn the_fault_point_is_where_a_departure_is_noted() {
    let note = statement(include_str!("../src/cell/messages/departures.sql"), "note");
    assert!(note.starts_with(DEPARTURE_NOTE), "{note}");
}

/// R87: a lease that does not last for a request and its answer any more lets nothing leave.
#[test]
fn a_lease_that_is_as_good_as_over_notes_no_departure() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    bench.pass(MINUTE / 2);
    assert_eq!(bench.depart(&lease, &messages[..1], &[]), Some(MINUTE / 2));
    bench.pass(1);
    assert_eq!(bench.depart(&lease, &messages, &[]), None);
    assert_eq!(bench.count(NOTED), 1);
}

/// R87: nor does one that somebody else has looked after meanwhile, or that is another's.
#[test]
fn only_the_holder_of_a_lease_notes_departures() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 1);
    let (other, _) = bench.take(&campaign, 1);
    assert_eq!(bench.depart(&other, &messages, &[]), None, "another lease");
    bench.pass(MINUTE + 1);
    assert_eq!(bench.recover().requeued, 2);
    let (_, again) = bench.take(&campaign, 2);
    assert_eq!(again.len(), 2);
    assert_eq!(bench.depart(&lease, &messages, &[]), None, "taken anew under another lease");
    assert_eq!(bench.count(NOTED), 0);
}

/// R87, R88: after a kill only what may have left, and was not answered, waits for the operator's word.
#[test]
fn of_a_lease_that_ran_out_only_what_may_have_left_is_unknown() {
    let (bench, campaign) = Bench::with_queue(7);
    let (lease, messages) = bench.take(&campaign, 7);
    bench.depart(&lease, &messages[..3], &[]);
    let answered = [
        (messages[0].id, Answered::Taken(Some("op-1".to_owned()))),
        (messages[1].id, Answered::Refused(Reason::NumberInvalid)),
        (messages[2].id, Answered::NotSent),
    ];
    bench.depart(&lease, &messages[..5], &answered);
    bench.pass(MINUTE + 1);
    let settled = bench.recover();
    assert_eq!(settled, Settled { handed_over: 1, blocked: 1, unknown: 2, requeued: 3 });
    let fates: Vec<_> = (0..7).map(|n| bench.fate(&number(n)).0).collect();
    assert_eq!(fates, [HandedOver, Blocked, Queued, Unknown, Unknown, Queued, Queued]);
    assert_eq!(bench.balance(), (4 * PRICE, 2 * PRICE), "what was not sent is paid back");
    assert_eq!(bench.take(&campaign, 7).1.len(), 3);
    assert_eq!(bench.recover(), Settled::default(), "once");
}

/// R48, R89: what was answered before the kill is written down as it would have been: with the instant of
/// its hand-over and the operator's reference.
#[test]
fn what_was_answered_before_a_kill_is_recorded_at_its_own_instant() {
    let (bench, campaign) = Bench::with_queue(2);
    let at = bench.now();
    let (lease, messages) = bench.take(&campaign, 2);
    bench.depart(&lease, &messages[..1], &[]);
    bench.depart(&lease, &messages, &[(messages[0].id, Answered::Taken(Some("op-1".to_owned())))]);
    bench.pass(3 * MINUTE);
    bench.recover();
    let item = bench.tenant().history(Some(&campaign), 0, 1).block_on().expect("reads").items.remove(0);
    assert_eq!((item.phone, item.handed_over_at), (Some(number(0)), Some(at)));
    let evidence = bench.tenant().campaign_evidence(&campaign, 0, 10).block_on().expect("reads");
    let events = crate::support::verified(&bench.db, &evidence).expect("verifies").events;
    assert!(events.iter().any(|event| event.event["operator_reference"] == "op-1"), "{events:?}");
}

/// R66, R86: what never left meets every gate again.
#[test]
fn what_never_left_is_not_queued_against_a_gate() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.take(&campaign, 2);
    bench.blacklist(&number(0));
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    bench.pass(MINUTE + 1);
    assert_eq!(bench.recover(), Settled { blocked: 2, ..Settled::default() });
    assert_eq!(bench.balance(), (2 * PRICE, 0));
    assert_eq!(bench.lease(&campaign, 2), LeaseOutcome::Nothing);
}

/// R87: a host whose clock is ahead does not take another's lease for over.
#[test]
fn leases_count_by_the_databases_clock_and_not_by_a_hosts() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.lose(&campaign, 1);
    let (cell, calendars) = (bench.cell(), calendars());
    let ahead = bench.now() + 10 * MINUTE;
    let recovered = cell.recover_expired_leases(&calendars, DatabaseClock::default(), ahead);
    assert_eq!(recovered.block_on().expect("looks").settled, Settled::default());
    assert_eq!(bench.settle(&campaign, &lease, all(&messages, &HandOver::Taken(None))).handed_over, 1);
}

/// What is known of departures is of no use once the lease is settled.
#[test]
fn a_settled_lease_leaves_no_notes() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.lose(&campaign, 2);
    assert_eq!(bench.count(NOTED), 1);
    bench.settle_lease(&campaign, &lease, all(&messages, &HandOver::Taken(None)));
    assert_eq!(bench.count(NOTED), 0);
}

/// R87: "not found" may be said of a request that is still on its way: it counts the second time, apart.
#[test]
fn an_operators_not_found_counts_when_it_is_said_twice_apart() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.lose(&campaign, 1);
    bench.pass(MINUTE + 1);
    bench.recover();
    let due = || bench.cell().unknown_due(1, bench.now()).block_on().expect("reads");
    let first = due().remove(0);
    assert!(!first.was_not_found(bench.now(), MINUTE), "asked for the first time");
    // The tick asked many others before, so this answer came long after it began: what counts is the answer.
    bench.pass(10 * MINUTE);
    let clock = DatabaseClock::default();
    bench.cell().not_found(&[first.message.id], clock, MINUTE).block_on().expect("noted");
    assert!(due().is_empty(), "not asked again at once");
    bench.pass(MINUTE);
    bench.cell().not_found(&[], clock, MINUTE).block_on().expect("nothing to note");
    let second = due().remove(0);
    assert!(second.was_not_found(bench.now(), MINUTE));
    assert!(!second.was_not_found(bench.now() - 1, MINUTE), "not apart");
    let later = HandOver::Later(bench.now());
    bench.settle(&campaign, &second.lease, vec![(second.message, later)]);
    bench.lose(&campaign, 1);
    bench.pass(MINUTE + 1);
    bench.recover();
    assert_eq!(due().remove(0).not_found_at, None, "another departure, another question");
}

/// A broken account's lease keeps nobody else waiting.
#[test]
fn a_lease_of_a_broken_account_is_put_off_and_others_are_looked_after() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.lose(&campaign, 1);
    let stranger = bench.open_account(domain::account::AccountKind::NaturalPerson);
    bench
        .db
        .query("UPDATE message SET account = ?1, campaign = 'cmp_gone'", vec![stranger.as_str().into()])
        .block_on()
        .expect("broken");
    let other = bench.running_campaign();
    bench.top_up("pay_other", PRICE).expect("credited");
    bench.lose(&other, 1);
    bench.pass(MINUTE + 1);
    let (cell, calendars) = (bench.cell(), calendars());
    let recovered = cell.recover_expired_leases(&calendars, DatabaseClock::default(), bench.now());
    let recovered = recovered.block_on().expect("looks");
    assert_eq!((recovered.failed.len(), recovered.settled.unknown), (1, 1));
}
