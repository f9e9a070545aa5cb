//! The store's named transitions carry out the domain's table of a message's life: every test watches that they do
//! nothing else, and here each row of the table is taken once.

use std::collections::BTreeSet;

use domain::campaign::DeliveryResult::{self, Delivered, Expired, Undelivered};
use domain::message::{MessageState, Reason, STEPS, UnknownDecision};
use pollster::FutureExt as _;
use sendbox_store::cell::{HandOver, ReportedMessage, StatusReport, StatusTaken};
use sendbox_store::{Database, Engine};

use crate::support::{Bench, OPERATOR, PRICE, all, calendars, number, numbers, steps};

/// What an operator says of messages that nobody knew of, of a campaign that goes on or was cancelled.
fn say_of_lost(bench: &Bench, is_cancelled: bool, words: &[HandOver]) {
    let campaign = bench.running_campaign();
    let (lease, messages) = bench.take(&campaign, words.len());
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Unknown(bench.now())));
    if is_cancelled {
        bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    }
    bench.settle(&campaign, &lease, messages.into_iter().zip(words.iter().cloned()).collect());
}

/// The operator says these words of messages that are still under their lease.
fn say_of_leased(bench: &Bench, is_cancelled: bool, words: &[HandOver]) {
    let campaign = bench.running_campaign();
    let (lease, messages) = bench.take(&campaign, words.len());
    if is_cancelled {
        bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    }
    bench.settle(&campaign, &lease, messages.into_iter().zip(words.iter().cloned()).collect());
}

/// A message that its owner left alone, and its operator speaks of.
fn report_on_what_was_left(bench: &Bench) {
    let campaign = bench.running_campaign();
    let (lease, messages) = bench.take(&campaign, 1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Undecided));
    let decided = bench.tenant().decide_unknown(&bench.act(), &campaign, UnknownDecision::Leave).block_on();
    assert_eq!(decided, Ok(1));
    let about = ReportedMessage::Id(messages[0].message.clone());
    let report = StatusReport { about, result: Some(Delivered), call: None, reference: None, at: None };
    let taken = bench.cell().take_status(&calendars(), OPERATOR, &report, bench.now()).block_on();
    assert_eq!(taken, Ok(StatusTaken::Taken));
}

fn report_all(bench: &Bench, results: &[DeliveryResult]) {
    let campaign = bench.running_campaign();
    for (message, result) in bench.hand_over(&campaign, results.len()).iter().zip(results) {
        bench.report(&message.message, *result);
    }
}

#[test]
fn each_step_of_the_table_is_taken_by_a_transition() {
    let bench = Bench::new();
    if bench.db.engine() == Engine::Server {
        return;
    }
    bench.upload(&numbers(4));
    bench.top_up("pay_1", 100 * PRICE).expect("credited");
    let refused = HandOver::Refused(Reason::NumberInvalid);
    let later = HandOver::Later(bench.now());
    say_of_leased(&bench, false, &[HandOver::Taken(None), later.clone(), refused.clone()]);
    say_of_leased(&bench, true, std::slice::from_ref(&later));
    say_of_lost(&bench, false, &[HandOver::Taken(None), later.clone(), refused, HandOver::Undecided]);
    say_of_lost(&bench, true, &[later]);
    report_on_what_was_left(&bench);
    report_all(&bench, &[Delivered, Undelivered, Expired]);
    let campaign = bench.running_campaign();
    bench.blacklist(&number(0));
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    bench.running_campaign();
    let expected: BTreeSet<(Option<MessageState>, MessageState)> =
        STEPS.iter().map(|step| (step.from, step.to)).collect();
    assert_eq!(steps::taken(&bench.db), expected);
    bench.check_counts();
}

/// What would make the table a mere wish: a statement that goes past it is refused where it stands.
#[test]
fn a_change_that_is_no_step_is_noticed() {
    let (bench, _) = Bench::with_queue(1);
    if bench.db.engine() == Engine::Server {
        return;
    }
    bench.db_refuses("UPDATE message SET state = 'delivered'");
    bench.db_refuses("UPDATE message SET state = 'blocked', reason = 'account_closed'");
}
