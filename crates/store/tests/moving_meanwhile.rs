//! What comes for an account while it moves to another cell: nothing of it is lost, and nothing comes twice.

use domain::campaign::DeliveryResult;
use domain::message::MessageState;
use pollster::FutureExt as _;
use sendbox_store::cell::{PaymentDecision, ReportedMessage, StatusReport, StatusTaken};
use sendbox_store::{DbError, Refusal};

use crate::support::moving::{Moving, advertised_token, busy};
use crate::support::{Bench, OPERATOR, PRICE, calendars, master, number, numbers};

const REFUSED: &str = "SELECT count(*) FROM blacklist WHERE account = ?1 AND source = 'opt_out'";

fn report_on(message: &str, result: Option<DeliveryResult>) -> StatusReport {
    let about = ReportedMessage::Id(message.to_owned());
    StatusReport { about, result, call: None, reference: None, at: None }
}

fn take(bench: &Bench, report: &StatusReport) -> StatusTaken {
    bench.cell().take_status(&calendars(), OPERATOR, report, bench.now()).block_on().expect("taken")
}

/// R66, R85, R89: nobody sends them again.
#[test]
fn reports_and_refusals_that_come_during_a_move_follow_before_anything_is_sent() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    bench.top_up("pay", 6 * PRICE).expect("credited");
    let campaign = bench.running_campaign();
    let next = bench.running_campaign();
    let sent = bench.hand_over(&campaign, 2);
    let delivered = |n: usize| report_on(&sent[n].message, Some(DeliveryResult::Delivered));
    let moving = Moving::of(bench).begin();
    moving.freeze();
    assert_eq!(take(&moving.from, &delivered(0)), StatusTaken::Kept);
    assert_eq!(take(&moving.to, &delivered(0)), StatusTaken::NotHere);
    let from = sent[1].phone.clone().expect("a number");
    for bench in [&moving.from, &moving.to] {
        bench.cell().take_incoming(OPERATOR, &from, "STOP", bench.now()).block_on().expect("taken");
    }
    moving.arrive();
    assert_eq!(moving.to.count(REFUSED), 1, "he is written to no more");
    assert!(moving.to.hand_over(&next, 10).iter().all(|message| message.phone.as_ref() != Some(&from)));
    assert_eq!(take(&moving.from, &delivered(1)), StatusTaken::NotHere, "it is looked for in the next cell");
    assert_eq!(take(&moving.to, &delivered(1)), StatusTaken::Taken);
    let waiting = moving.to.cell().take_waiting_reports(&calendars(), 10, moving.to.now()).block_on();
    assert_eq!(waiting.expect("taken").count, 1);
    moving.forget();
}

/// R66: one that is taken back during the move is not listed after it.
#[test]
fn a_refusal_that_is_taken_back_during_a_move_is_not_listed_after_it() {
    let (bench, campaign) = Bench::with_queue(1);
    let from = bench.hand_over(&campaign, 1)[0].phone.clone().expect("a number");
    let moving = Moving::of(bench).begin();
    moving.freeze();
    let say =
        |bench: &Bench, word: &str| bench.cell().take_incoming(OPERATOR, &from, word, bench.now()).block_on();
    say(&moving.from, "STOP").expect("taken");
    say(&moving.from, "START").expect("taken back");
    moving.arrive();
    assert_eq!(moving.to.count(REFUSED), 0);
    say(&moving.to, "STOP").expect("listed");
    moving.forget();
    let moving = moving.back();
    moving.freeze();
    assert_eq!(say(&moving.from, "START"), Err(DbError::AccountMoving.into()), "it is asked for again");
}

/// R69: the person is told that it is done, and it is.
#[test]
fn an_opt_out_link_that_is_opened_during_a_move_is_kept() {
    let (bench, _) = busy();
    let token = advertised_token(&bench);
    let moving = Moving::of(bench).begin();
    moving.freeze();
    let opened = |bench: &Bench| bench.cell().take_opt_out_link(&token, bench.now()).block_on();
    assert_eq!((opened(&moving.to), opened(&moving.from)), (Ok(false), Ok(true)));
    moving.arrive();
    assert_eq!(moving.to.count(REFUSED), 1);
}

/// R87: it was believed not to be with its operator, and must not go out again.
#[test]
fn what_is_reported_on_during_a_move_while_it_is_queued_again_is_not_sent_again() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    let released = sendbox_store::cell::HandOver::Later(0);
    bench.settle(&campaign, &lease, vec![(messages[0].clone(), released)]);
    let moving = Moving::of(bench).begin();
    moving.freeze();
    assert_eq!(take(&moving.from, &report_on(&messages[0].message, None)), StatusTaken::Kept);
    moving.arrive();
    assert_eq!(moving.to.fate(&number(0)).0, MessageState::Blocked);
}

