//! Hand-overs: settled once, by the holder of the lease, and recorded for good.

use domain::campaign::DeliveryResult;
use domain::message::{MessageState, Reason, UnknownDecision};
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{HandOver, LeaseOutcome, ReportedMessage, Settled, StatusReport, UnknownMessage};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, DAY, MINUTE, MORNING, OPERATOR, PRICE, all, calendars, number, terms};

const TAKEN: HandOver = HandOver::Taken(None);

/// R87: only the holder of the lease can say what became of it.
#[test]
fn a_settlement_under_a_foreign_lease_changes_nothing() {
    let (bench, campaign) = Bench::with_queue(2);
    let (_, messages) = bench.take(&campaign, 1);
    let (other, _) = bench.take(&campaign, 1);
    assert_eq!(bench.settle(&campaign, &other, all(&messages, &TAKEN)), Settled::default());
    assert_eq!(bench.balance(), (0, 2 * PRICE));
}

/// R48: a settlement that is repeated charges once.
#[test]
fn a_repeated_settlement_changes_nothing() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    assert_eq!(bench.settle(&campaign, &lease, all(&messages, &TAKEN)).handed_over, 1);
    for outcome in
        [TAKEN, HandOver::Refused(Reason::OperatorRefused), HandOver::Later(0), HandOver::Unknown(0)]
    {
        assert_eq!(bench.settle(&campaign, &lease, all(&messages, &outcome)), Settled::default());
    }
    assert_eq!(bench.balance(), (0, 0));
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
}

/// R48: nor is a message charged twice that stands twice in one settlement.
#[test]
fn a_message_that_a_settlement_names_twice_is_charged_once() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    let twice = [&messages[..1], &messages[..1]].concat();
    assert_eq!(bench.settle(&campaign, &lease, all(&twice, &TAKEN)).handed_over, 1);
    assert_eq!(bench.balance(), (0, PRICE), "the other message's money is still held");
}

/// R48: what was held is what is charged; a settlement at another price is not this lease's.
#[test]
fn a_settlement_at_another_price_than_was_held_changes_nothing() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    let settled = bench.settle_at_price(&campaign, &lease, Tiyn(1), all(&messages, &TAKEN));
    assert_eq!(settled, Settled::default());
    assert_eq!(bench.balance(), (0, 2 * PRICE));
}

/// R85: nobody knows whether it was sent, so it is never sent again on a guess.
#[test]
fn a_message_whose_lease_ran_out_waits_for_the_operators_word_and_is_not_taken_again() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.lose(&campaign, 1);
    bench.pass(MINUTE + 1);
    assert_eq!(bench.recover(), Settled { unknown: 1, ..Settled::default() });
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing);
    assert_eq!(bench.fate(&number(0)).0, MessageState::Unknown);
    assert_eq!(bench.balance(), (0, PRICE), "its price stays held");
}

#[test]
fn a_lease_that_has_not_run_out_is_left_to_its_holder() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.take(&campaign, 1);
    bench.pass(MINUTE);
    assert_eq!(bench.recover(), Settled::default());
}

/// R85: the holder who comes late still knows what happened; then it is settled, once.
#[test]
fn a_late_settlement_under_the_old_lease_counts_and_the_operators_word_after_it_does_not() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.lose(&campaign, 1);
    bench.pass(DAY);
    bench.recover();
    let due = bench.cell().unknown_due(10, bench.now()).block_on().expect("reads");
    assert_eq!(bench.settle(&campaign, &lease, all(&messages, &TAKEN)).handed_over, 1);
    let refused = vec![(due[0].message.clone(), HandOver::Refused(Reason::OperatorRefused))];
    assert_eq!(bench.settle(&campaign, &due[0].lease, refused), Settled::default());
    assert_eq!(bench.balance(), (0, 0));
}

/// R85: once the operator's word put it back and another tick took it, the old lease is void.
#[test]
fn a_late_settlement_does_not_touch_a_message_that_was_taken_anew() {
    let (bench, campaign) = Bench::with_queue(1);
    let (old, messages) = bench.take(&campaign, 1);
    bench.pass(DAY);
    bench.recover();
    bench.settle(&campaign, &old, all(&messages, &HandOver::Later(bench.now())));
    bench.take(&campaign, 1);
    assert_eq!(bench.settle(&campaign, &old, all(&messages, &TAKEN)), Settled::default());
    assert_eq!(bench.balance(), (0, PRICE));
}

