//! Money: credited once, held at the lease, captured at hand-over, never below zero.

use domain::cell_name::CellName;
use std::thread;

use domain::account::AccountKind;
use domain::message::Reason;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{Cell, HandOver, LeaseOutcome, PaymentReceived};
use sendbox_store::{Act, Database, DbError, NativeDatabase, Refusal, StoreError};

use crate::support::{Bench, MORNING, PRICE, all, master};
use crate::unapplied::waiting;

fn entries(bench: &Bench) -> i64 {
    bench.count("SELECT count(*) FROM entry WHERE account = ?1")
}

/// R43: the same payment cannot mean two amounts.
#[test]
fn a_repeated_payment_with_another_amount_is_refused_and_changes_nothing() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1000).expect("credited");
    assert_eq!(bench.top_up("pay_1", 1001), Err(Refusal::PaymentConflict.into()));
    assert_eq!(bench.balance(), (1000, 0));
}

/// R43: nor two owners.
#[test]
fn a_repeated_payment_for_another_account_is_refused() {
    let bench = Bench::new();
    let other = bench.open_account(AccountKind::NaturalPerson);
    bench.top_up("pay_1", 1000).expect("credited");
    assert_eq!(bench.top_up_of(&other, "pay_1", 1000), Err(Refusal::PaymentConflict.into()));
}

/// R45: a payment is above zero, by the database's own rule.
#[test]
fn a_payment_of_nothing_or_less_is_refused_and_leaves_nothing_behind() {
    let bench = Bench::new();
    for tiyn in [0, -1, i64::MIN + 1] {
        let refused = bench.top_up("pay_1", tiyn);
        assert!(matches!(refused, Err(StoreError::Db(DbError::Constraint(_)))), "{tiyn}: {refused:?}");
    }
    assert_eq!((bench.balance(), entries(&bench)), ((0, 0), 0));
}

/// R43: a sum that no integer holds is refused whole, as the sender's mistake; what is held counts too, since it
/// may come back.
#[test]
fn a_payment_that_overflows_the_balance_is_refused_and_leaves_nothing_behind() {
    let bench = Bench::new();
    let campaign = bench.queue(1);
    bench.take(&campaign, 1);
    bench.top_up("pay_1", i64::MAX - PRICE).expect("credited");
    assert_eq!(bench.top_up("pay_2", 1), Err(Refusal::AmountTooLarge.into()));
    assert_eq!((bench.balance(), entries(&bench)), ((i64::MAX - PRICE, PRICE), 6));
    let nobody = |payment: &str, tiyn: i64| bench.receive(None, "unknown", payment, tiyn);
    nobody("pay_3", i64::MAX).expect("kept");
    assert_eq!(nobody("pay_4", 1), Err(Refusal::AmountTooLarge.into()));
    assert_eq!(waiting(&bench).len(), 1);
}

/// R43: append-only is the database's rule, not only the code's.
#[test]
fn what_stands_in_the_ledger_can_be_neither_changed_nor_removed() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1000).expect("credited");
    for statement in [
        "UPDATE entry SET amount = amount * 2",
        "DELETE FROM entry",
        "UPDATE transfer SET kind = 'reversal'",
        "DELETE FROM transfer",
    ] {
        let refused = bench.db.query(statement, vec![]).block_on();
        assert!(matches!(refused, Err(DbError::Constraint(_))), "{statement}");
    }
}

/// R45: there is no credit, whatever the code above believes.
#[test]
fn an_entry_that_would_take_the_balance_below_zero_is_refused() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1000).expect("credited");
    bench.sql(
        "INSERT INTO transfer (account, transfer, kind, at) SELECT account, 'trn_1', 'hold', 0 FROM account",
    );
    for (book, amount) in [("available", -1001), ("held", -1)] {
        let sql = format!("INSERT INTO entry SELECT account, 'trn_1', '{book}', {amount} FROM account");
        let refused = bench.db.query(&sql, vec![]).block_on();
        assert!(
            matches!(&refused, Err(DbError::Constraint(text)) if text.contains(">= 0")),
            "{book}: {refused:?}"
        );
    }
}

/// R52: without money for one message nothing is sent.
#[test]
fn without_money_for_one_message_nothing_is_taken() {
    let bench = Bench::new();
    bench.upload(&crate::support::numbers(2));
    bench.top_up("pay_1", PRICE - 1).expect("credited");
    let campaign = bench.running_campaign();
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::NoMoney);
    assert_eq!(bench.balance(), (PRICE - 1, 0));
}

/// R45, R52: no more messages are taken than are paid for.
#[test]
fn as_many_messages_are_taken_as_the_balance_pays_for() {
    let bench = Bench::new();
    bench.upload(&crate::support::numbers(5));
    bench.top_up("pay_1", 2 * PRICE + 1).expect("credited");
    let campaign = bench.running_campaign();
    assert_eq!(bench.take(&campaign, 10).1.len(), 2);
    assert_eq!(bench.balance(), (1, 2 * PRICE));
}

/// R52: sending goes on by itself once money arrives.
#[test]
fn a_top_up_lets_sending_go_on() {
    let bench = Bench::new();
    bench.upload(&crate::support::numbers(1));
    let campaign = bench.running_campaign();
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::NoMoney);
    bench.top_up("pay_1", PRICE).expect("credited");
    assert_eq!(bench.take(&campaign, 10).1.len(), 1);
}

