//! Runs of scores: only of people who consent, charged when they are delivered, void when somebody objects.

use domain::account::AccountKind;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use scoring::{Kind, Model};
use sendbox_store::cell::{NewScoring, Repeatable, ScoredContact, ScoringState, Skipped, Word};
use sendbox_store::{Refusal, StoreError};

use crate::support::scoring::{PEOPLE, Past, SCORE_PRICE, consenting, with_past};
use crate::support::{Bench, DAY, MINUTE, number, numbers};

fn scores(bench: &Bench, scoring: &str) -> Vec<ScoredContact> {
    bench.tenant().scores(scoring, None, 5_000).block_on().expect("reads").items
}

fn skipped(bench: &Bench, scoring: &str) -> Vec<(String, Skipped)> {
    let page = bench.tenant().skipped_contacts(scoring, None, 5_000).block_on().expect("reads");
    page.items.into_iter().map(|one| (one.phone, one.why)).collect()
}

fn begin(bench: &Bench, agreed: i64, key: Option<&str>) -> Result<String, StoreError> {
    let new =
        NewScoring { kind: Kind::Reach, tariff: "1".to_owned(), price: SCORE_PRICE, agreed: Tiyn(agreed) };
    let repeat =
        key.map(|key| Repeatable { route: "POST /v1/scorings", key: key.to_owned(), request: [1; 32] });
    bench.tenant().begin_scoring(&bench.act(), &new, repeat.as_ref()).block_on().map(|run| run.scoring)
}

/// R99: without a single consent there is nobody to score.
#[test]
fn a_run_over_people_who_did_not_consent_is_refused() {
    let bench = Bench::new();
    bench.top_up("pay_1", 1_000_000).expect("credited");
    bench.upload(&numbers(20));
    assert_eq!(begin(&bench, 1_000_000, None), Err(Refusal::NobodyConsented.into()));
    bench.say(&numbers(20), Word::Consents);
    bench.say(&numbers(20), Word::Withdraws);
    assert_eq!(begin(&bench, 1_000_000, None), Err(Refusal::NobodyConsented.into()));
    assert_eq!(bench.balance(), (1_000_000, 0));
}

/// R50: never more than was agreed to.
#[test]
fn a_run_that_costs_more_than_was_agreed_to_is_refused() {
    let bench = consenting(30);
    assert_eq!(begin(&bench, 20 * SCORE_PRICE.0 - 1, None), Err(Refusal::EstimateChanged.into()));
    assert!(begin(&bench, 20 * SCORE_PRICE.0, None).is_ok());
}

#[test]
fn a_run_that_the_balance_does_not_cover_is_refused_and_holds_nothing() {
    let bench = Bench::new();
    bench.top_up("pay_1", 20 * SCORE_PRICE.0 - 1).expect("credited");
    bench.upload(&numbers(20));
    bench.say(&numbers(20), Word::Consents);
    assert_eq!(begin(&bench, 1_000_000, None), Err(Refusal::BalanceInsufficient.into()));
    assert_eq!(bench.balance(), (20 * SCORE_PRICE.0 - 1, 0));
    assert_eq!(bench.scoring_job(), None);
}

#[test]
fn a_second_run_while_one_is_under_way_is_refused_and_a_repeat_finds_the_first() {
    let bench = consenting(30);
    let first = begin(&bench, 1_000_000, Some("k")).expect("begun");
    assert_eq!(begin(&bench, 1_000_000, Some("k")), Ok(first));
    assert_eq!(begin(&bench, 1_000_000, None), Err(Refusal::ScoringInProgress.into()));
    assert_eq!(bench.balance(), (1_000_000 - 20 * SCORE_PRICE.0, 20 * SCORE_PRICE.0));
}

#[test]
fn anothers_run_is_not_found() {
    let bench = consenting(30);
    let scoring = bench.begin_scoring();
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let stranger = bench.tenant_of(&stranger);
    assert_eq!(stranger.scoring(&scoring).block_on(), Ok(None));
    assert!(stranger.scores(&scoring, None, 10).block_on().expect("reads").items.is_empty());
    assert!(stranger.skipped_contacts(&scoring, None, 10).block_on().expect("reads").items.is_empty());
    assert!(stranger.scorings(None, 10).block_on().expect("reads").items.is_empty());
}

