//! What people said of automated decisions, and what they say against them: it counts from the moment that it is said.

use domain::account::AccountKind;
use domain::money::Tiyn;
use domain::unpaid::Kept;
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{
    Appeal, AppealDecision, AppealKind, AppealOutcome, NewAppeal, Stance, StancesNoted, Word,
};

use crate::support::scoring::{Past, with_past};
use crate::support::{Bench, DAY, MINUTE, files, holds, number, numbers};

fn appeal(bench: &Bench, kind: AppealKind, phone: &str) -> Appeal {
    let new = NewAppeal {
        kind,
        phone: phone.to_owned(),
        said: "Мен бұл шешіммен келіспеймін".to_owned(),
        due_at: bench.now() + 5 * DAY,
    };
    bench.tenant().receive_appeal(&bench.act(), &new).block_on().expect("received")
}

fn decision(bench: &Bench) -> AppealDecision {
    AppealDecision {
        outcome: AppealOutcome::DecisionChanged,
        by: "Head of the call centre".to_owned(),
        reason: "The number was another person's before".to_owned(),
        at: bench.now(),
    }
}

/// R100: a list of consents does not outvote a person.
#[test]
fn a_list_of_consents_leaves_whoever_objected_as_they_are() {
    let bench = Bench::new();
    let import = bench.upload(&numbers(3));
    bench.say(&[number(1)], Word::Objects);
    let act = bench.act();
    let noted = bench.tenant().note_stances(&act, &numbers(3), Word::Consents, "Form").block_on();
    assert_eq!(noted, Ok(StancesNoted { changed: 2, objectors: 1 }));
    bench.tenant().note_consent_of_import(&act, &import).block_on().expect("noted");
    assert_eq!(bench.stance(&number(1)), Some(Stance::Objected));
}

/// R99: whoever takes an objection back has not consented by that.
#[test]
fn an_objection_that_is_taken_back_is_no_consent() {
    let bench = Bench::new();
    bench.say(&[number(1)], Word::Objects);
    bench.say(&[number(1)], Word::TakesObjectionBack);
    assert_eq!(bench.stance(&number(1)), Some(Stance::Withdrawn));
    bench.say(&[number(1)], Word::Consents);
    assert_eq!(bench.stance(&number(1)), Some(Stance::Consented));
}

/// R99, R100: nor does a file outvote it that comes later.
#[test]
fn a_withdrawal_ends_no_objection_and_is_kept_where_nothing_was_said_before() {
    let bench = Bench::new();
    bench.say(&[number(1)], Word::Objects);
    bench.say(&numbers(3), Word::Withdraws);
    assert_eq!(bench.stance(&number(1)), Some(Stance::Objected));
    assert_eq!(bench.stance(&number(2)), Some(Stance::Withdrawn));
}

/// R99: consent is that of the account's own completed upload, and no other.
#[test]
fn consent_of_an_upload_that_is_not_there_or_not_completed_is_refused() {
    let bench = Bench::new();
    let import = bench.begin_upload();
    bench.add_batch(&import, &numbers(3)).expect("stored");
    let note = |import: &str| bench.tenant().note_consent_of_import(&bench.act(), import).block_on();
    assert_eq!(note(&import), Err(Refusal::NotFound.into()));
    bench.complete(&import).expect("completed");
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let refused = bench.tenant_of(&stranger).note_consent_of_import(&bench.act(), &import).block_on();
    assert_eq!(refused, Err(Refusal::NotFound.into()));
    assert_eq!(note(&import).map(|noted| noted.changed), Ok(3));
    assert_eq!(bench.stance(&number(2)), Some(Stance::Consented));
}

/// R100, R118: an account that has not paid keeps few consents; what people say against it is always taken.
#[test]
fn an_objection_is_taken_where_another_consent_is_not() {
    let bench = Bench::new();
    let most = Kept::DecisionConsents.most_unpaid() as usize;
    bench.say(&numbers(most), Word::Consents);
    let late = [number(most)];
    let act = bench.act();
    let consent = bench.tenant().note_stances(&act, &late, Word::Consents, "Form").block_on();
    assert_eq!(consent, Err(Refusal::StorageLimitUntilPayment.into()));
    bench.say(&late, Word::Objects);
    assert_eq!(bench.stance(&late[0]), Some(Stance::Objected));
}

