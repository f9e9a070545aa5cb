//! Due work is found by partial indexes, so that a tick costs the same however long the history is.

use domain::message::UnknownDecision;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::Database as _;
use sendbox_store::cell::Settled;

use crate::support::{Bench, ByWhat, DAY, Recorder, calendars};

/// A cell with some of everything, behind a connection that remembers its statements.
fn busy() -> (Bench<Recorder>, String) {
    let bench = Bench::on(Recorder::new());
    let campaign = bench.queue(20);
    bench.hand_over(&campaign, 5);
    bench.take(&campaign, 5);
    bench.db.forget();
    (bench, campaign)
}

/// Every step of a plan on a table goes by an index; the steps on `table` by `index`.
fn assert_searches(plan: &[String], table: &str, index: &str) {
    let on_table = plan.iter().filter(|step| step.split(' ').nth(1) == Some(table)).collect::<Vec<_>>();
    assert!(!on_table.is_empty(), "{table} is read: {plan:?}");
    for step in on_table {
        assert!(
            step.starts_with("SEARCH") && step.contains(&format!("INDEX {index} ")),
            "{step} in {plan:?}"
        );
    }
}

fn assert_nothing_is_scanned(plan: &[String]) {
    for step in plan {
        let rows_of_the_database =
            step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE") && step != "SCAN CONSTANT ROW";
        assert!(!rows_of_the_database, "{step} in {plan:?}");
    }
}

#[test]
fn messages_to_take_are_found_in_their_order_by_the_index_of_due_messages() {
    let (bench, campaign) = busy();
    bench.lease(&campaign, 5);
    let plan = bench.db.plan_of("UPDATE message SET state = 'leased'");
    assert_searches(&plan, "m", "message_due");
    assert_nothing_is_scanned(&plan);
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "no sorting: {plan:?}");
    let read = bench.db.plan_of("FROM message m INDEXED BY");
    assert_searches(&read, "m", "message_leased");
    assert_nothing_is_scanned(&read);
}

#[test]
fn leases_that_ran_out_are_found_by_the_index_of_leased_messages() {
    let (bench, _) = busy();
    bench.recover();
    let plan = bench.db.plan_of("GROUP BY lease_until, lease");
    assert_searches(&plan, "message", "message_leased");
}

#[test]
fn messages_to_ask_about_are_found_in_their_order_by_the_index_of_unknown_messages() {
    let (bench, _) = busy();
    bench.cell().unknown_due(10, bench.now()).block_on().expect("reads");
    let plan = bench.db.plan_of("state = 'unknown'");
    assert_searches(&plan, "m", "message_unknown");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "no sorting: {plan:?}");
}

/// A decision, and an account's end, cost what is undecided and not the whole history.
#[test]
fn undecided_messages_are_found_by_the_index_of_open_messages() {
    let (bench, campaign) = busy();
    let tenant = bench.tenant();
    let decided = tenant.decide_unknown(&bench.act(), &campaign, UnknownDecision::Leave).block_on();
    assert_eq!(decided, Ok(0));
    let deletion = bench.request_deletion_and_wait();
    assert!(!bench.erase_from(&deletion, bench.begin_erasure(&deletion)), "messages are with an operator");
    for part in ["SELECT id, lease, campaign", "SELECT campaign FROM message INDEXED BY message_open"] {
        assert_searches(&bench.db.plan_of(part), "message", "message_open");
    }
}

/// In the order of the index, so that the limit bounds the work: accounts first, of those that are due alone;
/// then the few campaigns of each.
#[test]
fn campaigns_at_work_are_found_in_their_turns_by_indexes() {
    let (bench, _) = busy();
    bench.cell().campaigns_at_work(10, bench.now()).block_on().expect("reads");
    let plan = bench.db.plan_of("FROM turn");
    assert_searches(&plan, "turn", "turn_in_line");
    assert_searches(&plan, "c", "campaign_in_line");
    let accounts = plan.iter().position(|step| step.contains("turn_in_line")).expect("a step");
    let sorted = plan.iter().position(|step| step.contains("TEMP B-TREE"));
    assert!(sorted.is_none_or(|sorted| sorted > accounts + 1), "accounts come in their order: {plan:?}");
    let plan = bench.db.plan_of("needs IS NOT NULL AND state = 'running'");
    assert_searches(&plan, "campaign", "campaign_asleep");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "no sorting: {plan:?}");
}