/// R103: whoever has too little history is told how much is missing, and pays nothing.
#[test]
fn a_run_with_too_little_to_learn_from_is_free_and_says_how_much_there_is() {
    let bench = consenting(30);
    bench.remember(Past::Telling);
    let run = bench.score();
    assert_eq!((run.state, run.charged), (ScoringState::NotEnough, None));
    let people = run.people.expect("counted");
    assert_eq!(people.happened + people.not, 20, "those who consented, and nobody else");
    assert_eq!(bench.balance(), (1_000_000, 0));
    assert_eq!(bench.count("SELECT count(*) FROM scored_contact WHERE account = ?1 AND skipped IS NULL"), 0);
    assert_eq!(skipped(&bench, &run.scoring).len(), 10);
}

/// R103: noise is called noise, and nobody pays for it.
#[test]
fn a_run_over_noise_says_that_there_is_nothing_to_say_and_is_free() {
    let bench = with_past(Past::Noise);
    let run = bench.score();
    assert_eq!((run.state, run.charged), (ScoringState::NothingToSay, None));
    assert!(run.quality.is_some_and(|quality| !quality.says_something()));
    assert_eq!(bench.balance(), (1_000_000, 0));
    assert!(scores(&bench, &run.scoring).is_empty());
}

/// R49: charged when the scores are delivered, for those that are, and not before.
#[test]
fn scores_are_charged_in_the_transaction_that_delivers_them() {
    let bench = with_past(Past::Telling);
    let scoring = bench.begin_scoring();
    let total = (PEOPLE as i64 - 10) * SCORE_PRICE.0;
    bench.score_until("deliver");
    assert_eq!(bench.balance(), (1_000_000 - total, total), "held, and not charged");
    assert!(scores(&bench, &scoring).is_empty(), "nothing is read before it is paid for");
    assert!(bench.scoring_step());
    assert_eq!(bench.balance(), (1_000_000 - total, 0));
    let run = bench.scoring(&scoring);
    assert_eq!((run.state, run.charged), (ScoringState::Completed, Some(Tiyn(total))));
    assert_eq!((run.scored, run.skipped), (Some(PEOPLE as i64 - 10), Some(10)));
    assert_eq!(scores(&bench, &scoring).len(), PEOPLE - 10);
    let ledger = bench.tenant().ledger(None, 10).block_on().expect("reads").items;
    let capture = ledger.iter().find(|transfer| transfer.kind == "capture").expect("charged");
    assert_eq!(capture.scoring.as_deref(), Some(scoring.as_str()), "the ledger says for what");
    assert_eq!(bench.figure("SELECT sum(amount) FROM entry WHERE book = 'service'"), total);
}