/// R100: it holds for whoever comes back under the same number.
#[test]
fn an_objection_outlives_the_contact() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.say(&[number(0)], Word::Objects);
    bench.tenant().delete_contacts(&bench.act(), None).block_on().expect("deleted");
    bench.upload(&numbers(1));
    bench.say(&[number(0)], Word::Consents);
    assert_eq!(bench.stance(&number(0)), Some(Stance::Objected));
}

/// R91: who noted what of how many people stands in the log.
#[test]
fn what_people_said_is_proven_without_a_number() {
    let bench = Bench::new();
    bench.say(&numbers(3), Word::Consents);
    bench.say(&numbers(3), Word::Consents);
    let events = bench.events("stances_noted");
    assert_eq!(events.len(), 1, "what changes nothing is no event");
    assert_eq!((&events[0]["word"], &events[0]["people"]), (&"consents".into(), &3.into()));
    assert!(!events[0].to_string().contains("+7701"));
}

/// R101: whoever wants a human to look at it is excluded at once, with a day by which they are answered.
#[test]
fn a_review_excludes_the_person_and_keeps_what_it_is_about() {
    let bench = with_past(Past::Telling);
    let run = bench.score();
    let review = appeal(&bench, AppealKind::Review, &number(7));
    assert_eq!(bench.stance(&number(7)), Some(Stance::Objected));
    let scores = bench.tenant().scores(&run.scoring, None, 5_000).block_on().expect("reads").items;
    assert!(scores.iter().all(|one| one.phone != number(7)));
    assert_eq!(review.contested[0]["scoring"], run.scoring.as_str());
    assert!(review.contested[0]["score"].is_i64() && review.contested[0]["reasons"].is_array());
    assert_eq!(review.due_at, bench.now() + 5 * DAY);
}

/// R210: an appeal is decided once, by somebody with a name and a reason, and the account keeps it.
#[test]
fn an_appeal_is_decided_once_and_kept() {
    let bench = Bench::new();
    let first = appeal(&bench, AppealKind::Appeal, &number(1));
    bench.pass(MINUTE);
    let second = appeal(&bench, AppealKind::Appeal, &number(2));
    let tenant = bench.tenant();
    let decided = tenant.decide_appeal(&bench.act(), &first.appeal, &decision(&bench)).block_on();
    assert_eq!(decided.expect("decided").decision, Some(decision(&bench)));
    let again = tenant.decide_appeal(&bench.act(), &first.appeal, &decision(&bench)).block_on();
    assert_eq!(again, Err(Refusal::AppealDecided.into()));
    let open = tenant.open_appeals().block_on().expect("reads");
    assert_eq!(open.iter().map(|one| one.appeal.as_str()).collect::<Vec<_>>(), [second.appeal.as_str()]);
    assert_eq!(tenant.appeals(None, 10).block_on().expect("reads").items.len(), 2);
    for kind in ["appeal_received", "appeal_decided"] {
        assert!(!bench.events(kind).is_empty(), "{kind}");
    }
}

#[test]
fn anothers_appeal_is_neither_found_nor_decided() {
    let bench = Bench::new();
    let one = appeal(&bench, AppealKind::Appeal, &number(1));
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let stranger = bench.tenant_of(&stranger);
    assert_eq!(stranger.appeal(&one.appeal).block_on(), Ok(None));
    let refused = stranger.decide_appeal(&bench.act(), &one.appeal, &decision(&bench)).block_on();
    assert_eq!(refused, Err(Refusal::NotFound.into()));
}

/// R158: what people say is sealed.
#[test]
fn the_file_holds_neither_what_people_said_nor_what_was_decided() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cell.db");
    let bench = Bench::in_file(&path);
    bench.top_up("pay_1", Tiyn(1).0).expect("credited");
    let one = appeal(&bench, AppealKind::Appeal, &number(1));
    bench.tenant().decide_appeal(&bench.act(), &one.appeal, &decision(&bench)).block_on().expect("decided");
    bench.say(&[number(2)], Word::Consents);
    bench.cell().truncate_wal().block_on().expect("truncated");
    for wanted in ["келіспеймін", "another person's", "Head of the call", "Form of 20", &number(1)]
    {
        let found = files(&path).iter().any(|(_, bytes)| holds(bytes, wanted.as_bytes()));
        assert!(!found, "{wanted}");
    }
}
