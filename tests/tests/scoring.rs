//! Scores through HTTP: only of people who consent, priced before, free where there is nothing to deliver, and with a way
//! to object, to appeal and to be looked at by a human.

use chrono::Duration;
use sendbox_tests::{Account, Answer, Fields, Platform, csv_of, instant, mobile, mobiles};
use serde_json::{Value, json};

fn ask_for_scores(shop: &Account<'_>, total: &str) -> Answer {
    let body = json!({"kind": "reach", "agreed_total": {"amount": total, "currency": "KZT"}});
    shop.browser.post("/v1/scorings", &body)
}

fn say(shop: &Account<'_>, word: &str, phones: &[String]) -> Value {
    let body = json!({"word": word, "phones": phones, "said": "Form of 20 November"});
    shop.browser.post("/v1/decision-stances", &body).ok()
}

/// R99: without a single consent nobody is scored, and a consent that says nothing of how it was given is none.
#[test]
fn scores_without_a_consent_are_refused() {
    let shop = Account::sign_up(Platform::shared());
    shop.top_up("100.00");
    shop.upload(csv_of(&mobiles(0, 3)));
    ask_for_scores(&shop, "100.00").refused(409, "nobody_consented");
    let silent = json!({"word": "consents", "phones": mobiles(0, 3), "said": " "});
    shop.browser.post("/v1/decision-stances", &silent).refused(422, "invalid_field");
    let nobody = json!({"word": "consents", "phones": [], "said": "Form"});
    shop.browser.post("/v1/decision-stances", &nobody).refused(422, "invalid_field");
    ask_for_scores(&shop, "100.00").refused(409, "nobody_consented");
    assert!(shop.browser.list("/v1/scorings").is_empty());
}

/// R49, R103: priced before; and who has too little history is told how much it takes, and pays nothing.
#[test]
fn a_run_is_priced_by_who_consented_and_free_where_there_is_too_little() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.top_up("100.00");
    let import = shop.upload(csv_of(&mobiles(0, 5)));
    let consent = json!({"word": "consents", "import": import.text("/id")});
    assert_eq!(shop.browser.post("/v1/decision-stances", &consent).ok().integer("/changed"), 5);
    assert_eq!(say(&shop, "objects", &[mobile(0)]).integer("/changed"), 1);
    assert_eq!(say(&shop, "consents", &[mobile(0)]).integer("/objectors"), 1);
    let estimate = shop.browser.get("/v1/scoring/estimate").ok();
    assert_eq!((estimate.integer("/consenting"), estimate.integer("/skipped")), (4, 1));
    assert_eq!((estimate.money("/price"), estimate.money("/total")), (50, 200));
    ask_for_scores(&shop, "1.99").refused(409, "estimate_changed");

    let run = ask_for_scores(&shop, "2.00").created();
    assert_eq!(run.text("/state"), "working");
    assert_eq!(shop.available(), 9_800, "held");
    ask_for_scores(&shop, "2.00").refused(409, "scoring_in_progress");
    assert_eq!(platform.finish_jobs("scoring"), 1);
    let path = format!("/v1/scorings/{}", run.text("/id"));
    let run = shop.browser.get(&path).ok();
    assert_eq!(run.text("/state"), "not_enough");
    assert_eq!((run.integer("/have/happened"), run.integer("/needed/happened")), (0, 250));
    assert_eq!(shop.available(), 10_000, "given back");
    assert!(shop.browser.list(&format!("{path}/results")).is_empty());
    let skipped = shop.browser.list(&format!("{path}/skipped"));
    assert_eq!(skipped.len(), 1);
    assert_eq!((skipped[0].text("/phone"), skipped[0].text("/reason")), (mobile(0), "objected".to_owned()));
}

/// R101, R210: who appeals is excluded at once and answered in time, by a person and not by a program.
#[test]
fn an_appeal_has_a_day_an_outcome_and_a_human_behind_it() {
    let shop = Account::sign_up(Platform::shared());
    let said = json!({"kind": "review", "phone": mobile(1), "said": "I want a human to look at it"});
    let appeal = shop.browser.post("/v1/appeals", &said).created();
    let term = instant(&appeal.text("/due_at")) - instant(&appeal.text("/received_at"));
    assert!(term > Duration::days(3) && term < Duration::days(14), "{appeal}");
    let stance = shop.browser.post("/v1/decision-stances/lookup", &json!({"phone": mobile(1)})).ok();
    assert_eq!(stance.text("/stance"), "objected");
    assert_eq!(shop.browser.get("/v1/appeals/open").ok().list("/items").len(), 1);

    let path = format!("/v1/appeals/{}/decision", appeal.text("/id"));
    let decision =
        json!({"outcome": "decision_changed", "by": "Head of the call centre", "reason": "Another's number"});
    shop.program().post(&path, &decision).refused(403, "session_required");
    let decided = shop.browser.post(&path, &decision).ok();
    assert_eq!(decided.text("/decision/outcome"), "decision_changed");
    shop.browser.post(&path, &decision).refused(409, "appeal_decided");
    assert!(shop.browser.get("/v1/appeals/open").ok().list("/items").is_empty());

    let stranger = Account::sign_up(Platform::shared());
    stranger.browser.post(&path, &decision).refused(404, "not_found");
}

/// R100, R102: what people are told of is there in each language, with what a score is not.
#[test]
fn the_logic_is_published_in_three_languages() {
    let shop = Account::sign_up(Platform::shared());
    let logic = shop.browser.get("/v1/scoring/logic").ok();
    assert_eq!(logic.list("/kinds").len(), 2);
    for kind in logic.list("/kinds") {
        for language in ["kk", "ru", "en"] {
            assert!(!kind.text(&format!("/explanation/{language}")).is_empty(), "{kind}");
        }
    }
    assert!(logic.list("/features").len() > 10);
    assert!(logic.text("/disclaimer/en").contains("appeal"));
}

/// R95: what is said of a number, and that its network is an approximation.
#[test]
fn numbers_are_looked_at_in_their_order() {
    let shop = Account::sign_up(Platform::shared());
    let none = json!({"phones": []});
    shop.browser.post("/v1/validations", &none).refused(422, "invalid_field");
    let phones = json!({"phones": ["8 (701) 555-00-01", "Asel", "+44 20 7946 0018"]});
    let looked_at = shop.browser.post("/v1/validations", &phones).ok();
    let [mobile, name, abroad] = &looked_at.list("/items")[..] else { panic!("{looked_at}") };
    assert_eq!(mobile.text("/phone"), "+77015550001");
    assert_eq!((mobile.text("/kind"), mobile.text("/range")), ("mobile".to_owned(), "701".to_owned()));
    assert!(mobile.boolean("/network/approximate") && mobile.boolean("/takes_texts"), "{mobile}");
    assert_eq!(name.text("/verdict"), "unparseable");
    assert_eq!(
        (abroad.text("/verdict"), abroad.text("/code")),
        ("valid".to_owned(), "phone_outside_kazakhstan".to_owned())
    );
}
