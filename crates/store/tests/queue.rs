//! The queue: every gate stands before a message is taken, and no message is taken twice (R52, R66, R86, R87).

use domain::cell_name::CellName;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use domain::campaign::CampaignState;
use domain::ids::IdKind;
use domain::message::{MessageState, Reason};
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{Cell, HandOver, Lease, LeaseOutcome};
use sendbox_store::{DatabaseClock, NativeDatabase, Refusal};

use crate::support::{
    Bench, DAY, MINUTE, MORNING, PRICE, ROUTE, all, master, number, numbers, routes, terms,
};

/// R86: each gate alone keeps a message back, uncharged.
#[test]
fn behind_any_one_shut_gate_nothing_is_taken_and_nothing_is_held() {
    for (gate, shut) in [
        ("account blocked", "UPDATE account SET state = 'blocked'"),
        ("account closed", "UPDATE account SET state = 'closed'"),
        ("agreement ended", "UPDATE account SET agreement_ended_at = created_at"),
        ("offer withdrawn", "UPDATE consent SET withdrawn_at = at WHERE document = 'offer'"),
        ("consent withdrawn", "UPDATE consent SET withdrawn_at = at WHERE document = 'pd_consent'"),
        ("still preparing", "UPDATE campaign SET state = 'preparing'"),
        ("paused", "UPDATE campaign SET state = 'paused'"),
        ("cancelled", "UPDATE campaign SET state = 'cancelled'"),
        ("completed", "UPDATE campaign SET state = 'completed'"),
    ] {
        let (bench, campaign) = Bench::with_queue(1);
        bench.sql(shut);
        assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing, "{gate}");
        assert_eq!(bench.balance(), (PRICE, 0), "{gate}");
    }
}

/// R125: the agreement holds until its last instant, and not in it.
#[test]
fn an_agreement_that_ends_later_does_not_keep_a_message_back() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.sql(&format!("UPDATE account SET agreement_ended_at = {}", bench.now() + 1));
    assert_eq!(bench.take(&campaign, 10).1.len(), 1);
}

/// R128: until the date everything goes on.
#[test]
fn an_account_that_is_closing_still_sends() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.tenant().request_deletion(&bench.act(), Tiyn(PRICE)).block_on().expect("requested");
    assert_eq!(bench.take(&campaign, 10).1.len(), 1);
}

/// R120, R125: on the day itself nothing goes out any more, however late the deletion's own tick comes.
#[test]
fn from_the_deletions_date_on_nothing_is_taken_though_its_tick_has_not_come() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.tenant().request_deletion(&bench.act(), Tiyn(2 * PRICE)).block_on().expect("requested");
    bench.pass(30 * DAY - 1);
    assert_eq!(bench.take(&campaign, 1).1.len(), 1);
    bench.pass(1);
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing);
    bench.tenant().cancel_deletion(&bench.act()).block_on().expect("taken back at the last moment");
    assert_eq!(bench.take(&campaign, 1).1.len(), 1);
}

/// R66: a number listed before the start is not written to.
#[test]
fn a_number_blacklisted_before_the_start_is_blocked_uncharged() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.blacklist(&number(1));
    let campaign = bench.queue(2);
    let (_, messages) = bench.take(&campaign, 10);
    assert_eq!(messages.iter().filter_map(|message| message.phone.clone()).collect::<Vec<_>>(), [number(0)]);
    assert_eq!(bench.fate(&number(1)), (MessageState::Blocked, Some(Reason::Blacklisted)));
    assert_eq!(bench.balance(), (PRICE, PRICE));
}

/// R66: listing a number takes it out of the queue.
#[test]
fn a_number_blacklisted_after_queueing_is_blocked_uncharged() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.blacklist(&number(0));
    let (_, messages) = bench.take(&campaign, 10);
    assert_eq!(messages.iter().filter_map(|message| message.phone.clone()).collect::<Vec<_>>(), [number(1)]);
    assert_eq!(bench.fate(&number(0)), (MessageState::Blocked, Some(Reason::Blacklisted)));
}

/// R66: a number listed while its message was with an operator who then put it off.
#[test]
fn a_number_blacklisted_while_leased_does_not_return_to_the_queue() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.blacklist(&number(0));
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now())));
    assert_eq!(bench.fate(&number(0)), (MessageState::Blocked, Some(Reason::Blacklisted)));
    assert_eq!(
        bench.tenant().served(&campaign, bench.now()).block_on(),
        Ok(true),
        "the campaign comes to its end"
    );
}

