//! A file, or a program, that says of each person whether they consent to automated decisions (R63, R99).

use sendbox_tests::workbooks::workbook;
use sendbox_tests::{Account, Fields, Platform, csv_of, mobile, mobiles};
use serde_json::{Value, json};

fn stance(shop: &Account<'_>, n: u32) -> Option<String> {
    let answer = shop.browser.post("/v1/decision-stances/lookup", &json!({"phone": mobile(n)}));
    (answer.status != 404).then(|| answer.ok().text("/stance"))
}

fn counts(import: &Value) -> [i64; 3] {
    ["/decision_consents", "/decision_refusals", "/decision_unclear"].map(|count| import.integer(count))
}

/// A list with a word of each of the first people.
fn list(words: &[&str]) -> String {
    let rows = (0..).zip(words).map(|(n, word)| format!("{};{word}\n", mobile(n)));
    format!("Телефон;Согласие на автоматизированные решения\n{}", rows.collect::<String>())
}

/// R99: scores are asked for, and made, of exactly those who consent; of all others it is said why not.
#[test]
fn after_a_file_with_consents_only_whoever_consents_is_scored() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.top_up("100.00");
    let object = json!({"word": "objects", "phones": [mobile(3)], "said": "Called on 20 November"});
    shop.browser.post("/v1/decision-stances", &object).ok();
    let import = shop.upload(list(&["да", "Нет", "может быть", "да", "иә", ""]));
    assert_eq!(import.text("/columns/decision_consent/name"), "Согласие на автоматизированные решения");
    assert_eq!((import.integer("/imported"), counts(&import)), (6, [3, 1, 1]));
    let problems = shop.browser.list(&format!("/v1/contacts/imports/{}/problems", import.text("/id")));
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].integer("/line"), problems[0].text("/code")),
        (4, "decision_consent_unclear".to_owned())
    );

    let estimate = shop.browser.get("/v1/scoring/estimate").ok();
    assert_eq!((estimate.integer("/consenting"), estimate.integer("/skipped")), (2, 4));
    let asked = json!({"kind": "reach", "agreed_total": {"amount": "1.00", "currency": "KZT"}});
    let run = shop.browser.post("/v1/scorings", &asked).created();
    assert_eq!(platform.finish_jobs("scoring"), 1);
    let skipped = shop.browser.list(&format!("/v1/scorings/{}/skipped", run.text("/id")));
    let mut skipped: Vec<_> = skipped.iter().map(|one| (one.text("/phone"), one.text("/reason"))).collect();
    skipped.sort();
    let of = |n, reason: &str| (mobile(n), reason.to_owned());
    let wanted = [of(1, "no_consent"), of(2, "no_consent"), of(3, "objected"), of(5, "no_consent")];
    assert_eq!(skipped, wanted);

    // The same file again changes nothing, and its owner cannot say that all of it consent.
    let again = shop.upload(list(&["да", "Нет", "может быть", "да", "иә", ""]));
    assert_eq!((again.integer("/unchanged"), counts(&again)), (6, [3, 1, 1]));
    assert_eq!(shop.browser.get("/v1/scoring/estimate").ok().integer("/consenting"), 2);
    let all = json!({"word": "consents", "import": import.text("/id")});
    shop.browser.post("/v1/decision-stances", &all).refused(409, "import_says_who_consents");
}

/// R99: whoever objects later stays so, whatever comes in afterwards.
#[test]
fn a_later_objection_outlives_every_file_and_request() {
    let shop = Account::sign_up(Platform::shared());
    shop.upload(list(&["да"]));
    assert_eq!(stance(&shop, 0).as_deref(), Some("consented"));
    let object = json!({"word": "objects", "phones": [mobile(0)], "said": "By telephone"});
    shop.browser.post("/v1/decision-stances", &object).ok();
    shop.upload(list(&["да"]));
    let contacts = json!([{"phone": mobile(0), "decision_consent": true}]);
    let put =
        json!({"name": "p", "attestation": shop.attestation("recipients_attestation"), "contacts": contacts});
    shop.browser.post("/v1/contacts", &put).ok();
    assert_eq!(stance(&shop, 0).as_deref(), Some("objected"));
}

/// R63, R99: the column is set by hand where its name does not tell; in a workbook it is read as it is seen.
#[test]
fn the_column_is_set_by_hand_or_found_in_a_workbook() {
    let shop = Account::sign_up(Platform::shared());
    let import = shop.announce_confirmed_upload();
    shop.send_file(&import, format!("Телефон;Скоринг\n{};+\n{};-\n", mobile(0), mobile(1))).is(202);
    let format = format!("/v1/contacts/imports/{import}/format");
    let shown = shop.browser.get(&format).ok();
    assert_eq!(shown.text("/columns/1/kept_as"), "nothing", "not guessed");
    let columns = json!({"columns": [
        {"number": 1, "kept_as": "phone"},
        {"number": 2, "kept_as": "decision_consent"},
    ]});
    shop.browser.put(&format, &columns).any_of(&[200, 202]);
    assert_eq!(counts(&shop.completed(&import)), [1, 1, 0]);
    assert_eq!((stance(&shop, 0).as_deref(), stance(&shop, 1)), (Some("consented"), None));

    let rows: &[&[&str]] =
        &[&["Телефон", "Автоматты шешімдерге келісім"], &[&mobile(2), "Иә"], &[&mobile(3), "Жоқ"]];
    assert_eq!(counts(&shop.upload_workbook(workbook(rows))), [1, 1, 0]);
    assert_eq!((stance(&shop, 2).as_deref(), stance(&shop, 3)), (Some("consented"), None));
}

/// R99: a program says it of each contact that it puts in; what is no yes and no no is refused as a whole.
#[test]
fn a_program_says_of_each_contact_whether_they_consent() {
    let shop = Account::sign_up(Platform::shared());
    let put = |contacts: Value| {
        let attestation = shop.attestation("recipients_attestation");
        let body = json!({"name": "p", "attestation": attestation, "contacts": contacts});
        shop.browser.post("/v1/contacts", &body)
    };
    put(json!([{"phone": mobile(0), "decision_consent": "да"}])).refused_field(
        422,
        "invalid_field",
        "contacts[0].decision_consent",
    );
    assert!(shop.contacts().is_empty());
    let done = put(json!([
        {"phone": mobile(0), "decision_consent": true},
        {"phone": mobile(1), "decision_consent": false},
        {"phone": mobile(2)},
    ]));
    assert_eq!(counts(done.ok().at("/import")), [1, 1, 0]);
    assert_eq!(
        (0..3).map(|n| stance(&shop, n)).collect::<Vec<_>>(),
        [Some("consented".to_owned()), None, None]
    );
    // Whoever says nothing of it changes nothing; a later no ends what an earlier request said.
    shop.upload(csv_of(&mobiles(0, 3)));
    assert_eq!(stance(&shop, 0).as_deref(), Some("consented"));
    put(json!([{"phone": mobile(0), "decision_consent": false}])).ok();
    assert_eq!(stance(&shop, 0).as_deref(), Some("withdrawn"));
}
