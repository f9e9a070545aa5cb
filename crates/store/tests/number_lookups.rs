//! Look-ups of numbers at an operator: of whom, what leaves, what it costs (R49, R95, R99, R103).

use domain::account::AccountKind;
use domain::money::Tiyn;
use domain::number_lookup::{LookupAnswer, SubscriberStatus};
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Given, Job, LookedUpNumber, Lookup, LookupState, LookupWork, NewLookup, Next, NotLookedUp, NumberAtHand,
    Repeatable, Said, Word,
};
use sendbox_store::{DatabaseClock, DbError, Refusal, StoreError};

use crate::support::{Bench, MINUTE, files, holds, number, numbers};

const CLOCK: DatabaseClock = DatabaseClock { shift_ms: 0 };
/// Of one answer.
const PRICE: i64 = 400;

/// An account with so many contacts who consented, and money.
fn consenting(people: usize) -> Bench {
    let bench = Bench::new();
    bench.top_up("pay_1", 1_000_000).expect("credited");
    bench.upload(&numbers(people));
    bench.say(&numbers(people), Word::Consents);
    bench
}

fn asked_for(phones: Vec<String>, agreed: i64) -> NewLookup {
    let (operator, tariff) = ("smsc".to_owned(), "1".to_owned());
    NewLookup { operator, tariff, price: Tiyn(PRICE), agreed: Tiyn(agreed), phones }
}

fn try_begin(bench: &Bench, phones: Vec<String>, agreed: i64) -> Result<Lookup, StoreError> {
    let new = asked_for(phones, agreed);
    bench.tenant().begin_lookup(&bench.act(), &new, None).block_on().map(|begun| begun.lookup)
}

fn begin(bench: &Bench, people: usize) -> Lookup {
    try_begin(bench, numbers(people), 1_000_000).expect("begun")
}

fn found(bench: &Bench, lookup: &Lookup) -> Lookup {
    bench.tenant().lookup(&lookup.lookup).block_on().expect("reads").expect("there")
}

fn work(bench: &Bench, lookup: &Lookup) -> LookupWork {
    bench.tenant().lookup_work(&lookup.lookup, 100, bench.now()).block_on().expect("reads")
}

fn waiting(bench: &Bench, lookup: &Lookup) -> Vec<NumberAtHand> {
    match work(bench, lookup) {
        LookupWork::Give(numbers) => numbers,
        other => panic!("nothing waits: {other:?}"),
    }
}

fn asked_about(bench: &Bench, lookup: &Lookup) -> Vec<NumberAtHand> {
    match work(bench, lookup) {
        LookupWork::Ask(numbers) => numbers,
        other => panic!("nothing is asked about: {other:?}"),
    }
}

/// Notes that these leave; answers how many may.
fn leave(bench: &Bench, lookup: &Lookup, numbers: &[NumberAtHand]) -> usize {
    let left = bench.tenant().note_leaving(&bench.db, &lookup.lookup, numbers, bench.now()).block_on();
    left.expect("noted").len()
}

fn give(bench: &Bench, lookup: &Lookup, numbers: &[NumberAtHand], given: Given) {
    let given: Vec<_> = numbers.iter().map(|number| (number.id, given)).collect();
    bench.tenant().note_given(&bench.db, &lookup.lookup, &given, bench.now()).block_on().expect("noted");
}

fn hear(bench: &Bench, lookup: &Lookup, numbers: Vec<NumberAtHand>, said: &Said) {
    let said: Vec<_> = numbers.into_iter().map(|number| (number, said.clone())).collect();
    bench.tenant().note_said(&bench.db, lookup, &said, bench.now()).block_on().expect("noted");
}

fn go_on(bench: &Bench, lookup: &Lookup) -> Next {
    let tenant = bench.tenant();
    sendbox_store::transaction(&bench.db, async |db| tenant.go_on_with_lookup(db, lookup, bench.now()).await)
        .block_on()
        .expect("goes on")
}

/// All that waits leaves, and is taken.
fn give_all(bench: &Bench, lookup: &Lookup) {
    let numbers = waiting(bench, lookup);
    assert_eq!(leave(bench, lookup, &numbers), numbers.len());
    give(bench, lookup, &numbers, Given::Taken);
    bench.pass(MINUTE);
}

