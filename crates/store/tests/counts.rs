//! Reports from counters: they say what a scan would, stand in the hour of the hand-over, and cost the same beside any
//! number of messages (R94, R97). The tests of any order hold them against a scan after every step.

use domain::campaign::DeliveryResult::{Delivered, Expired, Undelivered};
use domain::link_visits::Visitor::Person;
use domain::message::{MessageState, Reason, UnknownDecision};
use domain::money::Tiyn;
use domain::voice::{CallResult, RESULT_WAIT_MS};
use pollster::FutureExt as _;
use sendbox_store::cell::{HandOver, HandOverCounts, Part, PartCounts, Parted};
use sendbox_store::{Database as _, Engine, OptOutLinks};

use crate::support::moving::{Moving, busy};
use crate::support::{
    Bench, ByWhat, DAY, MINUTE, OPERATOR, OPERATOR_PRICE, PRICE, SERVICE_PRICE, all, link_tokens, master,
    number, numbers,
};

const HOUR: i64 = 60 * MINUTE;
/// Almaty's hour of an instant, since the first of January 1970.
const fn local_hour(at: i64) -> i64 {
    (at + 5 * HOUR) / HOUR
}

fn parts(bench: &Bench, by: Parted) -> Vec<PartCounts> {
    bench.tenant().account_report(0, i64::MAX, by, 100).block_on().expect("reads")
}

fn totals(bench: &Bench) -> HandOverCounts {
    parts(bench, Parted::Whole).first().map(|whole| whole.counts).unwrap_or_default()
}

/// R94: a report of two days: each stands where it was handed over, whenever its result came.
#[test]
fn a_result_counts_in_the_hour_of_its_hand_over() {
    let bench = Bench::new();
    bench.upload(&numbers(5));
    bench.top_up("pay_1", 100 * PRICE).expect("credited");
    let campaign = bench.running_campaign();
    let first_hour = local_hour(bench.now());
    let first = bench.hand_over(&campaign, 2);
    bench.pass(HOUR);
    let second = bench.hand_over(&campaign, 2);
    bench.pass(DAY);
    bench.report(&first[0].message, Delivered);
    bench.report(&first[1].message, Undelivered);
    bench.report(&second[0].message, Expired);
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    let hours: Vec<_> =
        report.by_hour.iter().map(|hour| (hour.hour, hour.operator.as_str(), hour.counts)).collect();
    let taken = HandOverCounts {
        handed_over: 2,
        operator_price: Tiyn(2 * OPERATOR_PRICE.0),
        service_price: Tiyn(2 * SERVICE_PRICE.0),
        ..HandOverCounts::default()
    };
    let wanted = [
        (first_hour, OPERATOR, HandOverCounts { delivered: 1, undelivered: 1, ..taken }),
        (first_hour + 1, OPERATOR, HandOverCounts { expired: 1, ..taken }),
    ];
    assert_eq!(hours, wanted);
    assert_eq!(report.count(&[MessageState::Queued]), 1);
    assert_eq!(parts(&bench, Parted::ByHour).len(), 2);
    let days: Vec<_> =
        parts(&bench, Parted::ByDay).iter().map(|day| (day.part.clone(), day.counts.handed_over)).collect();
    assert_eq!(days, [(Part::Day(first_hour / 24), 4)]);
    bench.check_counts();
}

/// R94: a part of the account's time, and nobody else's.
#[test]
fn a_report_holds_the_hours_that_were_asked_for_and_no_neighbours() {
    let (bench, campaign) = Bench::with_queue(3);
    let hour = local_hour(bench.now());
    bench.hand_over(&campaign, 1);
    bench.pass(HOUR);
    bench.hand_over(&campaign, 2);
    let handed_over = |from, before| {
        let report = bench.tenant().account_report(from, before, Parted::Whole, 1).block_on().expect("reads");
        report.first().map_or(0, |whole| whole.counts.handed_over)
    };
    assert_eq!(
        [handed_over(hour, hour + 1), handed_over(hour + 1, hour + 2), handed_over(hour, hour + 2)],
        [1, 2, 3]
    );
    assert_eq!((handed_over(hour - 5, hour), handed_over(hour + 2, hour + 9)), (0, 0));
    let stranger = bench.open_account(domain::account::AccountKind::LegalEntity);
    let neighbours = bench.tenant_of(&stranger).account_report(0, i64::MAX, Parted::ByCampaign, 9).block_on();
    assert_eq!(neighbours, Ok(vec![]));
}

