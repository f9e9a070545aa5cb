//! An operator's single reports: early, late, repeated, out of order, and about messages of which nobody
//! knew (R85, R87, R89).

use domain::campaign::DeliveryResult::{self, Delivered, Undelivered};
use domain::message::{MessageState, Reason};
use pollster::FutureExt;
use sendbox_store::cell::{HandOver, LeasedMessage, ReportedMessage, StatusReport, StatusTaken};

use crate::support::{Bench, MINUTE, OPERATOR, PRICE, calendars, number, numbers};

/// One message of one campaign, taken for sending.
fn one_leased() -> (Bench, String, String, LeasedMessage) {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay-1", PRICE).expect("credited");
    let campaign = bench.running_campaign();
    let (lease, mut messages) = bench.take(&campaign, 1);
    (bench, campaign, lease, messages.remove(0))
}

fn report(message: &LeasedMessage, result: Option<DeliveryResult>) -> StatusReport {
    let about = ReportedMessage::Id(message.message.clone());
    StatusReport { about, result, call: None, reference: Some("theirs".to_owned()), at: None }
}

fn take(bench: &Bench, operator: &str, report: &StatusReport) -> StatusTaken {
    bench.cell().take_status(&calendars(), operator, report, bench.now()).block_on().expect("answers")
}

fn take_waiting(bench: &Bench) -> i64 {
    let done = bench.cell().take_waiting_reports(&calendars(), 10, bench.now()).block_on();
    done.expect("answers").count
}

#[test]
fn a_report_before_the_settlement_is_kept_until_it() {
    let (bench, campaign, lease, message) = one_leased();
    assert_eq!(take(&bench, OPERATOR, &report(&message, Some(Delivered))), StatusTaken::Kept);
    assert_eq!(take_waiting(&bench), 0, "its hand-over is not settled");
    bench.settle(&campaign, &lease, vec![(message, HandOver::Taken(None))]);
    assert_eq!(take_waiting(&bench), 1);
    assert_eq!(bench.fate(&number(0)).0, MessageState::Delivered);
    assert_eq!(take_waiting(&bench), 0, "taken twice");
}

/// "The SMS centre has it" after "delivered" takes nothing back.
#[test]
fn a_lesser_word_that_comes_later_does_not_replace_the_last_word() {
    let (bench, campaign, lease, message) = one_leased();
    take(&bench, OPERATOR, &report(&message, Some(Delivered)));
    take(&bench, OPERATOR, &report(&message, None));
    take(&bench, OPERATOR, &report(&message, Some(Undelivered)));
    bench.settle(&campaign, &lease, vec![(message, HandOver::Taken(None))]);
    take_waiting(&bench);
    assert_eq!(bench.fate(&number(0)).0, MessageState::Delivered);
}

/// R48: what an operator speaks of it has: it is charged, once.
#[test]
fn a_report_on_an_unknown_message_settles_and_charges_it() {
    let (bench, campaign, lease, message) = one_leased();
    let asked_from = bench.now() + MINUTE;
    bench.settle(&campaign, &lease, vec![(message.clone(), HandOver::Unknown(asked_from))]);
    assert_eq!(take(&bench, OPERATOR, &report(&message, None)), StatusTaken::Taken);
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
    assert_eq!(bench.balance(), (0, 0));
    assert_eq!(take(&bench, OPERATOR, &report(&message, Some(Undelivered))), StatusTaken::Taken);
    assert_eq!(take(&bench, OPERATOR, &report(&message, Some(Delivered))), StatusTaken::Ignored);
    assert_eq!(bench.fate(&number(0)).0, MessageState::Undelivered);
    assert_eq!(bench.balance(), (0, 0));
}

#[test]
fn a_report_that_was_kept_settles_a_message_whose_answer_was_lost() {
    let (bench, campaign, lease, message) = one_leased();
    take(&bench, OPERATOR, &report(&message, None));
    bench.settle(&campaign, &lease, vec![(message, HandOver::Unknown(bench.now()))]);
    assert_eq!(take_waiting(&bench), 1);
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
    assert_eq!(bench.balance(), (0, 0));
}

/// R87: an operator that says it did not take a message, and then speaks of it, has it: a second one must
/// not go out.
#[test]
fn a_message_reported_while_it_is_queued_again_is_not_sent_again() {
    let (bench, campaign, lease, message) = one_leased();
    bench.settle(&campaign, &lease, vec![(message.clone(), HandOver::Later(bench.now()))]);
    assert_eq!(take(&bench, OPERATOR, &report(&message, Some(Delivered))), StatusTaken::Taken);
    let fate = bench.fate(&number(0));
    assert_eq!(fate, (MessageState::Blocked, Some(Reason::ReportedWhileQueued)));
    assert_eq!(bench.balance(), (PRICE, 0));
}

#[test]
fn another_operators_word_on_a_message_is_ignored() {
    let (bench, campaign, lease, message) = one_leased();
    assert_eq!(take(&bench, "kannel", &report(&message, Some(Undelivered))), StatusTaken::NotHere);
    bench.settle(&campaign, &lease, vec![(message.clone(), HandOver::Taken(None))]);
    assert_eq!(take(&bench, "kannel", &report(&message, Some(Undelivered))), StatusTaken::NotHere);
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
}

/// What one operator reported is not taken for another's, which has the message now.
#[test]
fn the_word_of_the_operator_that_has_the_message_replaces_the_others() {
    let (bench, campaign, lease, message) = one_leased();
    take(&bench, OPERATOR, &report(&message, None));
    bench.settle(&campaign, &lease, vec![(message, HandOver::Later(bench.now()))]);
    assert_eq!(take_waiting(&bench), 1, "it has it after all");
    assert_eq!(bench.fate(&number(0)).1, Some(Reason::ReportedWhileQueued));
}