fn reachable() -> Said {
    Said::Answered(Box::new(LookupAnswer {
        status: SubscriberStatus::Reachable,
        error: None,
        mcc: Some(401),
        mnc: Some(2),
        country: Some("Kazakhstan".to_owned()),
        network: Some("Kcell of tests".to_owned()),
        roaming_country: None,
        roaming_network: None,
        at: Some(1),
    }))
}

fn answers(bench: &Bench, lookup: &Lookup) -> Vec<LookedUpNumber> {
    bench.tenant().looked_up(&lookup.lookup, None, 100).block_on().expect("reads").items
}

/// R99: nobody is asked about who did not consent, objects, is blacklisted or is no contact, and each is told apart.
#[test]
fn only_contacts_who_consented_are_looked_up() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1_000_000).expect("credited");
    bench.upload(&numbers(4));
    bench.say(&[number(0), number(2), number(9)], Word::Consents);
    bench.say(&[number(1)], Word::Objects);
    bench.blacklist(&number(2));
    let phones = vec![number(9), number(1), number(2), number(3)];
    assert_eq!(try_begin(&bench, phones.clone(), 1_000_000), Err(Refusal::NobodyToLookUp.into()));
    let phones = [phones, vec![number(0), number(0)]].concat();
    let new = asked_for(phones, 1_000_000);
    let begun = bench.tenant().begin_lookup(&bench.act(), &new, None).block_on().expect("begun");
    let skipped = [
        (0, NotLookedUp::NotInBase),
        (1, NotLookedUp::Objected),
        (2, NotLookedUp::Blacklisted),
        (3, NotLookedUp::NoConsent),
    ];
    assert_eq!((begun.skipped.as_slice(), begun.lookup.numbers), (skipped.as_slice(), 1), "each once");
    let at_hand: Vec<_> = waiting(&bench, &begun.lookup).into_iter().map(|one| one.phone).collect();
    assert_eq!(at_hand, [number(0)]);
}

/// R45, R50: what was not agreed to, or cannot be paid, is not begun; nor a second one beside the first.
#[test]
fn a_look_up_that_cannot_be_paid_is_refused_and_holds_nothing() {
    let bench = consenting(3);
    let refused = |phones: usize, agreed: i64| try_begin(&bench, numbers(phones), agreed).err();
    assert_eq!(refused(3, 3 * PRICE - 1), Some(Refusal::EstimateChanged.into()));
    assert_eq!(bench.balance(), (1_000_000, 0));
    begin(&bench, 3);
    assert_eq!(bench.balance(), (1_000_000 - 3 * PRICE, 3 * PRICE));
    assert_eq!(refused(3, 1_000_000), Some(Refusal::LookupInProgress.into()));
    let poor = Bench::new();
    poor.top_up("pay_1", PRICE - 1).expect("credited");
    poor.upload(&numbers(1));
    poor.say(&numbers(1), Word::Consents);
    assert_eq!(try_begin(&poor, numbers(1), PRICE), Err(Refusal::BalanceInsufficient.into()));
    assert_eq!(poor.count("SELECT count(*) FROM looked_up_number WHERE account = ?1"), 0);
}

/// R49, R99: a repeat under the same key is answered what the first was, whatever people said since, and holds nothing;
/// another body under the key is refused.
#[test]
fn a_repeated_request_is_answered_what_the_first_was() {
    let bench = consenting(3);
    let repeat = |request: u8| {
        let (route, key) = ("POST /v1/number-lookups", "once".to_owned());
        Some(Repeatable { route, key, request: [request; 32] })
    };
    let before = |request: u8| bench.tenant().lookup_begun_before(repeat(request).as_ref()).block_on();
    assert_eq!(before(1), Ok(None));
    let new = asked_for(vec![number(9), number(0), number(1)], 1_000_000);
    let ask = || bench.tenant().begin_lookup(&bench.act(), &new, repeat(1).as_ref()).block_on();
    let first = ask().expect("begun");
    assert_eq!(first.skipped, [(0, NotLookedUp::NotInBase)]);
    bench.say(&[number(0)], Word::Objects);
    bench.blacklist(&number(1));
    assert_eq!((ask(), before(1)), (Ok(first.clone()), Ok(Some(first))));
    assert_eq!(before(2), Err(Refusal::IdempotencyKeyReused.into()));
    assert_eq!(bench.tenant().lookup_begun_before(None).block_on(), Ok(None));
    assert_eq!(bench.balance(), (1_000_000 - 2 * PRICE, 2 * PRICE));
}