/// R67: an erased contact is not written to.
#[test]
fn a_contact_erased_after_queueing_is_blocked() {
    let (bench, campaign) = Bench::with_queue(1);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    assert_eq!(
        bench.count("SELECT count(*) FROM message WHERE account = ?1 AND reason = 'contact_erased'"),
        1
    );
}

/// R67: nor one erased while its message was with an operator who then put it off.
#[test]
fn a_contact_erased_while_leased_does_not_return_to_the_queue() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now())));
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    assert_eq!(
        bench.tenant().served(&campaign, bench.now()).block_on(),
        Ok(true),
        "the campaign comes to its end"
    );
}

/// R50: a campaign goes to whom its owner saw when starting it.
#[test]
fn contacts_uploaded_after_the_start_or_not_yet_complete_are_not_written_to() {
    let bench = Bench::new();
    bench.upload(&[number(0)]);
    let unfinished = bench.begin_upload();
    bench.add_batch(&unfinished, &[number(1)]).expect("stored");
    bench.pass(1);
    let campaign = bench.started_campaign();
    bench.pass(1);
    bench.complete(&unfinished).expect("completed");
    bench.upload(&[number(2)]);
    while !bench.tenant().prepare(&campaign, &routes(), 1, bench.now()).block_on().expect("prepared").done {}
    let history = bench.tenant().history(Some(&campaign), 0, 10).block_on().expect("reads").items;
    assert_eq!(history.iter().filter_map(|item| item.phone.clone()).collect::<Vec<_>>(), [number(0)]);
}

/// R87: a tick that dies and is repeated queues nobody twice.
#[test]
fn preparing_again_queues_nobody_twice() {
    let bench = Bench::new();
    let campaign = bench.queue(5);
    bench.sql("UPDATE campaign SET state = 'preparing', prepared_to = ''");
    while !bench.tenant().prepare(&campaign, &routes(), 2, bench.now()).block_on().expect("prepared").done {}
    assert_eq!(bench.count("SELECT count(*) FROM message WHERE account = ?1"), 5);
}

/// A step says what it made, so that a tick can be told how far it came.
#[test]
fn a_step_of_preparing_counts_the_messages_that_it_made() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    let unfinished = bench.begin_upload();
    bench.add_batch(&unfinished, &[number(7)]).expect("stored");
    let campaign = bench.started_campaign();
    let prepared =
        bench.tenant().prepare(&campaign, &routes(), 10, bench.now()).block_on().expect("prepared");
    assert_eq!((prepared.messages, prepared.done), (3, true));
}

#[test]
fn every_message_has_an_id_of_its_own_in_the_form_of_all_ids() {
    let (bench, _) = Bench::with_queue(300);
    let rows = bench.sql("SELECT message FROM message");
    let ids: BTreeSet<String> = rows.iter().map(|row| row.text("message").expect("text")).collect();
    assert_eq!(ids.len(), 300);
    let birth = format!("msg_{MORNING:012x}7");
    for id in &ids {
        assert!(IdKind::Message.is_id(id) && id.starts_with(&birth), "{id}");
        assert!(matches!(id.as_bytes()[20], b'8' | b'9' | b'a' | b'b'), "the variant of RFC 9562: {id}");
    }
}

/// R87: each message goes to its own contact.
#[test]
fn a_lease_brings_each_message_with_the_number_of_its_own_contact() {
    let (bench, campaign) = Bench::with_queue(20);
    let expected: BTreeMap<String, Option<String>> = bench
        .tenant()
        .history(Some(&campaign), 0, 100)
        .block_on()
        .expect("reads")
        .items
        .into_iter()
        .map(|item| (item.message, item.phone))
        .collect();
    let (_, messages) = bench.take(&campaign, 100);
    let taken: BTreeMap<_, _> =
        messages.into_iter().map(|message| (message.message, message.phone)).collect();
    assert_eq!(taken, expected);
    assert_eq!(taken.into_values().flatten().collect::<BTreeSet<_>>(), numbers(20).into_iter().collect());
}

/// R87: what is taken is nobody else's.
#[test]
fn a_taken_message_is_not_taken_again() {
    let (bench, campaign) = Bench::with_queue(3);
    let (_, first) = bench.take(&campaign, 2);
    let (_, second) = bench.take(&campaign, 2);
    assert_eq!((first.len(), second.len()), (2, 1));
    assert!(!first.contains(&second[0]));
    assert_eq!(bench.lease(&campaign, 2), LeaseOutcome::Nothing);
}