/// R94: by operators and campaigns, the largest campaign first; what was blocked stands with its campaign and hour.
#[test]
fn a_report_is_parted_by_operator_and_by_campaign() {
    let bench = Bench::new();
    bench.upload(&numbers(3));
    bench.top_up("pay_1", 100 * PRICE).expect("credited");
    let small = bench.running_campaign();
    bench.hand_over(&small, 1);
    let large = bench.running_campaign();
    bench.hand_over(&large, 2);
    bench.blacklist(&number(2));
    let found = parts(&bench, Parted::ByCampaign);
    let campaigns: Vec<_> =
        found.iter().map(|part| (part.part.clone(), part.counts.handed_over, part.blocked.clone())).collect();
    let blacklisted = [(Reason::Blacklisted, 1)];
    assert_eq!(
        campaigns,
        [
            (Part::Campaign(large.clone()), 2, blacklisted.into()),
            (Part::Campaign(small.clone()), 1, blacklisted.into())
        ]
    );
    let operators: Vec<_> = parts(&bench, Parted::ByOperator)
        .iter()
        .map(|part| (part.part.clone(), part.counts.handed_over))
        .collect();
    assert_eq!(operators, [(Part::Operator(OPERATOR.to_owned()), 3)]);
    assert_eq!(parts(&bench, Parted::Whole)[0].blocked, [(Reason::Blacklisted, 2)].into());
    let names = bench.tenant().campaign_names(&[&small, &large, "cmp_none"]).block_on().expect("reads");
    assert_eq!(
        names.keys().collect::<Vec<_>>(),
        [&small, &large]
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
}

/// R48, R94: what its owner left alone is not counted twice when its operator speaks of it after all.
#[test]
fn what_was_blocked_and_goes_on_is_no_longer_counted_as_blocked() {
    let (bench, campaign) = Bench::with_queue(1);
    let (lease, messages) = bench.take(&campaign, 1);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Undecided));
    bench
        .tenant()
        .decide_unknown(&bench.act(), &campaign, UnknownDecision::Leave)
        .block_on()
        .expect("decided");
    let blocked = || bench.tenant().campaign_report(&campaign).block_on().expect("reads").blocked_by_reason();
    assert_eq!(blocked(), [(Reason::OutcomeUnknown, 1)].into());
    let about = sendbox_store::cell::ReportedMessage::Id(messages[0].message.clone());
    let report = sendbox_store::cell::StatusReport {
        about,
        result: Some(Delivered),
        call: None,
        reference: None,
        at: None,
    };
    bench.pass(HOUR);
    let calendars = crate::support::calendars();
    bench.cell().take_status(&calendars, OPERATOR, &report, bench.now()).block_on().expect("taken");
    assert_eq!(blocked(), [].into());
    assert_eq!((totals(&bench).delivered, totals(&bench).operator_price), (1, Tiyn(0)));
    bench.check_counts();
}

/// R49, R78, R94: the report shows what a call came to, and no charge that was given back.
#[test]
fn calls_count_by_their_ends_and_without_what_was_given_back() {
    let bench = Bench::new();
    let campaign = bench.queue_calls(2, 1);
    let calls = bench.call(&campaign, ByWhat::Minute);
    bench.end_call(&calls[0].message, CallResult::Answered);
    bench.pass(RESULT_WAIT_MS);
    bench.cell().close_unreported_calls(100, bench.now()).block_on().expect("closed");
    bench.check_counts();
    let total = totals(&bench);
    assert_eq!((total.handed_over, total.answered, total.awaiting_report()), (2, 1, 1));
    assert_eq!(total.operator_price + total.service_price, Tiyn(PRICE));
}

/// R96, R97: a person who opens both links of a message is one visitor of the campaign, and stands where the message
/// was handed over.
#[test]
fn visits_stand_in_the_hour_of_the_hand_over_and_a_visitor_once() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 2 * PRICE).expect("credited");
    let campaign = bench.linked_campaign();
    let messages = bench.hand_over(&campaign, 2);
    bench.pass(3 * HOUR);
    let tokens = link_tokens(&messages[0]);
    for token in &tokens {
        bench.visit(token, Person);
        bench.pass(2 * MINUTE);
    }
    bench.visit(&tokens[0], Person);
    bench.visit(&link_tokens(&messages[1])[0], domain::link_visits::Visitor::Preview);
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    assert_eq!((report.handed_over.visits, report.handed_over.visitors), (3, 1));
    assert_eq!(report.by_hour.len(), 1, "no hour but that of the hand-over");
}