/// What a change of a campaign, a payment or a settlement costs beside: a few steps through indexes.
#[test]
fn turns_are_kept_and_sleepers_woken_by_indexes() {
    let (bench, _) = busy();
    let account = bench.account.clone();
    for (statement, table, index) in [
        (
            "SELECT min(c.turn_at) FROM campaign c WHERE c.account = ?1 AND c.line = 'running'",
            "c",
            "campaign_in_line",
        ),
        (
            "UPDATE campaign SET needs = NULL, turn_at = 0 WHERE account = ?1 AND needs <= 5",
            "campaign",
            "campaign_short",
        ),
    ] {
        bench.db.query(statement, sendbox_store::params![&account]).block_on().expect("runs");
        assert_searches(&bench.db.plan_of(statement), table, index);
    }
}

#[test]
fn jobs_that_are_due_are_found_in_their_order_by_their_index() {
    let (bench, _) = busy();
    bench.take_job();
    let plan = bench.db.plan_of("SELECT id FROM job");
    assert_searches(&plan, "job", "job_due");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "no sorting: {plan:?}");
}

#[test]
fn the_end_of_a_campaign_is_found_without_reading_its_history() {
    let (bench, campaign) = busy();
    bench.tenant().served(&campaign, bench.now()).block_on().expect("served");
    let mut plan = bench.db.plan_of("iif(next.completed, 'completed', state)");
    // The one row of what is next, and the few routes that have something queued.
    plan.retain(|step| !matches!(step.as_str(), "SCAN next" | "SCAN queued"));
    assert_nothing_is_scanned(&plan);
    assert!(plan.iter().any(|step| step.starts_with("SEARCH campaign USING PRIMARY KEY")), "{plan:?}");
    for index in ["message_due", "message_open", "message_awaited"] {
        assert!(plan.iter().any(|step| step.contains(&format!("INDEX {index} "))), "{index}: {plan:?}");
    }
}

/// R66: listing a number looks at its message in each campaign that is not over, not at the history.
#[test]
fn listing_a_number_finds_what_is_queued_for_it_by_an_index() {
    let (bench, _) = busy();
    bench.blacklist(&crate::support::number(0));
    let plan = bench.db.plan_of("UPDATE message SET state = 'blocked'");
    assert_searches(&plan, "m", "message_once");
    assert_nothing_is_scanned(&plan);
}

/// What a message carries through its states touches no index in which campaigns' messages lie far apart:
/// each would make every message write a page of its own, twice.
#[test]
fn handing_over_writes_next_to_each_other_what_was_queued_next_to_each_other() {
    let (bench, _) = busy();
    let touched = bench
        .db
        .query(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'message'
               AND (sql LIKE '%state%' OR sql LIKE '%evidence_hash%') AND sql LIKE '%hash%'",
            vec![],
        )
        .block_on()
        .expect("reads");
    assert_eq!(touched, []);
}

#[test]
fn a_settlement_and_a_report_find_their_messages_by_their_ids() {
    let (bench, campaign) = busy();
    let message = bench.hand_over(&campaign, 1).remove(0).message;
    for statement in ["SELECT json_group_array(id)", "SET state = 'handed_over'"] {
        assert_nothing_is_scanned(&bench.db.plan_of(statement));
    }
    bench.report(&message, domain::campaign::DeliveryResult::Delivered);
    for statement in [
        "FROM json_each(?1) j CROSS JOIN message",
        "FROM message WHERE +account = ?1 AND state = 'handed_over'",
    ] {
        assert_nothing_is_scanned(&bench.db.plan_of(statement));
    }
}

/// What calls take beside texts: their results, their money, the next attempts, and those that nobody speaks of.
#[test]
fn the_ends_of_calls_are_found_by_their_ids_and_their_dates() {
    let bench = Bench::on(Recorder::new());
    let campaign = bench.queue_calls(3, 2);
    let calls = bench.call(&campaign, ByWhat::Minute);
    bench.db.forget();
    bench.end_call(&calls[0].message, domain::voice::CallResult::Busy);
    for statement in [
        "FROM message WHERE +account = ?1 AND state = 'handed_over'",
        "AND paid_if_answered = 1",
        "SET refund = ",
        "INSERT INTO message",
        "SET result_due = NULL",
    ] {
        assert_nothing_is_scanned(&bench.db.plan_of(statement));
    }
    bench.cell().close_unreported_calls(10, bench.now()).block_on().expect("closed");
    assert_searches(&bench.db.plan_of("result_due <= ?1"), "message", "message_result_due");
    let plan = bench.db.plan_of("UPDATE campaign SET turn_at = max");
    assert!(plan.iter().any(|step| step.contains("INDEX message_awaited ")), "{plan:?}");
}

