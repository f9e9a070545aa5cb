//! One broken account: a bit of its key is flipped. Everybody else's reports, refusals, money and deletions go
//! on, and its own are kept until it is mended.

use domain::account::AccountKind;
use domain::campaign::DeliveryResult::{self, Delivered};
use domain::hexadecimal::hex;
use domain::money::Tiyn;
use domain::voice::CallResult;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    DeliveryReport, HandOver, Job, LeasedMessage, Next, PUT_OFF_MS, ReportedMessage, StatusReport,
    StatusTaken,
};

use sendbox_store::DatabaseClock;

use crate::support::{Bench, ByWhat, DAY, MINUTE, OPERATOR, PRICE, all, calendars, number, numbers};

/// Flips a bit of the account's key; the same again mends it.
fn flip_a_bit(bench: &Bench, account: &str) {
    let read = format!("SELECT evidence_key FROM account WHERE account = '{account}'");
    let mut key = bench.sql(&read)[0].blob("evidence_key").expect("a key");
    key[40] ^= 1;
    let key = hex(&key);
    bench.sql(&format!("UPDATE account SET evidence_key = x'{key}' WHERE account = '{account}'"));
}

/// Two accounts that wrote to the same person: the bench's own, and a second one, which is broken. With the
/// message of each.
fn one_of_two_broken() -> (Bench, [LeasedMessage; 2], String) {
    let mut bench = Bench::new();
    let sound = bench.account.clone();
    let campaign = bench.queue(1);
    let first = bench.hand_over(&campaign, 1).remove(0);
    let broken = bench.open_account(AccountKind::LegalEntity);
    bench.account = broken.clone();
    bench.upload(&numbers(1));
    bench.top_up("pay_second", PRICE).expect("credited");
    let campaign = bench.running_campaign();
    let second = bench.hand_over(&campaign, 1).remove(0);
    bench.account = sound;
    flip_a_bit(&bench, &broken);
    (bench, [first, second], broken)
}

fn state_of(bench: &Bench, message: &LeasedMessage) -> String {
    let rows = bench.sql(&format!("SELECT state FROM message WHERE message = '{}'", message.message));
    rows[0].text("state").expect("a state")
}

fn report_on(bench: &Bench, message: &LeasedMessage) -> DeliveryReport {
    DeliveryReport { message: message.message.clone(), result: Delivered, call: None, at: bench.now() }
}

fn word_on(message: &LeasedMessage, result: Option<DeliveryResult>) -> StatusReport {
    let about = ReportedMessage::Id(message.message.clone());
    StatusReport { about, result, call: None, reference: None, at: None }
}

fn take_word(bench: &Bench, report: &StatusReport) -> StatusTaken {
    let (cell, calendars) = (bench.cell(), calendars());
    cell.take_status(&calendars, OPERATOR, report, bench.now()).block_on().expect("answers")
}

fn take_waiting(bench: &Bench) -> (i64, usize) {
    let done = bench.cell().take_waiting_reports(&calendars(), 10, bench.now()).block_on();
    let done = done.expect("taken");
    (done.count, done.put_off.len())
}

/// R85: one batch is about messages of both.
#[test]
fn the_reports_of_a_broken_account_are_kept_and_all_others_taken() {
    let (bench, messages, broken) = one_of_two_broken();
    let reports = messages.iter().map(|message| report_on(&bench, message)).collect::<Vec<_>>();
    let taken = bench.cell().take_reports(OPERATOR, &reports, bench.now()).block_on();
    assert_eq!(taken.expect("taken").accepted, 2);
    assert_eq!(messages.each_ref().map(|message| state_of(&bench, message)), ["delivered", "handed_over"]);
    bench.pass(PUT_OFF_MS);
    assert_eq!(take_waiting(&bench), (0, 1), "tried and put off");
    assert_eq!(take_waiting(&bench), (0, 0), "it does not fill the next step");
    flip_a_bit(&bench, &broken);
    bench.pass(PUT_OFF_MS);
    assert_eq!(take_waiting(&bench), (1, 0));
    assert_eq!(state_of(&bench, &messages[1]), "delivered");
}

