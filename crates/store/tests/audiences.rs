//! Campaigns that go to an audience: whom they reach, what is counted, and who is left alone (R50, R66, R102).

use std::collections::{BTreeMap, BTreeSet};

use domain::audience::{Audience, Outcome, ScoreKind, Selection};
use domain::campaign::{CampaignState, DeliveryResult};
use domain::link_visits::Visitor;
use domain::message::{MessageState, Reason};
use domain::voice::CallResult;
use pollster::FutureExt as _;
use proptest::prelude::*;
use sendbox_store::cell::{ListKind, PersonAct, Word};
use sendbox_store::{NativeDatabase, Refusal, StoreError};

use crate::support::audiences::{in_lists, only, scored, tagged, who, with_numbers};
use crate::support::scoring::{Past, with_past};
use crate::support::{Bench, ByWhat, PRICE, files, holds, link_tokens, number, numbers, routes};

fn refused<T>(answer: Result<T, StoreError>) -> Option<Refusal> {
    match answer {
        Err(StoreError::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

/// An account with so many contacts, and money for all.
fn with_people(people: usize) -> Bench {
    let bench = Bench::new();
    bench.upload(&numbers(people));
    bench.top_up("pay_1", PRICE * 1_000).expect("credited");
    bench
}

/// R50: a large base is not gone through for an estimate, and the truth lies where it says. What is known is not guessed.
#[test]
fn an_estimate_of_a_large_base_says_between_what_the_truth_lies() {
    let bench = Bench::new();
    let people = 24_000;
    bench.top_up("pay_1", PRICE).expect("credited");
    bench.upload(&numbers(people));
    let third: Vec<usize> = (0..people).step_by(3).collect();
    let [list, other] = ["A third", "The first"].map(|name| bench.list(name));
    bench.join(&list, &third);
    bench.join(&other, &(0..people / 2).collect::<Vec<_>>());
    bench.blacklist(&number(3));
    let estimated =
        |audience: &Audience| bench.tenant().estimate_audience(audience).block_on().expect("estimates");
    let known = estimated(&only(in_lists(&[&list])));
    assert_eq!((known.contacts, known.blacklisted, known.between), (8_000, 1, None));
    assert_eq!(estimated(&only(Selection::default())).contacts, 24_000);
    assert_eq!(estimated(&only(with_numbers(&[1, 2]))).between, None);

    let audience = Audience { include: in_lists(&[&other]), exclude: vec![in_lists(&[&list])] };
    let told = estimated(&audience);
    let (at_least, at_most) = told.between.expect("a sample");
    // Hashes follow from a random key: one of a million runs may lie outside of five times the bounds.
    let spread = at_most - at_least;
    assert!((200..1_000).contains(&spread), "{told:?}");
    assert!((8_000 - told.contacts).abs() < 3 * spread, "{told:?}");
    assert_eq!(bench.estimated(&audience), (8_000, 0), "counted, to the last one");
}

fn left_over(bench: &Bench) -> i64 {
    bench.count("SELECT count(*) FROM campaign_recipient WHERE account = ?1")
}

/// R50: those who were counted and agreed to are written to, and nobody else.
#[test]
fn a_campaign_goes_to_its_audience_and_to_nobody_else() {
    let bench = with_people(6);
    let list = bench.list("Regulars");
    bench.join(&list, &[1, 2, 4]);
    bench.blacklist(&number(4));
    let audience = only(in_lists(&[&list]));
    assert_eq!(bench.estimated(&audience), (3, 1));
    let campaign = bench.draft_to(audience.clone());
    let shown = bench.tenant().campaign(&campaign).block_on().expect("reads").expect("there");
    assert_eq!(shown.audience, Some(audience));
    assert_eq!(refused(bench.start_agreed(&campaign, 3)), Some(Refusal::EstimateChanged));
    assert_eq!(left_over(&bench), 0, "a start that is refused leaves nothing behind");
    bench.start_agreed(&campaign, 2).expect("started");
    bench.prepare_all(&campaign);
    assert_eq!(bench.queued_for(&campaign), [number(1), number(2)]);
    assert_eq!(bench.fate(&number(4)), (MessageState::Blocked, Some(Reason::Blacklisted)), "as everywhere");
    assert_eq!(bench.count("SELECT count(*) FROM message WHERE account = ?1"), 3);
    assert_eq!(left_over(&bench), 0);
    assert_eq!(bench.events("campaign_started")[0]["audience"], "chosen");
}

/// R50: the start fixes whom it reaches, whatever changes while its messages are made.
#[test]
fn who_joins_or_leaves_after_the_start_changes_nothing() {
    let bench = with_people(8);
    let (list, out) = (bench.list("Regulars"), bench.list("Not these"));
    bench.join(&list, &[0, 1, 2, 3]);
    bench.join(&out, &[3]);
    let campaign = bench.draft_to(Audience { include: in_lists(&[&list]), exclude: vec![in_lists(&[&out])] });
    bench.start_agreed(&campaign, 3).expect("started");
    // As many leave as come, so that no count would tell.
    bench.leave(&list, &[0]);
    bench.join(&list, &[5]);
    bench.leave(&out, &[3]);
    bench.upload(&[number(0), number(20)]);
    bench.tenant().delete_list(&bench.act(), &out).block_on().expect("deleted");
    bench.prepare_all(&campaign);
    assert_eq!(bench.queued_for(&campaign), [number(0), number(1), number(2)]);
}

/// R67: but whose contact is deleted is not written to, by whatever start.
#[test]
fn a_contact_that_is_deleted_after_the_start_gets_nothing() {
    let bench = with_people(3);
    let campaign = bench.draft_to(only(with_numbers(&[0, 1])));
    bench.start_agreed(&campaign, 2).expect("started");
    let first = bench.tenant().contacts(None, 1).block_on().expect("reads").items.remove(0).contact;
    bench.tenant().delete_contacts(&bench.act(), Some(&first)).block_on().expect("deleted");
    bench.prepare_all(&campaign);
    assert_eq!(bench.queued_for(&campaign), [number(1)]);
}

/// R50: a number that leaves the blacklist while messages are made is nobody that was paid for.
#[test]
fn no_more_are_queued_than_were_agreed_to() {
    let bench = with_people(3);
    bench.blacklist(&number(2));
    let campaign = bench.draft_to(only(with_numbers(&[0, 1, 2])));
    bench.start_agreed(&campaign, 2).expect("started");
    let entry = bench.tenant().blacklist(None, 1).block_on().expect("reads").items.remove(0).entry;
    bench.tenant().remove_from_blacklist(&bench.act(), &entry).block_on().expect("removed");
    bench.prepare_all(&campaign);
    assert_eq!(bench.queued_for(&campaign), [number(0), number(1)]);
    assert_eq!(bench.fate(&number(2)), (MessageState::Blocked, Some(Reason::BeyondAgreement)));
}

/// Messages are made in steps; each takes those behind the step before.
#[test]
fn a_preparation_in_steps_misses_and_repeats_nobody() {
    let bench = with_people(30);
    let wanted: Vec<usize> = (0..30).step_by(3).collect();
    let campaign = bench.draft_to(only(with_numbers(&wanted)));
    bench.start_agreed(&campaign, 10).expect("started");
    let mut steps = 0;
    while !bench.tenant().prepare(&campaign, &routes(), 3, bench.now()).block_on().expect("prepared").done {
        steps += 1;
    }
    assert_eq!(steps, 3);
    assert_eq!(bench.queued_for(&campaign), wanted.iter().map(|n| number(*n)).collect::<Vec<_>>());
}

/// R50: of an exclusion that is gone nobody knows whom it would have left out.
#[test]
fn a_campaign_whose_list_is_gone_does_not_start() {
    let bench = with_people(3);
    let out = bench.list("Not these");
    bench.join(&out, &[0]);
    let audience = Audience { include: Selection::default(), exclude: vec![in_lists(&[&out])] };
    let campaign = bench.draft_to(audience.clone());
    bench.tenant().delete_list(&bench.act(), &out).block_on().expect("deleted");
    assert_eq!(refused(bench.start_agreed(&campaign, 2)), Some(Refusal::ListUnknown));
    assert_eq!(refused(bench.tenant().count_audience(&audience).block_on()), Some(Refusal::ListUnknown));
    let state = bench.tenant().campaign(&campaign).block_on().expect("reads").expect("there").state;
    assert_eq!((state, left_over(&bench)), (CampaignState::Draft, 0));
}

#[test]
fn an_audience_that_names_what_is_not_there_is_refused_when_it_is_written() {
    let bench = with_people(1);
    let nowhere = "lst_ffffffffffffffffffffffffffffffff".to_owned();
    for (selection, refusal) in [
        (in_lists(&[&nowhere]), Refusal::ListUnknown),
        (tagged(&["nobody"]), Refusal::TagUnknown),
        (who("cmp_ffffffffffffffffffffffffffffffff", Outcome::Got), Refusal::CampaignUnknown),
    ] {
        assert_eq!(refused(bench.try_draft_to(only(selection.clone()))), Some(refusal));
        let excluded = Audience { include: Selection::default(), exclude: vec![selection] };
        assert_eq!(refused(bench.try_draft_to(excluded)), Some(refusal));
    }
}

#[test]
fn an_audience_of_nobody_does_not_start() {
    let bench = with_people(2);
    let list = bench.list("Empty");
    for audience in [only(in_lists(&[&list])), only(with_numbers(&[77]))] {
        let campaign = bench.draft_to(audience);
        assert_eq!(refused(bench.start_agreed(&campaign, 0)), Some(Refusal::NoContacts));
    }
}

/// R66: whoever is blacklisted is no recipient that was agreed to.
#[test]
fn an_audience_of_the_blacklisted_alone_does_not_start() {
    let bench = with_people(1);
    bench.blacklist(&number(0));
    let campaign = bench.draft_to(only(with_numbers(&[0])));
    assert_eq!(refused(bench.start_agreed(&campaign, 0)), Some(Refusal::NoContacts));
}

/// R87: whoever may have got it, or may still, is not among those who did not, or they would get it twice.
#[test]
fn who_did_not_get_a_campaign_is_nobody_who_may_have_got_it() {
    let bench = with_people(7);
    let first = bench.draft_to(only(with_numbers(&[0, 1, 2, 3, 4])));
    bench.start_agreed(&first, 5).expect("started");
    bench.prepare_all(&first);
    let sent = bench.hand_over(&first, 3);
    let of = |n: usize| sent.iter().find(|one| one.phone.as_deref() == Some(&number(n))).expect("sent");
    bench.report(&of(0).message, DeliveryResult::Delivered);
    bench.report(&of(1).message, DeliveryResult::Undelivered);
    bench.lose(&first, 1);
    // 0 got it and 1 did not; of 2 no word came, 3 is unknown, 4 is queued, and 5 and 6 were not its recipients.
    let takes = |outcome| bench.estimated(&only(who(&first, outcome))).0;
    assert_eq!((takes(Outcome::Got), takes(Outcome::NotGot)), (1, 3));
    let again = bench.draft_to(only(who(&first, Outcome::NotGot)));
    bench.start_agreed(&again, 3).expect("started");
    bench.prepare_all(&again);
    assert_eq!(bench.queued_for(&again), [number(1), number(5), number(6)]);
}

/// R50, R66, R87: a number that the account and the person list counts once, and takes the place of nobody.
#[test]
fn who_is_listed_by_several_is_one_of_whom_nothing_is_sent_to() {
    let bench = with_people(6);
    bench.blacklist(&number(1));
    let act = bench.act();
    let withdraw = (&number(1), &PersonAct::Withdraw, Some("Write no more"));
    bench
        .tenant()
        .act_on_person(&act, withdraw.0, withdraw.1, withdraw.2, None)
        .block_on()
        .expect("withdrawn");
    let list = bench.list("Regulars");
    bench.join(&list, &[0, 1, 2]);
    for audience in [only(with_numbers(&[0, 1, 2])), only(in_lists(&[&list]))] {
        assert_eq!(bench.estimated(&audience), (3, 1));
        let campaign = bench.draft_to(audience);
        bench.start_agreed(&campaign, 2).expect("started");
        // A step as long as the audience: not a row of it is left over.
        bench.tenant().prepare(&campaign, &routes(), 3, bench.now()).block_on().expect("prepared");
        bench.prepare_all(&campaign);
        assert_eq!(bench.queued_for(&campaign), [number(0), number(2)]);
        assert_eq!(
            bench.count(
                "SELECT count(*) FROM message WHERE account = ?1 AND id > (SELECT last_row FROM cell)"
            ),
            0
        );
    }
    let next = bench.draft_to(only(with_numbers(&[3, 4, 5])));
    bench.start_agreed(&next, 3).expect("started");
    bench.prepare_all(&next);
    assert_eq!(bench.queued_for(&next), [number(3), number(4), number(5)]);
}

/// R87: while a campaign is being prepared, whoever has no message of it yet may still get one.
#[test]
fn who_did_not_get_a_campaign_is_not_asked_while_it_is_being_prepared() {
    let bench = with_people(5);
    let first = bench.draft_to(Audience { include: with_numbers(&[0, 1, 2]), exclude: Vec::new() });
    let again = bench.draft_to(only(who(&first, Outcome::NotGot)));
    bench.start_agreed(&first, 3).expect("started");
    bench.tenant().prepare(&first, &routes(), 1, bench.now()).block_on().expect("prepared");
    let refused = Err(Refusal::CampaignBeingPrepared.into());
    assert_eq!(bench.start_agreed(&again, 4).map(drop), refused);
    bench.tenant().pause_campaign(&bench.act(), &first).block_on().expect("paused");
    assert_eq!(bench.start_agreed(&again, 4).map(drop), refused);
    bench.tenant().resume_campaign(&bench.act(), &first).block_on().expect("resumed");
    bench.prepare_all(&first);
    bench.start_agreed(&again, 2).expect("started");
    bench.prepare_all(&again);
    assert_eq!(bench.queued_for(&again), [number(3), number(4)]);
}

/// R96: a program that looks at a link is nobody who opened it.
#[test]
fn who_opened_a_link_is_a_person_and_who_did_not_was_sent_one() {
    let bench = with_people(4);
    bench.blacklist(&number(3));
    let linked = bench.linked_campaign();
    let messages = bench.hand_over(&linked, 10);
    let token = |n: usize| {
        let message = messages.iter().find(|one| one.phone.as_deref() == Some(&number(n))).expect("sent");
        link_tokens(message).remove(0)
    };
    bench.visit(&token(0), Visitor::Person);
    bench.visit(&token(1), Visitor::Preview);
    let opened = bench.draft_to(only(who(&linked, Outcome::Opened)));
    let not_opened = bench.draft_to(only(who(&linked, Outcome::NotOpened)));
    for (campaign, messages) in [(&opened, 1), (&not_opened, 2)] {
        bench.start_agreed(campaign, messages).expect("started");
        bench.prepare_all(campaign);
    }
    assert_eq!(bench.queued_for(&opened), [number(0)]);
    assert_eq!(bench.queued_for(&not_opened), [number(1), number(2)], "not whom nothing was sent to");
}

#[test]
fn who_answered_a_call_is_found_whichever_attempt_it_was() {
    let bench = Bench::new();
    let calls = bench.queue_calls(3, 2);
    let rung = bench.call(&calls, ByWhat::Attempt);
    let of = |n: usize| rung.iter().find(|one| one.phone.as_deref() == Some(&number(n))).expect("rung");
    bench.end_call(&of(0).message, CallResult::Answered);
    bench.end_call(&of(1).message, CallResult::NoAnswer);
    bench.end_call(&of(2).message, CallResult::Machine);
    bench.pass(3_600_000);
    let again = bench.call(&calls, ByWhat::Attempt);
    let second = again.iter().find(|one| one.phone.as_deref() == Some(&number(1))).expect("rung again");
    bench.end_call(&second.message, CallResult::Answered);
    let campaign = bench.draft_to(only(who(&calls, Outcome::Answered)));
    assert_eq!(bench.estimated(&only(who(&calls, Outcome::Answered))), (2, 0));
    bench.top_up("pay_2", PRICE * 2).expect("credited");
    bench.start_agreed(&campaign, 2).expect("started");
    bench.prepare_all(&campaign);
    assert_eq!(bench.queued_for(&campaign), [number(0), number(1)]);
}

/// R100, R102: a score selects where its owner says so. Whoever has none, or objected, is taken by no rule over scores
/// and left out by none.
#[test]
fn a_score_selects_nobody_who_has_none_and_leaves_out_nobody_who_has_none() {
    let bench = with_past(Past::Telling);
    let scoring = bench.score();
    assert!(scoring.scored.is_some_and(|scored| scored > 100), "{scoring:?}");
    let people = bench.estimated(&Audience::default()).0;
    let takes = |include| bench.estimated(&only(include)).0;
    let [least, below] =
        [scored(ScoreKind::Reach, Some(0.5), None), scored(ScoreKind::Reach, None, Some(0.5))];
    let (likely, unlikely) = (takes(least.clone()), takes(below.clone()));
    assert_eq!(Some(likely + unlikely), scoring.scored);
    assert!(likely > 0 && unlikely > 0);
    let without = Audience { include: Selection::default(), exclude: vec![below.clone()] };
    assert_eq!(bench.estimated(&without).0, people - unlikely, "whoever has no score stays");
    assert_eq!(takes(scored(ScoreKind::Response, Some(0.0), None)), 0, "of a kind of which there is no run");
    let objector = |include: &Selection| takes(Selection { phones: vec![number(0)], ..include.clone() });
    assert_eq!(objector(&least) + objector(&below), 1);
    bench.say(&[number(0)], Word::Objects);
    assert_eq!(objector(&least) + objector(&below), 0);
    assert_eq!(takes(least) + takes(below), likely + unlikely - 1);
}

/// R50: two starts of one draft at once: whoever fixed its recipients last goes on, and the other one is refused.
#[test]
fn of_two_starts_at_once_one_goes_on_with_recipients_of_its_own() {
    let bench = with_people(3);
    let list = bench.list("Regulars");
    bench.join(&list, &[0, 1]);
    let campaign = bench.draft_to(only(in_lists(&[&list])));
    bench.sql(
        "CREATE TRIGGER another_start AFTER INSERT ON campaign_recipient
         BEGIN UPDATE campaign SET fixed_by = 'another'; END",
    );
    assert_eq!(refused(bench.start_agreed(&campaign, 2)), Some(Refusal::CampaignStateConflict));
    bench.sql("DROP TRIGGER another_start");
    bench.leave(&list, &[0]);
    bench.start_agreed(&campaign, 1).expect("what the other one left does not count");
    bench.prepare_all(&campaign);
    assert_eq!(bench.queued_for(&campaign), [number(1)]);
}

#[test]
fn a_campaign_that_ends_early_keeps_no_recipients() {
    let bench = with_people(5);
    let campaign = bench.draft_to(Audience { include: with_numbers(&[0, 1, 2]), exclude: Vec::new() });
    bench.start_agreed(&campaign, 3).expect("started");
    bench.tenant().prepare(&campaign, &routes(), 1, bench.now()).block_on().expect("prepared");
    assert_eq!(left_over(&bench), 2);
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_eq!(left_over(&bench), 0);
}

/// R158: what an audience says of people stands in no file.
#[test]
fn numbers_tags_and_names_of_lists_are_sealed() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = Bench::in_file(&path);
    bench.upload(&numbers(2));
    let list = bench.list("Debtors of November");
    bench.join(&list, &[1]);
    let tag =
        bench.tenant().create_list(&bench.act(), ListKind::Tag, "Overdue").block_on().expect("made").list;
    bench.join(&tag, &[1]);
    bench.draft_to(only(with_numbers(&[1])));
    let audience = only(with_numbers(&[0]));
    bench.tenant().save_audience(&bench.act(), "Late payers", &audience).block_on().expect("saved");
    for (file, bytes) in files(&path) {
        for secret in [
            number(0),
            number(1),
            "Debtors of November".to_owned(),
            "Overdue".to_owned(),
            "Late payers".to_owned(),
        ] {
            assert!(!holds(&bytes, secret.as_bytes()), "{secret} in {}", file.display());
        }
    }
}

/// What a contact is to the rules of one run.
#[derive(Clone, Debug)]
struct Person {
    lists: BTreeSet<usize>,
    tags: BTreeSet<usize>,
    is_blacklisted: bool,
}

const TAGS: [&str; 3] = ["vip", "new", "debtor"];

fn person() -> impl Strategy<Value = Person> {
    let some = || prop::collection::btree_set(0_usize..3, 0..3);
    (some(), some(), prop::bool::weighted(0.2)).prop_map(|(lists, tags, is_blacklisted)| Person {
        lists,
        tags,
        is_blacklisted,
    })
}

/// A selection by its lists, tags and numbers: of none of them where it is empty.
type Picked = (BTreeSet<usize>, BTreeSet<usize>, BTreeSet<usize>);

fn picked() -> impl Strategy<Value = Picked> {
    let some = || prop::collection::btree_set(0_usize..3, 0..3);
    (
        some(),
        some(),
        prop_oneof![3 => Just(BTreeSet::new()), 1 => prop::collection::btree_set(0_usize..14, 1..9)],
    )
}

fn takes(picked: &Picked, place: usize, person: &Person) -> bool {
    let (lists, tags, phones) = picked;
    (lists.is_empty() || !lists.is_disjoint(&person.lists))
        && (tags.is_empty() || !tags.is_disjoint(&person.tags))
        && (phones.is_empty() || phones.contains(&place))
}

fn selection(picked: &Picked, lists: &[String]) -> Selection {
    let (in_lists, tags, phones) = picked;
    Selection {
        lists: in_lists.iter().map(|n| lists[*n].clone()).collect(),
        tags: tags.iter().map(|n| TAGS[*n].to_owned()).collect(),
        phones: phones.iter().map(|n| number(*n)).collect(),
        rules: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// R50, R66: whatever is combined, the estimate counts exactly those who are then written to.
    #[test]
    fn an_audience_is_what_its_words_say(
        people in prop::collection::vec(person(), 1..12),
        include in picked(),
        exclude in prop::collection::vec(picked(), 0..3),
    ) {
        let exclude: Vec<Picked> =
            exclude.into_iter().filter(|(a, b, c)| !(a.is_empty() && b.is_empty() && c.is_empty())).collect();
        let bench = Bench::on(crate::support::TestDatabase::Native(NativeDatabase::in_memory().block_on().expect("opens")));
        bench.upload(&numbers(people.len()));
        bench.top_up("pay_1", PRICE * 100).expect("credited");
        let lists: Vec<String> = (0..3).map(|n| bench.list(&format!("list {n}"))).collect();
        let mut tags = BTreeMap::new();
        for (n, word) in TAGS.iter().enumerate() {
            let (tenant, act) = (bench.tenant(), bench.act());
            let tag = tenant.create_list(&act, sendbox_store::cell::ListKind::Tag, word).block_on();
            tags.insert(n, tag.expect("made").list);
        }
        for (place, person) in people.iter().enumerate() {
            for n in &person.lists { bench.join(&lists[*n], &[place]); }
            for n in &person.tags { bench.join(&tags[n], &[place]); }
            if person.is_blacklisted { bench.blacklist(&number(place)); }
        }
        let audience = Audience {
            include: selection(&include, &lists),
            exclude: exclude.iter().map(|one| selection(one, &lists)).collect(),
        };
        let meant = |(place, person): &(usize, &Person)| {
            takes(&include, *place, person) && !exclude.iter().any(|one| takes(one, *place, person))
        };
        let meant: Vec<(usize, &Person)> = people.iter().enumerate().filter(meant).collect();
        let listed = meant.iter().filter(|(_, person)| person.is_blacklisted).count() as i64;
        prop_assert_eq!(bench.estimated(&audience), (meant.len() as i64, listed));
        let written: Vec<String> =
            meant.iter().filter(|(_, person)| !person.is_blacklisted).map(|(place, _)| number(*place)).collect();
        let campaign = bench.draft_to(audience);
        let started = bench.start_agreed(&campaign, written.len() as i64);
        if written.is_empty() {
            prop_assert_eq!(refused(started), Some(Refusal::NoContacts));
        } else {
            started.expect("started");
            bench.prepare_all(&campaign);
            prop_assert_eq!(bench.queued_for(&campaign), written);
        }
    }
}