#[test]
fn pages_of_history_and_evidence_are_read_from_where_they_begin() {
    let (bench, campaign) = busy();
    bench.tenant().history(Some(&campaign), 3, 5).block_on().expect("reads");
    assert_searches(&bench.db.plan_of("FROM history"), "m", "message_of_campaign");
    bench.tenant().campaign_evidence(&campaign, 3, 5).block_on().expect("reads");
    assert_nothing_is_scanned(&bench.db.plan_of("hand_over_index IS NOT NULL"));
}

#[test]
fn a_cell_with_nothing_due_answers_that_nothing_is_due() {
    let (bench, campaign) = busy();
    bench.hand_over(&campaign, 10);
    bench
        .tenant()
        .request_deletion(&bench.act(), Tiyn(5 * crate::support::PRICE))
        .block_on()
        .expect("requested");
    assert_eq!(bench.cell().unknown_due(10, bench.now() + DAY).block_on().expect("reads").len(), 0);
    assert_eq!(bench.recover(), Settled::default());
    bench.pass(DAY);
    assert_eq!(bench.take_other_job(), None);
    assert_eq!(bench.lease(&campaign, 10), sendbox_store::cell::LeaseOutcome::Nothing);
}

/// Every tick looks for them, and mostly there are none.
#[test]
fn reports_and_questions_that_wait_are_read_before_the_messages_that_they_are_about() {
    let (bench, _) = busy();
    let (cell, now) = (bench.cell(), bench.now());
    cell.take_waiting_reports(&calendars(), 10, now).block_on().expect("taken");
    cell.result_questions(10, now).block_on().expect("read");
    cell.results_asked(&bench.db, &[], now).block_on().expect("written");
    for statement in ["FROM waiting_report w", "FROM result_question q CROSS", "DELETE FROM result_question"]
    {
        let plan = bench.db.plan_of(statement);
        assert_searches(&plan, "m", "sqlite_autoindex_message_1");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN m ")), "{statement}: {plan:?}");
    }
}

/// The step after the one that reads the batch finds each row by its key: a batch of two thousand in a
/// base of a million must not read the base two thousand times, nor the batch a million times.
fn assert_batch_comes_first(plan: &[String], table: &str) {
    let batch =
        plan.iter().position(|step| step.starts_with("SCAN j ") || step.starts_with("SCAN json_each"));
    let rows =
        plan.iter().position(|step| step.starts_with("SEARCH") && step.split(' ').nth(1) == Some(table));
    assert!(batch.is_some() && rows.is_some() && batch < rows, "{table}: {plan:?}");
}

#[test]
fn a_batch_is_read_once_and_its_rows_are_found_by_their_keys() {
    let bench = Bench::on(Recorder::new());
    let campaign = bench.queue(20);
    assert_batch_comes_first(&bench.db.plan_of("AS standings"), "n");
    assert_batch_comes_first(&bench.db.plan_of("CROSS JOIN blacklist b"), "b");
    bench.db.forget();
    bench.hand_over(&campaign, 5);
    let captured = bench.db.plan_of("SET state = 'handed_over'");
    assert_batch_comes_first(&captured, "message");
}

/// A step must not read again what the steps before it are done with, nor the history.
#[test]
fn the_steps_of_bulk_work_find_their_rows_by_the_indexes_of_what_is_open() {
    let (bench, campaign) = busy();
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_searches(&bench.db.plan_of("MATERIALIZED"), "message", "message_open");
    let counted = bench.db.plan_of("SELECT count(*) AS messages FROM ( SELECT id FROM message");
    assert_searches(&counted, "message", "message_queued_contact");
    let blocked = bench.db.plan_of("UPDATE message SET state = 'blocked'");
    assert_searches(&blocked, "m", "message_queued_contact");
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_searches(&bench.db.plan_of("UPDATE message SET state = 'cancelled'"), "m", "message_due");
}

/// A reply looks at the message in each campaign that sent lately, not at the history.
#[test]
fn whom_a_refusal_reaches_is_found_by_indexes() {
    let (bench, _) = busy();
    let cell = bench.cell();
    let from = crate::support::number(0);
    let taken = cell.take_incoming(crate::support::OPERATOR, &from, "STOP", bench.now());
    assert_eq!(taken.block_on().expect("taken").accounts, 1);
    let plan = bench.db.plan_of("FROM campaign c INDEXED BY campaign_sent");
    assert_searches(&plan, "m", "message_once");
    assert_searches(&plan, "c", "campaign_sent");
    let accounts = bench.db.plan_of("SELECT DISTINCT account FROM campaign");
    assert!(accounts.iter().all(|step| step.contains("COVERING INDEX campaign_sent")), "{accounts:?}");
}