/// R182: another account's is not found.
#[test]
fn a_look_up_is_its_accounts_own() {
    let bench = consenting(1);
    let lookup = begin(&bench, 1);
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let stranger = bench.tenant_of(&stranger);
    assert_eq!(stranger.lookup(&lookup.lookup).block_on(), Ok(None));
    let answers = stranger.looked_up(&lookup.lookup, None, 10).block_on();
    assert_eq!(answers.map(|_| ()), Err(Refusal::NotFound.into()));
    assert_eq!(stranger.lookup_work(&lookup.lookup, 10, bench.now()).block_on(), Ok(LookupWork::Nothing));
}

/// R103: what has left is not given again, whatever comes of it; only what the operator twice never heard of is.
#[test]
fn a_question_is_not_given_twice_on_a_guess() {
    let bench = consenting(1);
    let lookup = begin(&bench, 1);
    let numbers = waiting(&bench, &lookup);
    assert_eq!(leave(&bench, &lookup, &numbers), 1);
    assert_eq!(leave(&bench, &lookup, &numbers), 0, "it has left");
    // Whoever gave it died: nobody looks before its lease is over for long.
    assert_eq!(work(&bench, &lookup), LookupWork::Nothing);
    bench.pass(3 * MINUTE);
    for said in [Said::Unclear, Said::NotFound, Said::Unclear, Said::NotFound] {
        hear(&bench, &lookup, asked_about(&bench, &lookup), &said);
        assert_eq!(work(&bench, &lookup), LookupWork::Nothing, "{said:?}: not at once");
        bench.pass(MINUTE);
    }
    hear(&bench, &lookup, asked_about(&bench, &lookup), &Said::NotFound);
    bench.pass(MINUTE);
    assert_eq!(waiting(&bench, &lookup), numbers, "said twice in a row");
    // What the operator has once taken is never given again.
    give_all(&bench, &lookup);
    for _ in 0..3 {
        hear(&bench, &lookup, asked_about(&bench, &lookup), &Said::NotFound);
        bench.pass(MINUTE);
    }
    assert_eq!(asked_about(&bench, &lookup).len(), 1);
}

/// R103: a lost answer to the giving is asked about, one that was not taken waits, a refusal is the end.
#[test]
fn what_came_of_a_question_says_what_is_done_next() {
    let bench = consenting(3);
    let lookup = begin(&bench, 3);
    let numbers = waiting(&bench, &lookup);
    leave(&bench, &lookup, &numbers);
    for (number, given) in numbers.iter().zip([Given::Unknown, Given::NotTaken, Given::Refused]) {
        give(&bench, &lookup, std::slice::from_ref(number), given);
    }
    assert_eq!(work(&bench, &lookup), LookupWork::Nothing, "nothing at once");
    bench.pass(MINUTE);
    let lost = asked_about(&bench, &lookup);
    assert_eq!(lost, numbers[..1], "it was given before the other");
    hear(&bench, &lookup, lost, &Said::Underway);
    assert_eq!(waiting(&bench, &lookup), numbers[1..2]);
    give_all(&bench, &lookup);
    assert_eq!(asked_about(&bench, &lookup).len(), 2, "the lost one and the one that was taken");
    assert!(matches!(go_on(&bench, &lookup), Next::At(_)));
}

/// R103: neither do questions that are not taken keep answers from being asked for, nor those them from being given again.
#[test]
fn what_has_been_due_the_longest_is_done_first() {
    let bench = consenting(3);
    let lookup = begin(&bench, 3);
    let numbers = waiting(&bench, &lookup);
    leave(&bench, &lookup, &numbers[..2]);
    give(&bench, &lookup, &numbers[..1], Given::NotTaken);
    give(&bench, &lookup, &numbers[1..2], Given::Taken);
    bench.pass(MINUTE);
    let both = [numbers[2].clone(), numbers[0].clone()];
    assert_eq!(waiting(&bench, &lookup), both, "the one that never left has been due from the beginning");
    let first = |most| bench.tenant().lookup_work(&lookup.lookup, most, bench.now()).block_on();
    assert_eq!(first(1), Ok(LookupWork::Give(both[..1].to_vec())));
    leave(&bench, &lookup, &both[..1]);
    give(&bench, &lookup, &both[..1], Given::Taken);
    let asked = asked_about(&bench, &lookup);
    assert_eq!(asked, numbers[1..2], "its answer was due before the other was to be given again");
    hear(&bench, &lookup, asked, &Said::Underway);
    assert_eq!(waiting(&bench, &lookup), numbers[..1]);
}