/// R51: a provider that repeats itself hears the same answer, and the money counts once.
#[test]
fn a_repeated_payment_gets_the_first_answer_and_is_credited_once() {
    let bench = Bench::new();
    let first = bench.top_up("pay_1", 1000).expect("credited");
    bench.pass(1);
    assert_eq!(bench.top_up("pay_1", 1000), Ok(first));
    assert_eq!(bench.balance(), (1000, 0));
}

/// R51: two deliveries of one webhook at the same moment are one payment.
#[test]
fn one_payment_reported_on_two_connections_at_once_is_credited_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = Bench::in_file(&path);
    let answers: Vec<_> = thread::scope(|scope| {
        let credits: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let db = NativeDatabase::open(&path).block_on().expect("opens");
                    let act = Act { now: MORNING, actor: "bank".to_owned(), through: "webhook" };
                    let payment = PaymentReceived {
                        provider: "standard".to_owned(),
                        payment: "pay_1".to_owned(),
                        account_number: "100000009".to_owned(),
                        account: Some(bench_account(&db)),
                        amount: Tiyn(1000),
                        received_at: act.now,
                    };
                    Cell::new(&db, master(), CellName::FIRST)
                        .credit(&act, &payment, |transfer, _| transfer.to_owned())
                        .block_on()
                        .expect("credited")
                })
            })
            .collect();
        credits.into_iter().map(|credit| credit.join().expect("ends")).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(bench.balance(), (1000, 0));
}

fn bench_account(db: &NativeDatabase) -> String {
    let rows = db.query("SELECT account FROM account", vec![]).block_on().expect("reads");
    rows[0].text("account").expect("an account")
}

/// R46, R48: the charge falls at hand-over, in two parts, and not before.
#[test]
fn the_price_is_held_at_the_lease_and_captured_in_two_parts_at_hand_over() {
    let (bench, campaign) = Bench::with_queue(3);
    assert_eq!(bench.balance(), (3 * PRICE, 0), "a queued message costs nothing");
    let (lease, messages) = bench.take(&campaign, 2);
    assert_eq!(bench.balance(), (PRICE, 2 * PRICE), "a leased one is held for");
    bench.pass(1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Taken(None)));
    assert_eq!(bench.balance(), (PRICE, 0));
    let ledger = bench.tenant().ledger(None, 10).block_on().expect("reads").items;
    let capture = ledger.iter().find(|transfer| transfer.kind == "capture").expect("a capture");
    let mut entries = capture.entries.clone();
    entries.sort();
    let expected = [("held", -3000), ("operator", 2300), ("service", 700)];
    assert_eq!(entries, expected.map(|(book, tiyn)| (book.to_owned(), Tiyn(tiyn))));
    assert_eq!((capture.campaign.as_deref(), capture.messages), (Some(campaign.as_str()), Some(2)));
}

/// R66, R86: what is not sent is not charged.
#[test]
fn a_message_that_the_operator_refuses_or_puts_off_is_paid_back() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 2);
    let [refused, later] = <[_; 2]>::try_from(messages).expect("two");
    let outcomes = vec![
        (refused, HandOver::Refused(Reason::OperatorRefused)),
        (later, HandOver::Later(bench.now() + 1)),
    ];
    bench.settle(&campaign, &lease, outcomes);
    assert_eq!(bench.balance(), (2 * PRICE, 0));
}

/// R48: delivery costs nothing further, and failure gives nothing back.
#[test]
fn a_delivery_result_moves_no_money() {
    let (bench, campaign) = Bench::with_queue(1);
    let [message] = <[_; 1]>::try_from(bench.hand_over(&campaign, 1)).expect("one");
    let before = entries(&bench);
    bench.report(&message.message, domain::campaign::DeliveryResult::Undelivered);
    assert_eq!((bench.balance(), entries(&bench)), ((0, 0), before));
}

/// R17: with a firm's first payment, and only then, the authority is confirmed; R209: and that the agreement
/// needed no prior approval.
#[test]
fn a_firms_first_payment_confirms_the_authority_once() {
    for (kind, confirmations) in
        [(AccountKind::LegalEntity, 1), (AccountKind::Entrepreneur, 1), (AccountKind::NaturalPerson, 0)]
    {
        let bench = Bench::new();
        let account = bench.open_account(kind);
        bench.top_up_of(&account, "pay_1", 1000).expect("credited");
        bench.top_up_of(&account, "pay_2", 1000).expect("credited");
        let tenant = bench.tenant_of(&account);
        let events = tenant.event_evidence("authority_confirmed", -1, 10).block_on().expect("reads").events;
        assert_eq!(events.len(), confirmations, "{kind:?}");
        for event in events.iter().map(|event| &event.event) {
            assert_eq!((&event["payment"], &event["offer_version"]), (&"pay_1".into(), &"1".into()));
            assert_eq!(event["accepted_by_authorised_person"], true);
            assert_eq!(event["no_prior_approval_needed"], true);
        }
    }
}

/// R43: pages of the ledger hold every transfer once, the newest first.
#[test]
fn the_ledger_pages_through_every_transfer_once() {
    let bench = Bench::new();
    for payment in 1..=5 {
        bench.pass(1);
        bench.top_up(&format!("pay_{payment}"), 100).expect("credited");
    }
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = bench.tenant().ledger(cursor.as_deref(), 2).block_on().expect("reads");
        seen.extend(page.items.into_iter().filter_map(|transfer| transfer.payment));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["pay_5", "pay_4", "pay_3", "pay_2", "pay_1"]);
}