/// R85: nor is a single one lost, of whatever message, that comes while the account is broken.
#[test]
fn a_single_report_about_a_broken_account_is_kept() {
    let (bench, messages, broken) = one_of_two_broken();
    for state in ["handed_over", "unknown"] {
        bench.sql(&format!(
            "UPDATE message SET state = '{state}', lease = hold, lease_until = 1 WHERE message = '{}'",
            messages[1].message
        ));
        let report = word_on(&messages[1], Some(Delivered));
        assert_eq!(take_word(&bench, &report), StatusTaken::Kept, "{state}");
    }
    bench.sql("UPDATE message SET state = 'handed_over' WHERE state = 'unknown'");
    flip_a_bit(&bench, &broken);
    bench.pass(PUT_OFF_MS);
    assert_eq!(take_waiting(&bench), (1, 0));
    assert_eq!(state_of(&bench, &messages[1]), "delivered");
}

/// R85: reports that wait for their settlement, one of them of a broken account.
#[test]
fn a_waiting_report_of_a_broken_account_keeps_no_other_waiting() {
    let mut bench = Bench::new();
    let sound = bench.account.clone();
    let broken = bench.open_account(AccountKind::LegalEntity);
    let mut settlements = Vec::new();
    for account in [&broken, &sound] {
        bench.account.clone_from(account);
        bench.upload(&numbers(1));
        bench.top_up(&format!("pay {account}"), PRICE).expect("credited");
        let campaign = bench.running_campaign();
        let (lease, messages) = bench.take(&campaign, 1);
        let report = word_on(&messages[0], Some(Delivered));
        assert_eq!(take_word(&bench, &report), StatusTaken::Kept);
        bench.settle(&campaign, &lease, all(&messages, &HandOver::Taken(None)));
        settlements.push(messages[0].clone());
    }
    flip_a_bit(&bench, &broken);
    assert_eq!(take_waiting(&bench), (1, 1));
    assert_eq!(state_of(&bench, &settlements[1]), "delivered");
    assert_eq!(take_waiting(&bench), (0, 0), "put off");
}

fn listed(bench: &Bench, account: &str) -> i64 {
    let count = format!("SELECT count(*) FROM blacklist WHERE account = '{account}' AND source = 'opt_out'");
    bench.figure(&count)
}

/// R66: whoever refuses is listed by every account that can list, and by the broken one once it can.
#[test]
fn a_refusal_is_lost_neither_for_others_nor_for_the_broken_account() {
    let (bench, _, broken) = one_of_two_broken();
    for _ in 0..2 {
        let (cell, from) = (bench.cell(), number(0));
        let taken = cell.take_incoming(OPERATOR, &from, "STOP", bench.now()).block_on();
        assert!(taken.expect("the operator has its answer").opt_out);
    }
    assert_eq!((listed(&bench, &bench.account), listed(&bench, &broken)), (1, 0));
    assert_eq!(bench.figure("SELECT count(*) FROM waiting_refusal"), 1, "once");
    assert_eq!(bench.figure("SELECT sum(instr(sealed_from, '7701')) FROM waiting_refusal"), 0, "sealed");
    let (cell, clock) = (bench.cell(), DatabaseClock::default());
    let list = |job: &Job| cell.list_waiting_refusal(&cell, job, clock, bench.now()).block_on();
    assert_eq!(bench.take_other_job(), None, "put off");
    bench.pass(PUT_OFF_MS);
    let job = bench.take_other_job().expect("due");
    list(&job).expect_err("broken");
    cell.put_job_off(&job, "broken", clock).block_on().expect("put off");
    flip_a_bit(&bench, &broken);
    bench.pass(PUT_OFF_MS);
    let job = bench.take_other_job().expect("due again");
    assert_eq!(list(&job), Ok(Some(Next::Done)));
    assert_eq!(listed(&bench, &broken), 1);
    assert_eq!(bench.take_other_job(), None);
}