/// R87: two ticks at once, each on a connection of its own, part the queue between them.
#[test]
fn connections_that_lease_at_once_never_take_the_same_message() {
    const MESSAGES: usize = 60;
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = Bench::in_file(&path);
    let campaign = bench.queue(MESSAGES);
    let account = bench.account.clone();
    let taken: Vec<i64> = thread::scope(|scope| {
        let ticks: Vec<_> = (0..3).map(|_| scope.spawn(|| take_all(&path, &account, &campaign))).collect();
        ticks.into_iter().flat_map(|tick| tick.join().expect("ends")).collect()
    });
    assert_eq!(taken.len(), MESSAGES);
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), MESSAGES, "each once");
    assert_eq!(bench.balance(), (0, PRICE * MESSAGES as i64));
}

fn take_all(path: &std::path::Path, account: &str, campaign: &str) -> Vec<i64> {
    let db = NativeDatabase::open(path).block_on().expect("opens");
    let tenant =
        Cell::new(&db, master(), CellName::FIRST).tenant(account).block_on().expect("reads").expect("exists");
    let lease = Lease {
        terms: &terms(campaign),
        route: ROUTE,
        limit: 4,
        lasts_ms: MINUTE,
        clock: DatabaseClock::default(),
    };
    let mut taken = Vec::new();
    while let LeaseOutcome::Taken { messages, .. } =
        tenant.lease(&lease, MORNING).block_on().expect("answers")
    {
        taken.extend(messages.into_iter().map(|message| message.id));
    }
    taken
}

/// R85: what an operator put off waits for its instant.
#[test]
fn a_message_put_off_is_taken_at_its_instant_and_not_before() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now() + MINUTE)));
    bench.pass(MINUTE - 1);
    assert_eq!(bench.lease(&campaign, 1), LeaseOutcome::Nothing);
    bench.pass(1);
    assert_eq!(bench.take(&campaign, 1).1[0].id, messages[0].id);
}

#[test]
fn a_paused_campaign_goes_on_where_it_was_held() {
    let (bench, campaign) = Bench::with_queue(2);
    bench.hand_over(&campaign, 1);
    bench.tenant().pause_campaign(&bench.act(), &campaign).block_on().expect("paused");
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    bench.tenant().resume_campaign(&bench.act(), &campaign).block_on().expect("resumed");
    assert_eq!(bench.take(&campaign, 10).1.len(), 1);
}

/// A started campaign cannot be started, resumed or thrown away; an ended one can do nothing more.
#[test]
fn a_campaign_refuses_what_its_state_does_not_allow() {
    let (bench, campaign) = Bench::with_queue(1);
    let tenant = bench.tenant();
    let conflict = Err(Refusal::CampaignStateConflict.into());
    assert_eq!(bench.start_agreed(&campaign, 1), Err(Refusal::CampaignNotDraft.into()));
    assert_eq!(tenant.delete_campaign(&campaign).block_on(), Err(Refusal::CampaignNotDraft.into()));
    assert_eq!(tenant.resume_campaign(&bench.act(), &campaign).block_on(), conflict);
    tenant.cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_eq!(tenant.pause_campaign(&bench.act(), &campaign).block_on(), conflict);
    assert_eq!(tenant.resume_campaign(&bench.act(), &campaign).block_on(), conflict);
    assert_eq!(tenant.cancel_campaign(&bench.act(), &campaign).block_on(), conflict);
}

/// What was with an operator when its campaign was cancelled does not come back.
#[test]
fn a_message_put_off_after_its_campaign_was_cancelled_is_cancelled_too() {
    let (bench, campaign) = Bench::with_queue(2);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Later(bench.now())));
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    assert_eq!(report.count(&[MessageState::Cancelled]), 2);
    assert_eq!(bench.balance(), (2 * PRICE, 0));
}

#[test]
fn a_campaign_is_complete_only_when_nothing_of_it_is_queued_or_with_an_operator() {
    let (bench, campaign) = Bench::with_queue(2);
    let ended = || bench.tenant().served(&campaign, bench.now()).block_on().expect("answers");
    bench.hand_over(&campaign, 1);
    assert!(!ended(), "one is queued");
    let (lease, messages) = bench.take(&campaign, 1);
    assert!(!ended(), "one is leased");
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Unknown(bench.now())));
    assert!(!ended(), "of one nobody knows");
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Refused(Reason::OperatorRefused)));
    assert!(ended());
    let campaign = bench.tenant().campaign(&campaign).block_on().expect("reads").expect("exists");
    assert_eq!(campaign.state, CampaignState::Completed);
}