/// R49, R103: paid for is what was answered, when it is delivered, and nothing is seen before; the rest comes back.
#[test]
fn answers_are_charged_when_they_are_delivered_and_the_rest_is_free() {
    let bench = consenting(3);
    let lookup = begin(&bench, 3);
    give_all(&bench, &lookup);
    let mut numbers = asked_about(&bench, &lookup);
    hear(&bench, &lookup, numbers.split_off(1), &Said::Failed);
    hear(&bench, &lookup, numbers, &reachable());
    assert!(answers(&bench, &lookup).is_empty(), "not delivered yet");
    assert_eq!(bench.balance(), (1_000_000 - 3 * PRICE, 3 * PRICE));
    assert_eq!(go_on(&bench, &lookup), Next::Done);
    assert_eq!(bench.balance(), (1_000_000 - PRICE, 0));
    let done = found(&bench, &lookup);
    assert_eq!(
        (done.state, done.charged, done.answered),
        (LookupState::Completed, Some(Tiyn(PRICE)), Some(1))
    );
    let answers = answers(&bench, &lookup);
    assert_eq!((answers.len(), answers[0].phone.clone()), (1, number(0)));
    assert_eq!(answers[0].answer.network.as_deref(), Some("Kcell of tests"));
    let event = &bench.events("lookup_finished")[0];
    assert_eq!((&event["answered"], &event["charged"]), (&1.into(), &"4.00".into()));
    let again = sendbox_store::transaction(&bench.db, async |db| {
        bench.tenant().go_on_with_lookup(db, &lookup, bench.now()).await
    });
    assert!(matches!(again.block_on(), Err(DbError::Constraint(_))), "delivered once");
}

/// R103: what nobody answered within an hour is free.
#[test]
fn a_look_up_without_an_answer_ends_after_an_hour_and_costs_nothing() {
    let bench = consenting(2);
    let lookup = begin(&bench, 2);
    give_all(&bench, &lookup);
    let Next::At(due_at) = go_on(&bench, &lookup) else { panic!("over") };
    assert!(due_at <= lookup.created_at + 60 * MINUTE);
    bench.pass(59 * MINUTE);
    assert_eq!(go_on(&bench, &lookup), Next::Done);
    assert_eq!((bench.balance(), found(&bench, &lookup).charged), ((1_000_000, 0), Some(Tiyn::ZERO)));
}

/// R100, R67: whoever objects or is no contact any more is neither asked about nor shown, and nobody pays for them.
#[test]
fn whoever_objects_or_is_deleted_is_neither_asked_about_nor_shown() {
    let bench = consenting(4);
    let lookup = begin(&bench, 4);
    let numbers = waiting(&bench, &lookup);
    bench.say(&[number(0)], Word::Objects);
    assert_eq!(leave(&bench, &lookup, &numbers), 3, "not of whoever objects");
    give(&bench, &lookup, &numbers, Given::Taken);
    bench.pass(MINUTE);
    hear(&bench, &lookup, asked_about(&bench, &lookup), &reachable());
    bench.say(&[number(1)], Word::Withdraws);
    assert_eq!(go_on(&bench, &lookup), Next::Done);
    assert_eq!(found(&bench, &lookup).charged, Some(Tiyn(2 * PRICE)));
    assert_eq!(answers(&bench, &lookup).len(), 2);
    bench.tenant().delete_contacts(&bench.act(), Some(&numbers[2].contact)).block_on().expect("deleted");
    assert_eq!(answers(&bench, &lookup).len(), 1);
    bench.say(&[number(3)], Word::Objects);
    assert!(answers(&bench, &lookup).is_empty());
    assert_eq!(bench.count("SELECT count(*) FROM looked_up_number WHERE account = ?1"), 0);
}

/// R86, R117, R125: for an account that is blocked, or whose agreement is over, nothing leaves.
#[test]
fn nothing_leaves_for_an_account_that_may_not_work() {
    for stop in ["state = 'blocked'", "agreement_ended_at = 1"] {
        let bench = consenting(1);
        let lookup = begin(&bench, 1);
        let numbers = waiting(&bench, &lookup);
        bench.sql(&format!("UPDATE account SET {stop}"));
        assert_eq!(leave(&bench, &lookup, &numbers), 0, "{stop}");
        bench.sql("UPDATE account SET state = 'active', agreement_ended_at = NULL");
        assert_eq!(leave(&bench, &lookup, &numbers), 1, "{stop}");
    }
}

