//! Delivery reports: one final result a message, whatever is repeated, foreign or early (R85, R89).

use domain::campaign::DeliveryResult::{Delivered, Expired, Undelivered};
use domain::message::MessageState;
use pollster::FutureExt as _;
use sendbox_store::cell::{DeliveryReport, HandOver, ReportsTaken};

use crate::support::{Bench, MINUTE, OPERATOR, all, number};

/// The cell has no such message that waits for a report: another may have it.
fn ignored(message: &str) -> ReportsTaken {
    ReportsTaken { ignored: 1, not_here: vec![message.to_owned()], ..ReportsTaken::default() }
}

/// R89: a report on what was never sent proves nothing.
#[test]
fn a_report_on_an_unknown_message_is_ignored() {
    let bench = Bench::new();
    let message = "msg_ffffffffffffffffffffffffffffffff";
    assert_eq!(bench.report(message, Delivered), ignored(message));
}

/// R89: an operator speaks for its own messages only.
#[test]
fn a_report_by_another_operator_is_ignored() {
    let (bench, campaign) = Bench::with_queue(1);
    let message = bench.hand_over(&campaign, 1).remove(0).message;
    let report = DeliveryReport { message: message.clone(), result: Delivered, call: None, at: bench.now() };
    let taken = bench.cell().take_reports("another", &[report], bench.now()).block_on();
    assert_eq!(taken, Ok(ignored(&message)));
    assert_eq!(bench.fate(&number(0)).0, MessageState::HandedOver);
}

#[test]
fn a_report_on_a_message_that_is_still_queued_is_ignored() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now() + MINUTE)));
    assert_eq!(bench.report(&messages[0].message, Delivered), ignored(&messages[0].message));
}

/// R89: the first final word stays.
#[test]
fn neither_a_repeated_nor_a_contradicting_report_changes_the_result() {
    let (bench, campaign) = Bench::with_queue(1);
    let message = bench.hand_over(&campaign, 1).remove(0).message;
    assert_eq!(bench.report(&message, Undelivered).accepted, 1);
    for result in [Undelivered, Delivered, Expired] {
        assert_eq!(bench.report(&message, result), ignored(&message));
    }
    assert_eq!(bench.fate(&number(0)).0, MessageState::Undelivered);
}

/// R89: the same in one batch.
#[test]
fn of_two_reports_on_one_message_in_a_batch_the_first_counts() {
    let (bench, campaign) = Bench::with_queue(1);
    let message = bench.hand_over(&campaign, 1).remove(0).message;
    let reports = [Expired, Delivered].map(|result| DeliveryReport {
        call: None,
        message: message.clone(),
        result,
        at: bench.now(),
    });
    let taken = bench.cell().take_reports(OPERATOR, &reports, bench.now()).block_on().expect("taken");
    assert_eq!(taken, ReportsTaken { accepted: 1, ignored: 1, ..ReportsTaken::default() });
    assert_eq!(bench.fate(&number(0)).0, MessageState::Expired);
}

/// R85: a report may outrun the settlement of its own hand-over; it is asked for again, not lost.
#[test]
fn a_report_before_the_settlement_is_asked_for_again_and_then_taken() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    let early = bench.report(&messages[0].message, Delivered);
    assert_eq!(early, ReportsTaken { later: vec![messages[0].message.clone()], ..ReportsTaken::default() });
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Taken(None)));
    assert_eq!(bench.report(&messages[0].message, Delivered).accepted, 1);
}

/// R85: the same while nobody knows whether the operator took it.
#[test]
fn a_report_on_an_ambiguous_message_is_asked_for_again() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Unknown(bench.now())));
    assert_eq!(bench.report(&messages[0].message, Delivered).later, [messages[0].message.clone()]);
}

/// R89: a batch holds messages of many accounts; each result comes to its own.
#[test]
fn results_reach_their_messages_out_of_order_with_the_operators_time() {
    let (bench, campaign) = Bench::with_queue(3);
    let messages = bench.hand_over(&campaign, 3);
    let results = [Delivered, Undelivered, Expired];
    let reports: Vec<_> = messages
        .iter()
        .zip(results)
        .zip([1, 2, 3])
        .map(|((message, result), minutes)| DeliveryReport {
            call: None,
            message: message.message.clone(),
            result,
            at: bench.now() + minutes * MINUTE,
        })
        .rev()
        .collect();
    let taken = bench.cell().take_reports(OPERATOR, &reports, bench.now()).block_on().expect("taken");
    assert_eq!(taken.accepted, 3);
    let history = bench.tenant().history(None, 0, 10).block_on().expect("reads").items;
    for report in &reports {
        let item = history.iter().find(|item| item.message == report.message).expect("recorded");
        assert_eq!((item.state, item.result_at), (report.result.into(), Some(report.at)));
    }
}