/// R96: a person may be faster than the settlement: their visit is counted, with the operator that has the message.
#[test]
fn a_visit_before_the_settlement_is_counted() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay_1", PRICE).expect("credited");
    let campaign = bench.linked_campaign();
    let (lease, messages) = bench.take(&campaign, 1);
    bench.visit(&link_tokens(&messages[0])[0], Person);
    bench.settle(&campaign, &lease, all(&messages, &HandOver::Taken(None)));
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    assert_eq!(report.by_hour.len(), 1);
    assert_eq!((report.handed_over.visitors, report.handed_over.handed_over), (1, 1));
}

/// R65, R94: a refusal by a message's own link belongs to its campaign, once; a reply names no message.
#[test]
fn a_refusal_by_link_belongs_to_its_campaign_and_counts_once() {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 100 * PRICE).expect("credited");
    let campaign = bench.running_advertising();
    let messages = bench.hand_over(&campaign, 2);
    let links = OptOutLinks::new(master()).expect("derived");
    let token = links.token(messages[0].id, &messages[0].message).expect("a token");
    for _ in 0..2 {
        bench.pass(HOUR);
        assert_eq!(bench.cell().take_opt_out_link(&token, bench.now()).block_on(), Ok(true));
    }
    bench.cell().take_incoming(OPERATOR, &number(1), "STOP", bench.now()).block_on().expect("taken");
    let report = bench.tenant().campaign_report(&campaign).block_on().expect("reads");
    assert_eq!((report.handed_over.opt_outs, report.by_hour.len()), (1, 1));
}

/// R44, R94: counters move with the account, whatever they stand at, and are counted on in the new cell.
#[test]
fn an_account_that_moved_is_counted_on() {
    let (bench, campaign) = busy();
    bench.check_counts();
    let before = totals(&bench);
    let moving = Moving::of(bench).begin();
    moving.arrive();
    assert_eq!(totals(&moving.to), before);
    moving.to.check_counts();
    let more = moving.to.hand_over(&campaign, 1).len() as i64;
    assert_eq!(totals(&moving.to).handed_over, before.handed_over + more);
    moving.to.check_counts();
    moving.forget();
    for table in ["campaign_count", "hand_over_count", "blocked_count"] {
        assert_eq!(moving.from.figure(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
}

/// R127: what people did is forgotten with them; what was sent stays as long as it can be claimed.
#[test]
fn an_erased_account_keeps_what_was_sent_and_not_what_people_did() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.top_up("pay_1", PRICE).expect("credited");
    let campaign = bench.linked_campaign();
    let message = bench.hand_over(&campaign, 1).remove(0);
    bench.report(&message.message, Delivered);
    bench.visit(&link_tokens(&message)[0], Person);
    assert_eq!(totals(&bench).visits, 1);
    bench.erase();
    let total = totals(&bench);
    assert_eq!((total.delivered, total.visits, total.visitors), (1, 0, 0));
    let names = bench.tenant().campaign_names(&[&campaign]).block_on().expect("reads");
    assert!(names.is_empty(), "its name is gone");
    bench.check_counts();
}

/// R94: a report reads counters and what is on its way: no message that is done for.
#[test]
fn a_report_does_not_read_messages_that_are_done_for() {
    let (bench, campaign) = Bench::with_queue(1);
    if bench.db.engine() == Engine::Server {
        return;
    }
    bench.hand_over(&campaign, 1);
    let sql = sendbox_store::statement(include_str!("../src/cell/messages/counts.sql"), "campaign");
    let parameters = vec![bench.account.as_str().into(), campaign.as_str().into()];
    let plan = bench.db.query(&format!("EXPLAIN QUERY PLAN {sql}"), parameters).block_on().expect("a plan");
    let steps: Vec<String> = plan.iter().map(|step| step.text("detail").expect("a step")).collect();
    let of_messages: Vec<_> = steps.iter().filter(|step| step.contains(" m ")).collect();
    assert_eq!(of_messages.len(), 1, "{steps:?}");
    assert!(of_messages[0].contains("message_open"), "{steps:?}");
}