/// R85: an ambiguous hand-over is asked about from its instant, with all that settling it needs.
#[test]
fn an_unknown_message_is_due_at_its_instant_with_its_lease_and_price() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    let ask_at = bench.now() + MINUTE;
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Unknown(ask_at)));
    assert!(bench.cell().unknown_due(10, ask_at - 1).block_on().expect("reads").is_empty());
    let due = bench.cell().unknown_due(10, ask_at).block_on().expect("reads");
    assert_eq!(due.len(), 1);
    assert_eq!((&due[0].lease, &due[0].terms), (&lease, &terms(&campaign)));
    let asked = bench.tenant().with_number(due[0].message.clone()).block_on().expect("reads");
    assert_eq!(asked, messages[0]);
}

/// The message of a lease of which nobody heard again.
fn lost() -> (Bench, String, UnknownMessage) {
    let (bench, campaign) = Bench::with_queue(1);
    bench.lose(&campaign, 1);
    bench.pass(MINUTE + 1);
    bench.recover();
    let unknown = bench.cell().unknown_due(10, bench.now()).block_on().expect("reads").remove(0);
    (bench, campaign, unknown)
}

/// R89, R90: an operator with a wrong clock does not move a hand-over to before it was asked for, or into
/// the future.
#[test]
fn the_instant_that_an_operator_names_lies_between_the_lease_and_now() {
    let (bench, _, unknown) = lost();
    let now = bench.now();
    for (said, taken) in [
        (MORNING - DAY, MORNING),
        (MORNING, MORNING),
        (MORNING + 5, MORNING + 5),
        (now, now),
        (now + DAY, now),
        (i64::MIN, MORNING),
        (i64::MAX, now),
    ] {
        assert_eq!(unknown.taken_at(said, now), taken, "{said}");
    }
}

/// A message of which the operator said nothing for three days of asking.
fn undecided() -> (Bench, String, UnknownMessage) {
    let (bench, campaign, unknown) = lost();
    let last = unknown.lease_until + 3 * DAY;
    bench.pass(last - bench.now());
    // The first time nobody knew was the end of the lease.
    for _ in 1..10 {
        let unknown = bench.cell().unknown_due(1, bench.now()).block_on().expect("reads").remove(0);
        let outcome = unknown.left_open(bench.now(), bench.now());
        assert_eq!(outcome, HandOver::Unknown(bench.now()), "days in which nobody asked are no silence");
        bench.settle(&campaign, &unknown.lease, vec![(unknown.message.clone(), outcome)]);
    }
    let unknown = bench.cell().unknown_due(1, bench.now()).block_on().expect("reads").remove(0);
    assert_eq!(unknown.left_open(last - 1, last), HandOver::Unknown(last));
    let outcome = unknown.left_open(bench.now(), bench.now());
    assert_eq!(outcome, HandOver::Undecided);
    bench.settle(&campaign, &unknown.lease, vec![(unknown.message.clone(), outcome)]);
    (bench, campaign, unknown)
}

fn decide(bench: &Bench, campaign: &str, decision: UnknownDecision) -> Result<i64, StoreError> {
    bench.tenant().decide_unknown(&bench.act(), campaign, decision).block_on()
}

/// R48, R85: after three days nobody asks any more, and nothing is closed in silence: the owner sees how many
/// and who, and the campaign is not kept open by them.
#[test]
fn a_message_whose_outcome_stays_unknown_for_72_hours_waits_for_its_owners_decision() {
    let (bench, campaign, _) = undecided();
    assert!(bench.cell().unknown_due(1, bench.now() + 30 * DAY).block_on().expect("reads").is_empty());
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    assert_eq!((report.undecided(), report.held), (1, Tiyn(PRICE)));
    let listed = bench
        .tenant()
        .history_in(Some(&campaign), Some(MessageState::Unknown), 0, 10)
        .block_on()
        .expect("reads");
    assert_eq!(listed.items[0].phone, Some(number(0)));
    assert_eq!(listed.items[0].reason, Some(Reason::Undecided));
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing);
    assert_eq!(bench.tenant().served(&campaign, bench.now()).block_on(), Ok(true));
}