/// R95: the scores say what the past says.
#[test]
fn who_was_reached_before_has_the_higher_score_and_is_told_why() {
    let bench = with_past(Past::Telling);
    let run = bench.score();
    let scores = scores(&bench, &run.scoring);
    let mean = |parity: usize| {
        let of: Vec<f64> = scores.iter().skip(parity).step_by(2).map(|one| one.score.value()).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    assert!(mean(0) > 0.7 && mean(1) < 0.4, "{} {}", mean(0), mean(1));
    assert!(run.quality.is_some_and(|quality| quality.auc.value() > 0.75));
    assert!(scores.iter().all(|one| !one.reasons.is_empty()));
}

/// R98, R99: how somebody was reached before is known of those who consented, by the account's own history.
#[test]
fn who_consented_is_known_to_have_been_reached_before_and_nobody_else() {
    let bench = with_past(Past::Telling);
    let reached = |bench: &Bench| bench.tenant().reached_before(&numbers(PEOPLE)).block_on().expect("reads");
    assert!(reached(&bench).is_empty(), "nothing without a run");
    let run = bench.score();
    let known = reached(&bench);
    assert_eq!(known.len(), PEOPLE - 10);
    let one = known.get(&number(0)).expect("consented");
    assert_eq!((one.scoring.as_str(), one.as_of), (run.scoring.as_str(), run.created_at));
    let counts = &one.inputs.counts;
    assert_eq!(counts.texts_delivered + counts.texts_expired, 4, "all that happened");
    assert!(!known.contains_key(&number(PEOPLE - 1)));
    bench.say(&[number(0)], Word::Objects);
    assert!(!reached(&bench).contains_key(&number(0)));
}

/// R50, R103: nobody buys one score and says afterwards that everybody consented: what was not agreed to is not delivered.
#[test]
fn no_more_scores_are_delivered_than_were_agreed_to() {
    let bench = with_past(Past::Telling);
    let scoring = bench.begin_scoring();
    bench.say(&numbers(PEOPLE), Word::Consents);
    while bench.scoring_step() {}
    assert_eq!(scores(&bench, &scoring).len(), PEOPLE - 10);
    let beyond = skipped(&bench, &scoring);
    assert_eq!(beyond.len(), 10);
    assert!(beyond.iter().all(|(_, why)| *why == Skipped::BeyondAgreement), "{beyond:?}");
    assert_eq!(bench.balance(), (1_000_000 - (PEOPLE as i64 - 10) * SCORE_PRICE.0, 0));
}

/// R104: a score is as of when the run was asked for, however long the run takes.
#[test]
fn what_leaves_after_a_run_was_asked_for_is_not_in_it() {
    let bench = with_past(Past::Telling);
    let scoring = bench.begin_scoring();
    bench.pass(29 * DAY);
    bench.remember(Past::Noise);
    while bench.scoring_step() {}
    let scores = scores(&bench, &scoring);
    assert_eq!(scores.len(), PEOPLE - 10);
    for one in scores {
        assert!(one.inputs.counts.texts_delivered + one.inputs.counts.texts_expired <= 4, "{one:?}");
    }
}

/// R96: who follows links is told from what looks at them by itself.
#[test]
fn a_visit_of_a_person_is_a_response_and_one_of_a_program_is_none() {
    let bench = with_past(Past::Telling);
    bench.remember_visits();
    let scoring = bench.try_scoring(Kind::Response).expect("begun").scoring;
    while bench.scoring_step() {}
    assert_eq!(bench.scoring(&scoring).state, ScoringState::Completed);
    let scores = scores(&bench, &scoring);
    assert!(scores.iter().all(|one| one.inputs.counts.offers == 4));
    let responses = |parity: usize| {
        let of = scores.iter().skip(parity).step_by(2);
        of.map(|one| (one.inputs.counts.responses, one.score)).collect::<Vec<_>>()
    };
    assert!(responses(1).iter().all(|(responses, _)| *responses == 0), "programs only");
    let most = |parity| responses(parity).into_iter().map(|(_, score)| score).max();
    assert!(responses(0).iter().any(|(responses, _)| *responses > 1) && most(0) > most(1));
}

/// R104: the stored model gives the stored score from the stored inputs, bit for bit.
#[test]
fn a_score_can_be_made_again_from_what_is_stored() {
    let bench = with_past(Past::Telling);
    let run = bench.score();
    let model: &Model = run.model.as_ref().expect("a model");
    assert_eq!(model.rules, scoring::RULES_VERSION);
    for one in scores(&bench, &run.scoring) {
        let again = model.score(&one.inputs);
        assert_eq!((again.chance, again.reasons), (one.score, one.reasons));
    }
}

/// R99: of whoever did not consent nothing is looked at, and they are listed.
#[test]
fn who_did_not_consent_is_skipped_and_listed_with_the_reason() {
    let bench = with_past(Past::Telling);
    bench.say(&[number(3)], Word::Objects);
    bench.blacklist(&number(4));
    let run = bench.score();
    let mut wanted: Vec<(String, Skipped)> =
        (PEOPLE - 10..PEOPLE).map(|n| (number(n), Skipped::NoConsent)).collect();
    wanted.insert(0, (number(3), Skipped::Objected));
    wanted.insert(1, (number(4), Skipped::Blacklisted));
    assert_eq!(skipped(&bench, &run.scoring), wanted);
    let scored = scores(&bench, &run.scoring);
    assert!(scored.iter().all(|one| wanted.iter().all(|(phone, _)| *phone != one.phone)));
}

/// R98: what another account knows of the same people says nothing here.
#[test]
fn a_run_knows_nothing_of_what_other_accounts_sent_to_the_same_people() {
    let mut bench = with_past(Past::Telling);
    bench.account = bench.open_account(AccountKind::LegalEntity);
    bench.top_up("pay_other", 1_000_000).expect("credited");
    bench.upload(&numbers(PEOPLE));
    bench.say(&numbers(PEOPLE), Word::Consents);
    let run = bench.score();
    assert_eq!(run.state, ScoringState::NotEnough);
    assert_eq!(run.people.map(|people| people.happened + people.not), Some(0));
}

/// R100: an objection voids the score at once, and nobody reads it any more.
#[test]
fn an_objection_voids_a_stored_score_in_the_same_transaction() {
    for word in [Word::Objects, Word::Withdraws] {
        let bench = with_past(Past::Telling);
        let run = bench.score();
        bench.say(&[number(7)], word);
        assert!(scores(&bench, &run.scoring).iter().all(|one| one.phone != number(7)));
        let why = skipped(&bench, &run.scoring).into_iter().find(|(phone, _)| *phone == number(7));
        let wanted = if word == Word::Objects { Skipped::Objected } else { Skipped::NoConsent };
        assert_eq!(why, Some((number(7), wanted)));
        let left = "SELECT count(*) FROM scored_contact WHERE skipped IS NOT NULL AND coalesce(score, inputs, past) IS NOT NULL";
        assert_eq!(bench.figure(left), 0);
    }
}

/// R100: one that comes while the run works counts too, between what a step read and what it writes, and its score is
/// not charged for.
#[test]
fn an_objection_during_a_run_is_neither_scored_nor_charged() {
    for phase in ["read", "score", "deliver"] {
        let bench = with_past(Past::Telling);
        let scoring = bench.begin_scoring();
        bench.score_until(phase);
        let (job, step) = bench.prepared_step().expect("due");
        bench.say(&[number(7)], Word::Objects);
        bench.commit_step(&job, step).expect("its own");
        while bench.scoring_step() {}
        let run = bench.scoring(&scoring);
        assert_eq!(run.scored, Some(PEOPLE as i64 - 11), "{phase}");
        assert_eq!(run.charged, Some(Tiyn((PEOPLE as i64 - 11) * SCORE_PRICE.0)), "{phase}");
        assert!(scores(&bench, &scoring).iter().all(|one| one.phone != number(7)), "{phase}");
    }
}

/// R67: whoever is no contact any more has no score.
#[test]
fn a_deleted_contact_takes_its_score_with_it() {
    let bench = with_past(Past::Telling);
    let run = bench.score();
    let gone = scores(&bench, &run.scoring).remove(0);
    bench.tenant().delete_contacts(&bench.act(), Some(&gone.contact)).block_on().expect("deleted");
    let left = format!("SELECT count(*) FROM scored_contact WHERE contact = '{}'", gone.contact);
    assert_eq!(bench.figure(&left), 0);
}

/// R103: a host that dies in the middle of a step has changed and charged nothing; the step is done once, by whoever
/// takes the job then.
#[test]
fn a_step_of_a_host_that_died_is_done_once_by_another() {
    let bench = with_past(Past::Telling);
    let scoring = bench.begin_scoring();
    for phase in ["read", "learn", "score", "deliver"] {
        bench.score_until(phase);
        let (slow_job, slow) = bench.prepared_step().expect("due");
        bench.pass(2 * MINUTE);
        let (job, step) = bench.prepared_step().expect("taken over");
        assert_eq!(bench.commit_step(&slow_job, slow), None, "{phase}: it lost its lease");
        bench.commit_step(&job, step).expect("its own");
    }
    while bench.scoring_step() {}
    let run = bench.scoring(&scoring);
    assert_eq!(run.charged, Some(Tiyn((PEOPLE as i64 - 10) * SCORE_PRICE.0)));
    assert_eq!(bench.balance().1, 0);
}

#[test]
fn scores_of_an_earlier_run_of_the_kind_are_gone_once_a_later_one_is_completed() {
    let bench = with_past(Past::Telling);
    let first = bench.score();
    bench.pass(MINUTE);
    let second = bench.score();
    assert_eq!(bench.scoring(&first.scoring).state, ScoringState::Superseded);
    assert_eq!(bench.scoring(&first.scoring).charged, first.charged, "it stays paid");
    assert!(scores(&bench, &first.scoring).is_empty());
    assert_eq!(scores(&bench, &second.scoring).len(), PEOPLE - 10);
    let of_first = format!("SELECT count(*) FROM scored_contact WHERE scoring = '{}'", first.scoring);
    assert_eq!(bench.figure(&of_first), 0);
}

/// R103, R127: an account that is closed pays for no run that was under way, and nothing of its people stays.
#[test]
fn an_erasure_ends_a_run_without_a_charge_and_destroys_what_was_known() {
    let bench = with_past(Past::Telling);
    bench.score();
    bench.say(&[number(5)], Word::Objects);
    let scoring = bench.begin_scoring();
    bench.score_until("learn");
    bench.erase();
    let run = bench.scoring(&scoring);
    assert_eq!((run.state, run.charged, run.model), (ScoringState::Ended, None, None));
    assert_eq!(bench.balance(), (0, 0));
    for table in ["scored_contact", "decision_stance", "appeal"] {
        assert_eq!(bench.count(&format!("SELECT count(*) FROM {table} WHERE account = ?1")), 0, "{table}");
    }
    assert_eq!(bench.count("SELECT count(*) FROM scoring WHERE account = ?1 AND model IS NOT NULL"), 0);
    while bench.scoring_step() {}
    assert_eq!(bench.count("SELECT count(*) FROM scored_contact WHERE account = ?1"), 0);
}
