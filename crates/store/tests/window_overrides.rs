//! Other hours for an account: refused at night, dated, revoked and never erased, each decision with its
//! evidence (R82, R83).

use chrono::NaiveDate;
use domain::account::AccountKind;
use domain::hours::DayHours;
use domain::weekdays::Weekdays;
use pollster::FutureExt as _;
use sendbox_store::cell::{NewWindowOverride, WindowDecision};
use sendbox_store::{Refusal, StoreError};
use serde_json::json;

use crate::support::{Bench, DAY, MINUTE};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn eight_to_nine() -> NewWindowOverride {
    NewWindowOverride {
        from: day("2026-11-20"),
        to: day("2026-11-27"),
        days: Weekdays::parse(["fri", "sat"]).expect("days"),
        hours: DayHours::parse("08:00", "21:00").expect("hours"),
        by: "Duty lawyer".to_owned(),
        basis: "Additional agreement 5".to_owned(),
    }
}

fn decide(bench: &Bench, new: &NewWindowOverride) -> Result<WindowDecision, StoreError> {
    bench.tenant().decide_window(&bench.staff_act(), new).block_on()
}

fn revoke(bench: &Bench, decision: &str) -> Result<WindowDecision, StoreError> {
    bench.tenant().revoke_window(&bench.staff_act(), decision, "Duty lawyer", "It was asked back").block_on()
}

fn holding(bench: &Bench) -> Vec<String> {
    let hours = bench.tenant().other_hours(bench.now()).block_on().expect("reads");
    hours.into_iter().map(|hours| hours.decision().to_owned()).collect()
}

/// R83: nothing is written of what may not be agreed on.
#[test]
fn hours_that_enter_the_night_are_refused_and_leave_nothing() {
    let bench = Bench::new();
    for (opens, closes) in [("05:59", "21:00"), ("08:00", "22:01")] {
        let hours = DayHours::parse(opens, closes).expect("hours");
        let refused = decide(&bench, &NewWindowOverride { hours, ..eight_to_nine() });
        assert_eq!(refused, Err(Refusal::WindowOverrideEntersNight.into()));
    }
    let backwards = NewWindowOverride { to: day("2026-11-19"), ..eight_to_nine() };
    assert_eq!(decide(&bench, &backwards), Err(Refusal::WindowOverrideEndsBeforeItBegins.into()));
    assert_eq!(bench.tenant().window_decisions().block_on(), Ok(vec![]));
    assert!(bench.events("decision_window_override").is_empty());
}

/// R82: who, from, to, days, basis; and the leaf that proves it.
#[test]
fn a_decision_is_kept_as_it_was_made_with_its_evidence() {
    let bench = Bench::new();
    let made = decide(&bench, &eight_to_nine()).expect("decided");
    assert_eq!(bench.tenant().window_decisions().block_on(), Ok(vec![made.clone()]));
    assert_eq!(holding(&bench), [made.hours.decision()]);
    let event = bench.events("decision_window_override").remove(0);
    assert_eq!((&event["from"], &event["to"]), (&json!("2026-11-20"), &json!("2026-11-27")));
    assert_eq!((&event["opens"], &event["closes"]), (&json!("08:00"), &json!("21:00")));
    assert_eq!((&event["by"], &event["basis"]), (&json!("Duty lawyer"), &json!("Additional agreement 5")));
    assert_eq!((&event["days"], &event["channel"]), (&json!(["fri", "sat"]), &json!("staff")));
}

/// R82: a revocation has its own instant; what was judged before it stays as it was judged.
#[test]
fn a_revoked_decision_holds_until_its_instant_and_is_not_erased() {
    let bench = Bench::new();
    let made = decide(&bench, &eight_to_nine()).expect("decided");
    let decision = made.hours.decision();
    bench.pass(MINUTE);
    revoke(&bench, decision).expect("revoked");
    assert_eq!(holding(&bench), Vec::<String>::new());
    let before = bench.tenant().other_hours(bench.now() - 1).block_on().expect("reads");
    assert_eq!(before, vec![made.hours.clone()], "a moment before it held");
    let kept = bench.tenant().window_decisions().block_on().expect("reads").remove(0);
    assert_eq!((kept.revoked_at, kept.hours.decision()), (Some(bench.now()), decision));
    assert_eq!(revoke(&bench, decision), Err(Refusal::NotFound.into()));
    assert_eq!(bench.events("decision_window_revoked").len(), 1);
    bench.db_refuses("DELETE FROM window_override");
}

#[test]
fn before_its_decision_and_after_its_last_day_no_hours_hold() {
    let bench = Bench::new();
    decide(&bench, &eight_to_nine()).expect("decided");
    assert_eq!(bench.tenant().other_hours(bench.now() - 1).block_on(), Ok(vec![]));
    bench.pass(7 * DAY);
    assert_eq!(holding(&bench).len(), 1, "on the last day");
    bench.pass(DAY);
    assert_eq!(holding(&bench).len(), 0);
}

/// One account's agreement is no other's.
#[test]
fn another_accounts_hours_are_not_touched() {
    let bench = Bench::new();
    let made = decide(&bench, &eight_to_nine()).expect("decided");
    let other = bench.open_account(AccountKind::LegalEntity);
    let tenant = bench.tenant_of(&other);
    assert_eq!(tenant.other_hours(bench.now()).block_on(), Ok(vec![]));
    let revoked = tenant.revoke_window(&bench.staff_act(), made.hours.decision(), "x", "y").block_on();
    assert_eq!(revoked, Err(Refusal::NotFound.into()));
    assert_eq!(holding(&bench).len(), 1);
}

/// A tick outside the offer's hours asks first whether anybody has others.
#[test]
fn the_cell_knows_whether_anybody_has_hours_of_their_own_today() {
    let bench = Bench::new();
    let anybody = || bench.cell().other_hours_on(bench.now()).block_on().expect("reads");
    assert!(!anybody());
    let made = decide(&bench, &eight_to_nine()).expect("decided");
    assert!(anybody());
    revoke(&bench, made.hours.decision()).expect("revoked");
    assert!(!anybody());
}

/// R158: what staff wrote may name people; it stands in the file sealed.
#[test]
fn who_decided_and_why_is_sealed() {
    let bench = Bench::new();
    decide(&bench, &eight_to_nine()).expect("decided");
    let plain = "SELECT count(*) FROM window_override WHERE account = ?1
         AND (instr(decided_by, 'lawyer') > 0 OR instr(basis, 'agreement') > 0)";
    assert_eq!(bench.count(plain), 0);
}