/// R85, R87: "send again" is an act of its owner, in the log, and done once.
#[test]
fn an_owner_who_sends_again_pays_for_one_departure() {
    let (bench, campaign, _) = undecided();
    bench.tenant().served(&campaign, bench.now()).block_on().expect("completed");
    assert_eq!(decide(&bench, &campaign, UnknownDecision::SendAgain), Ok(1));
    assert_eq!(decide(&bench, &campaign, UnknownDecision::SendAgain), Ok(0), "once");
    assert_eq!(decide(&bench, &campaign, UnknownDecision::Leave), Ok(0), "nothing is left to decide");
    let events = bench.events("unknown_decided");
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["decision"], &events[0]["actor"]), (&"send_again".into(), &"ses_test".into()));
    assert_eq!(bench.balance(), (PRICE, 0));
    bench.hand_over(&campaign, 1);
    assert_eq!((bench.fate(&number(0)).0, bench.balance()), (MessageState::HandedOver, (0, 0)));
}

/// R87: a cancelled campaign is not sent from again; its messages can be left.
#[test]
fn of_a_cancelled_campaign_nothing_is_sent_again() {
    let (bench, campaign, _) = undecided();
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    let refused = decide(&bench, &campaign, UnknownDecision::SendAgain);
    assert_eq!(refused, Err(Refusal::CampaignStateConflict.into()));
    assert_eq!(bench.balance(), (0, PRICE), "nothing is half done");
    assert_eq!(decide(&bench, "cmp_none", UnknownDecision::Leave), Err(Refusal::NotFound.into()));
    assert_eq!(decide(&bench, &campaign, UnknownDecision::Leave), Ok(1));
    assert_eq!(bench.fate(&number(0)), (MessageState::Blocked, Some(Reason::OutcomeUnknown)));
    assert_eq!(bench.balance(), (PRICE, 0));
}

/// R85, R89: an operator's late report settles it all the same: at its price while it is held, for nothing once
/// the owner was promised the money back, and never by a second message.
#[test]
fn a_late_report_settles_what_was_undecided_or_decided() {
    for (decision, charged, state) in [
        (None, PRICE, MessageState::Delivered),
        (Some(UnknownDecision::Leave), 0, MessageState::Delivered),
        (Some(UnknownDecision::SendAgain), 0, MessageState::Blocked),
    ] {
        let (bench, campaign, unknown) = undecided();
        if let Some(decision) = decision {
            assert_eq!(decide(&bench, &campaign, decision), Ok(1));
        }
        let report = StatusReport {
            about: ReportedMessage::Id(unknown.message.message),
            result: Some(DeliveryResult::Delivered),
            call: None,
            reference: None,
            at: None,
        };
        for _ in 0..2 {
            let (cell, calendars) = (bench.cell(), calendars());
            let taken = cell.take_status(&calendars, OPERATOR, &report, bench.now());
            taken.block_on().expect("taken");
        }
        assert_eq!(bench.fate(&number(0)).0, state, "{decision:?}");
        assert_eq!(bench.balance(), (PRICE - charged, 0), "{decision:?}");
        assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing, "{decision:?}");
    }
}

/// R85, R87: a host dies, or its account breaks, between a late report and the settlement: what its owner left
/// alone is not asked about, not found and sent after all.
#[test]
fn what_was_left_is_never_sent_because_a_report_came_half_way() {
    let (bench, campaign, unknown) = undecided();
    assert_eq!(decide(&bench, &campaign, UnknownDecision::Leave), Ok(1));
    bench.sql("ALTER TABLE log RENAME TO log_gone");
    let about = ReportedMessage::Id(unknown.message.message);
    let report = StatusReport { about, result: None, call: None, reference: None, at: None };
    let (cell, calendars) = (bench.cell(), calendars());
    let taken = cell.take_status(&calendars, OPERATOR, &report, bench.now()).block_on();
    assert!(taken.is_ok(), "kept: {taken:?}");
    let due = cell.unknown_due(1, bench.now() + 30 * DAY).block_on().expect("reads");
    assert!(due.is_empty(), "its owner decided");
    bench.sql("ALTER TABLE log_gone RENAME TO log");
    let later = bench.now() + 30 * MINUTE;
    cell.take_waiting_reports(&calendars, 10, later).block_on().expect("taken");
    assert_eq!((bench.fate(&number(0)).0, bench.balance()), (MessageState::HandedOver, (PRICE, 0)));
}