/// R103: what was asked before the account was blocked is answered, delivered and paid.
#[test]
fn answers_are_asked_for_while_an_account_is_blocked() {
    let bench = consenting(2);
    let lookup = begin(&bench, 2);
    let numbers = waiting(&bench, &lookup);
    assert_eq!(leave(&bench, &lookup, &numbers[..1]), 1);
    give(&bench, &lookup, &numbers[..1], Given::Taken);
    bench.sql("UPDATE account SET state = 'blocked'");
    bench.pass(MINUTE);
    let asked = asked_about(&bench, &lookup);
    assert_eq!(asked, numbers[..1]);
    hear(&bench, &lookup, asked, &reachable());
    assert_eq!(work(&bench, &lookup), LookupWork::Nothing);
    bench.pass(45 * MINUTE);
    assert_eq!(go_on(&bench, &lookup), Next::Done);
    assert_eq!(found(&bench, &lookup).charged, Some(Tiyn(PRICE)));
}

/// R103: an operator that takes questions slowly is asked for the answers to those that it took, before the hour is over.
#[test]
fn a_quarter_of_an_hour_is_left_for_answers() {
    let bench = consenting(2);
    let lookup = begin(&bench, 2);
    let numbers = waiting(&bench, &lookup);
    leave(&bench, &lookup, &numbers[..1]);
    bench.pass(45 * MINUTE);
    give(&bench, &lookup, &numbers[..1], Given::Taken);
    assert!(matches!(go_on(&bench, &lookup), Next::At(_)));
    bench.pass(MINUTE);
    assert_eq!(asked_about(&bench, &lookup), numbers[..1]);
    assert_eq!(leave(&bench, &lookup, &numbers[1..]), 0, "it is too late to be asked");
}

/// R183: a person is shown what was said of their number.
#[test]
fn a_person_is_shown_what_was_said_of_their_number() {
    let bench = consenting(1);
    let lookup = begin(&bench, 1);
    let of = || bench.tenant().person(&number(0)).block_on().expect("reads").lookups;
    give_all(&bench, &lookup);
    hear(&bench, &lookup, asked_about(&bench, &lookup), &reachable());
    assert!(of().is_empty(), "nobody has seen it yet");
    go_on(&bench, &lookup);
    assert_eq!(of(), answers(&bench, &lookup));
}

/// R87: what has to be noted before it leaves is noted under a lease that is held, and lasts.
#[test]
fn nothing_leaves_under_a_lease_that_does_not_last() {
    let bench = consenting(1);
    begin(&bench, 1);
    bench.sql("DELETE FROM job WHERE kind <> 'lookup'");
    let take = || bench.take_job().expect("due");
    let job = take();
    let note = |job: &Job, lasts_ms: i64| {
        let cell = bench.cell();
        let noted = cell.note_before::<_, DbError>(job, CLOCK, lasts_ms, async |_| Ok(()));
        noted.block_on().expect("answers").is_some()
    };
    assert!(note(&job, 45_000));
    assert!(!note(&job, 10 * MINUTE), "it does not last so long");
    bench.sql("UPDATE job SET due_at = 0");
    assert!(!note(&job, 0), "it ran out");
    let next = take();
    assert!(!note(&job, 0) && note(&next, 0), "another one has it");
}

/// R127, R158: an account that is closed is not looked up for, and its answers go; nothing of them is plain in the file.
#[test]
fn the_end_of_an_account_ends_its_lookups_and_destroys_the_answers() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = Bench::in_file(&path);
    bench.top_up("pay_1", 1_000_000).expect("credited");
    bench.upload(&numbers(2));
    bench.say(&numbers(2), Word::Consents);
    let delivered = begin(&bench, 1);
    give_all(&bench, &delivered);
    hear(&bench, &delivered, asked_about(&bench, &delivered), &reachable());
    go_on(&bench, &delivered);
    assert_eq!(answers(&bench, &delivered).len(), 1);
    for (file, bytes) in files(&path) {
        assert!(!holds(&bytes, b"Kcell of tests"), "{}", file.display());
    }
    let under_way = begin(&bench, 2);
    bench.erase();
    let ended = found(&bench, &under_way);
    assert_eq!((ended.state, ended.charged), (LookupState::Ended, None));
    assert_eq!(bench.count("SELECT count(*) FROM looked_up_number WHERE account = ?1"), 0);
    assert_eq!(bench.balance().1, 0);
}
