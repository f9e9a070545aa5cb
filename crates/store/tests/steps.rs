//! Bulk work goes in steps, so that nobody waits for the end of a million rows, and what broke off
//! between two steps is finished or harmless (R67, R127, R128).

use std::cell::RefCell;

use domain::message::{MessageState, Reason};
use pollster::FutureExt as _;
use sendbox_store::cell::{LeaseOutcome, MessageCount};
use sendbox_store::{Database, DbError, Engine, NativeDatabase, Refusal, Row, Value};

use crate::support::{Bench, DAY, PRICE, Recorder, all_states, numbers, routes};

/// More than two steps.
const MANY: usize = 20_001;

/// A cell with more than two steps of messages queued.
fn crowded() -> (Bench<Recorder>, String) {
    let bench = Bench::on(Recorder::new());
    bench.top_up("pay_first", 1).expect("credited");
    bench.upload(&numbers(MANY));
    let campaign = bench.started_campaign();
    while !bench.tenant().prepare(&campaign, &routes(), MANY, bench.now()).block_on().expect("prepared").done
    {
    }
    bench.db.forget();
    (bench, campaign)
}

/// R67: everything goes, in three steps, under one receipt that counts it all. What is queued for the two full
/// ones is blocked in transactions of their own.
#[test]
fn all_contacts_are_deleted_in_steps_under_one_receipt() {
    let (bench, _) = crowded();
    let receipt = bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(receipt.deleted, MANY as i64);
    assert_eq!(bench.db.times("COMMIT"), 5);
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 0);
    assert_eq!(all_states(&bench), [("blocked".to_owned(), MANY as i64)]);
    let events = bench.events("contacts_deleted");
    assert_eq!((events.len(), &events[0]["count"], &events[0]["all"]), (1, &MANY.into(), &true.into()));
}

/// R67: many campaigns at once make a step no larger.
#[test]
fn a_step_does_not_grow_with_the_number_of_campaigns() {
    let bench = Bench::on(Recorder::new());
    bench.upload(&numbers(6_000));
    for _ in 0..4 {
        let campaign = bench.started_campaign();
        while !bench
            .tenant()
            .prepare(&campaign, &routes(), 6_000, bench.now())
            .block_on()
            .expect("prepared")
            .done
        {}
    }
    bench.db.forget();
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(bench.db.times("offset_minutes = ?4, contact = NULL"), 3, "24,000 by 10,000");
    assert_eq!(all_states(&bench), [("blocked".to_owned(), 24_000)]);
}

/// R128: the state stops it at once; the rows follow in steps within the request.
#[test]
fn a_large_campaign_is_cancelled_in_steps() {
    let (bench, campaign) = crowded();
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_eq!(bench.db.times("UPDATE message SET state = 'cancelled'"), 3);
    assert_eq!(all_states(&bench), [("cancelled".to_owned(), MANY as i64)]);
}

/// R127: the same for the queue, the base and the history of an account that is erased.
#[test]
fn a_large_account_is_erased_in_steps() {
    let (bench, _) = crowded();
    bench.erase();
    for (statement, steps) in [
        ("UPDATE message SET state = 'cancelled'", 3),
        ("DELETE FROM contact WHERE", 3),
        ("UPDATE message SET contact = NULL", 3),
    ] {
        assert_eq!(bench.db.times(statement), steps, "{statement}");
    }
    assert_eq!(bench.count("SELECT count(contact) + coalesce(sum(number_hash IS NOT evidence_hash), 0) FROM message WHERE account = ?1"), 0);
}

/// R94: a cancellation that broke off after its first word sends nothing, and is shown as what it is.
#[test]
fn what_a_cancelled_campaign_still_has_queued_is_neither_sent_nor_shown_as_queued() {
    let (bench, campaign) = Bench::with_queue(3);
    bench.sql("UPDATE campaign SET state = 'cancelled'");
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    let (state, reason) = (MessageState::Cancelled, Some(Reason::CancelledByOwner));
    assert_eq!(report.counts, [MessageCount { state, reason, messages: 3 }]);
    let history = bench.tenant().history(None, 0, 10).block_on().expect("reads").items;
    assert!(history.iter().all(|item| item.state == MessageState::Cancelled), "{history:?}");
    assert!(history.iter().all(|item| item.reason == Some(Reason::CancelledByOwner)));
}

/// R128: and asking again finishes it.
#[test]
fn cancelling_again_finishes_a_cancellation_that_broke_off() {
    let (bench, campaign) = Bench::with_queue(3);
    bench.sql("UPDATE campaign SET state = 'cancelled'");
    let again = bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on();
    assert_eq!(again, Err(Refusal::CampaignStateConflict.into()));
    assert_eq!(all_states(&bench), [("cancelled".to_owned(), 3)]);
}

/// R66: cancelling one campaign, in whatever state, leaves the others' queues alone.
#[test]
fn cancelling_one_campaign_leaves_another_queued() {
    let (bench, campaign) = Bench::with_queue(2);
    let other = bench.running_campaign();
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_eq!(bench.take(&other, 10).1.len(), 2);
    assert_eq!(bench.balance(), (0, 2 * PRICE));
}

/// R127: an erasure that broke off between the steps of the queue comes to its end from where it stood.
#[test]
fn an_erasure_that_broke_off_in_the_queue_is_finished_from_there() {
    let (bench, campaign) = Bench::with_queue(3);
    let deletion = bench.tenant().request_deletion(&bench.act(), domain::money::Tiyn(3 * PRICE)).block_on();
    let deletion = deletion.expect("requested").deletion;
    bench.pass(30 * DAY);
    let begun = bench.begin_erasure(&deletion);
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    assert!(bench.erase_from(&deletion, begun));
    assert_eq!(all_states(&bench), [("cancelled".to_owned(), 3)]);
}

/// A connection on which somebody uploads a contact between the first two transactions.
struct Meanwhile {
    inner: NativeDatabase,
    uploads: RefCell<Option<String>>,
}

impl Database for Meanwhile {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let rows = self.inner.query(sql, parameters).await?;
        if sql == "COMMIT"
            && let Some(upload) = self.uploads.take()
        {
            self.inner.query(&upload, vec![]).await?;
        }
        Ok(rows)
    }

    fn engine(&self) -> Engine {
        self.inner.engine()
    }
}

/// R67: what is uploaded after the request is not what its owner asked to delete; otherwise an upload that
/// is faster than the deletion would keep it from ever ending.
#[test]
fn contacts_that_come_in_between_the_steps_stay() {
    let inner = NativeDatabase::in_memory().block_on().expect("opens");
    let bench = Bench::on(Meanwhile { inner, uploads: RefCell::default() });
    bench.top_up("pay_first", 1).expect("credited");
    bench.upload(&numbers(10_001));
    let later = "INSERT INTO contact SELECT account, 'con_ffffffffffffffffffffffffffffffff', x'00', number,
        number_range, NULL, NULL, NULL, import, created_at, NULL, 0 FROM contact ORDER BY contact DESC LIMIT 1";
    bench.db.uploads.replace(Some(later.to_owned()));
    let receipt = bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(receipt.deleted, 10_001);
    assert_eq!(bench.count("SELECT count(*) FROM contact WHERE account = ?1"), 1);
}