/// R10, R12: a sign-in or a report of a compromise happened in the directory, whatever the cell does.
#[test]
fn an_act_during_a_move_is_recorded_in_the_new_cell_with_its_time() {
    let bench = Bench::new();
    let moving = Moving::of(bench).begin();
    moving.freeze();
    let act = moving.from.act();
    let tenant = moving.from.tenant();
    tenant.record_act(master(), &act, "compromise_reported", serde_json::json!({})).block_on().expect("kept");
    moving.from.pass(500);
    moving.arrive();
    let event = moving.to.events("compromise_reported").remove(0);
    assert_eq!((&event["actor"], &event["at"]), (&act.actor.into(), &"2026-11-20T05:00:00.000Z".into()));
    let mut moving = moving;
    for moves in 1..=2 {
        moving.forget();
        assert_eq!(moving.to.events("compromise_reported").len(), 1);
        moving = moving.back();
        moving.freeze();
        let (tenant, act) = (moving.from.tenant(), moving.from.act());
        tenant.record_act(master(), &act, "signed_in", serde_json::json!({})).block_on().expect("kept");
        moving.arrive();
        assert_eq!(moving.to.events("signed_in").len(), moves, "none takes the place of one of another move");
    }
}

/// R45: the bank's repetition finds what it was told; what is new is credited where the account lives.
#[test]
fn payments_are_credited_once_though_the_account_moves() {
    let bench = Bench::new();
    let told = bench.top_up("pay_1", 500).expect("credited");
    let moving = Moving::of(bench).begin();
    moving.freeze();
    assert_eq!(moving.from.top_up("pay_2", 700), Err(DbError::AccountMoving.into()));
    assert_eq!(moving.from.top_up("pay_1", 500), Ok(told.clone()));
    moving.arrive();
    assert_eq!(
        moving.from.top_up("pay_2", 700),
        Err(DbError::AccountMoving.into()),
        "nobody's in the old cell"
    );
    assert_eq!(moving.from.top_up("pay_1", 500), Ok(told.clone()));
    moving.forget();
    assert_eq!(moving.from.top_up("pay_1", 500), Ok(told));
    moving.to.top_up("pay_2", 700).expect("credited");
    assert_eq!(moving.to.balance(), (1_200, 0));
    let top_ups = moving.to.tenant().ledger(None, 10).block_on().expect("reads").items;
    assert!(top_ups.iter().all(|top_up| top_up.received_at.is_some()), "R51: when it came is known still");
}

fn decision(bench: &Bench, payment: &str) -> PaymentDecision {
    PaymentDecision {
        provider: "standard".to_owned(),
        payment: payment.to_owned(),
        account: bench.account.clone(),
        by: "Accountant".to_owned(),
        basis: "a letter".to_owned(),
    }
}

/// R45, R51: the account moves to the cell in which its money waited, whole, half credited, or only claimed.
#[test]
fn a_payment_that_was_claimed_is_credited_once_though_the_account_moves_to_where_it_waits() {
    let moving = Moving::of(Bench::new());
    for payment in ["pay_settled", "pay_credited", "pay_claimed"] {
        moving.to.receive(None, "a stranger's", payment, 700).expect("kept");
        let decided = decision(&moving.from, payment);
        let claimed = moving.to.cell().claim_unapplied(&decided).block_on().expect("claimed");
        if payment != "pay_claimed" {
            let act = moving.from.staff_act();
            moving.from.cell().credit_claimed(&act, &decided, &claimed).block_on().expect("credited");
        }
        if payment == "pay_settled" {
            moving.to.cell().settle_claimed(&moving.to.staff_act(), &claimed).block_on().expect("settled");
        }
    }
    assert_eq!(moving.from.balance(), (1_400, 0));
    let moving = moving.begin();
    moving.arrive();
    let decide = |payment: &str| {
        let decided = decision(&moving.to, payment);
        moving.to.cell().credit_unapplied(&moving.to.staff_act(), &decided).block_on()
    };
    let again = Err(Refusal::PaymentAlreadyCredited.into());
    assert_eq!((decide("pay_settled"), decide("pay_settled")), (again.clone(), again.clone()));
    assert_eq!((decide("pay_credited"), decide("pay_credited")), (Ok(()), again.clone()));
    assert_eq!(moving.to.balance(), (1_400, 0), "it was credited before");
    assert_eq!((decide("pay_claimed"), decide("pay_claimed")), (Ok(()), again));
    assert_eq!(moving.to.balance(), (2_100, 0));
    let suspense = "SELECT coalesce(sum(amount), 0) FROM entry WHERE book = 'suspense'";
    assert_eq!(moving.to.figure(suspense), 0);
    let settled = moving.to.tenant().ledger(None, 10).block_on().expect("reads").items;
    let settled = settled.into_iter().find(|one| one.payment.as_deref() == Some("pay_settled"));
    assert!(settled.is_some_and(|settled| settled.received_at.is_some()), "R51: when it came is known still");
}