/// R55: an account's end does not wait for a decision that nobody is left to make.
#[test]
fn with_the_accounts_end_what_is_undecided_is_left() {
    let (bench, _, _) = undecided();
    bench.tenant().request_deletion(&bench.act(), Tiyn(PRICE)).block_on().expect("asked");
    bench.pass(40 * DAY);
    bench.erase_due();
}

/// R85: what cannot be settled now does not stand before all others in the next tick.
#[test]
fn a_question_that_is_put_off_makes_room_for_others() {
    let (bench, _, unknown) = lost();
    let later = bench.now() + MINUTE;
    bench.cell().ask_later(&[unknown], later).block_on().expect("put off");
    assert!(bench.cell().unknown_due(10, later - 1).block_on().expect("reads").is_empty());
    assert_eq!(bench.cell().unknown_due(10, later).block_on().expect("reads").len(), 1);
}

/// R89, R92: what was handed over keeps its number when the contact is erased meanwhile.
#[test]
fn a_contact_erased_while_its_message_is_with_the_operator_stays_in_the_history() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    bench.settle(&campaign, &lease, all(&messages, &TAKEN));
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
}

/// R89, R92: also when the tick died, and only the operator's word settles it.
#[test]
fn a_contact_erased_while_its_message_is_unknown_stays_in_the_history() {
    for forever in [None, Some(())] {
        let (bench, campaign) = Bench::with_queue(1);
        bench.lose(&campaign, 1);
        let contact = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0).contact;
        let contact = forever.map_or(Some(contact.as_str()), |()| None);
        bench.tenant().delete_contacts(&bench.act(), contact).block_on().expect("deleted");
        bench.pass(DAY);
        bench.recover();
        let due = bench.cell().unknown_due(10, bench.now()).block_on().expect("reads").remove(0);
        let message = bench.tenant().with_number(due.message).block_on().expect("reads");
        assert_eq!(message.phone, Some(number(0)));
        bench.settle(&campaign, &due.lease, vec![(message, TAKEN)]);
        assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
    }
}

/// R92: what was never sent is no history: the number goes with the contact.
#[test]
fn a_contact_erased_while_leased_and_then_refused_leaves_no_number() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Refused(Reason::OperatorRefused)));
    assert_eq!(bench.count("SELECT count(*) FROM message WHERE account = ?1 AND number IS NOT NULL"), 0);
}

/// R89, R90: number, date, time, the rule that judged the hour, and the charge.
#[test]
fn a_hand_over_is_recorded_with_number_time_rule_and_charge() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.hand_over(&campaign, 1);
    let item = bench.tenant().history(Some(&campaign), 0, 10).block_on().expect("reads").items.remove(0);
    assert_eq!(item.phone, Some(number(0)));
    assert_eq!((item.handed_over_at, item.offset_minutes), (Some(MORNING), Some(300)));
    assert_eq!(item.window_rule.as_deref(), Some("hours kz-2024-03-01"));
    assert_eq!((item.operator.as_deref(), item.charged), (Some(OPERATOR), Some(Tiyn(PRICE))));
}

/// R48, R94: a report of a campaign says what was charged and what is only held.
#[test]
fn a_campaigns_report_tells_the_charged_from_the_held() {
    let (bench, campaign) = Bench::with_queue(4);
    bench.hand_over(&campaign, 2);
    bench.take(&campaign, 1);
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    assert_eq!((report.charged_operator, report.charged_service), (Tiyn(2300), Tiyn(700)));
    assert_eq!(report.held, Tiyn(PRICE));
    assert_eq!(
        (
            report.count(&[MessageState::HandedOver]),
            report.count(&[MessageState::Queued, MessageState::Leased])
        ),
        (2, 2)
    );
}