/// R66: a refusal that nobody can read any more keeps no other of the account from being listed, and each is tried
/// every ten minutes, however long the account was broken: it may send again at any time.
#[test]
fn refusals_that_wait_are_tried_apart_and_often() {
    let (bench, _, broken) = one_of_two_broken();
    for from in [number(1), number(0)] {
        bench.cell().take_incoming(OPERATOR, &from, "STOP", bench.now()).block_on().expect("answered");
        bench.pass(1);
    }
    let waiting = bench.figure("SELECT count(*) FROM waiting_refusal");
    assert_eq!(waiting, 2);
    let clock = DatabaseClock::default();
    for _ in 0..12 {
        bench.pass(PUT_OFF_MS);
        while let Some(job) = bench.take_other_job() {
            bench
                .cell()
                .list_waiting_refusal(&bench.cell(), &job, clock, bench.now())
                .block_on()
                .expect_err("broken");
            bench.cell().put_job_off(&job, "broken", clock).block_on().expect("put off");
        }
    }
    flip_a_bit(&bench, &broken);
    bench.sql(
        "UPDATE waiting_refusal SET sealed_from = x'00' WHERE at = (SELECT min(at) FROM waiting_refusal)",
    );
    bench.pass(PUT_OFF_MS);
    let jobs: Vec<Job> = std::iter::from_fn(|| bench.take_other_job()).collect();
    let listed_by = |job: &Job| {
        bench.cell().list_waiting_refusal(&bench.cell(), job, clock, bench.now()).block_on().is_ok()
    };
    let done = jobs.iter().filter(|job| listed_by(job)).count();
    assert_eq!((jobs.len(), done, listed(&bench, &broken)), (2, 1, 1));
}

/// R48: what is held for calls of which nobody speaks is given back to everybody else.
#[test]
fn unreported_calls_of_a_broken_account_keep_nobody_elses_money() {
    let mut bench = Bench::new();
    let sound = bench.account.clone();
    let broken = bench.open_account(AccountKind::LegalEntity);
    for account in [&broken, &sound] {
        bench.account.clone_from(account);
        bench.upload(&[number(0)]);
        bench.top_up(&format!("pay {account}"), PRICE).expect("credited");
        let campaign = bench.call_campaign(1);
        bench.call(&campaign, ByWhat::Minute);
    }
    flip_a_bit(&bench, &broken);
    bench.pass(DAY);
    let close = || {
        let done = bench.cell().close_unreported_calls(1, bench.now()).block_on().expect("closed");
        (done.count, done.put_off.len())
    };
    assert_eq!(close(), (0, 1));
    assert_eq!(close(), (1, 0), "one a step, and the broken one does not come again");
    assert_eq!(bench.balance(), (PRICE, 0));
    flip_a_bit(&bench, &broken);
    bench.pass(PUT_OFF_MS);
    assert_eq!(close(), (1, 0));
}

/// R128: those whose day has come are not kept from their right by those whose turn has to wait.
#[test]
fn a_deletion_that_is_put_off_lets_the_next_one_come() {
    let mut bench = Bench::new();
    let other = bench.open_account(AccountKind::LegalEntity);
    for account in [bench.account.clone(), other] {
        bench.account = account;
        bench.tenant().request_deletion(&bench.act(), Tiyn::ZERO).block_on().expect("requested");
        bench.pass(1);
    }
    bench.pass(30 * DAY);
    let first = bench.take_other_job().expect("due");
    assert_ne!(first.account, bench.account, "the earlier one");
    bench.cell().put_job_off(&first, "broken", DatabaseClock::default()).block_on().expect("put off");
    assert_eq!(bench.take_other_job().expect("due").account, bench.account);
    bench.pass(MINUTE);
    assert_eq!(bench.take_other_job().expect("due again").account, first.account);
}

/// A call that ends while its account is broken is told once: by the operator's word, kept.
#[test]
fn the_end_of_a_call_of_a_broken_account_is_kept() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(1, 1);
    let call = bench.call(&campaign, ByWhat::Minute).remove(0);
    flip_a_bit(&bench, &bench.account);
    assert_eq!(bench.end_call(&call.message, CallResult::Answered).accepted, 1);
    flip_a_bit(&bench, &bench.account);
    bench.pass(PUT_OFF_MS);
    assert_eq!(take_waiting(&bench), (1, 0));
    assert_eq!(state_of(&bench, &call), "delivered");
}
