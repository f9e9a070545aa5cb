//! Consents: each an act of its own, on record, and withdrawable where the law says so.

use sendbox_tests::{Account, Fields, Platform};
use serde_json::{Value, json};

fn marketing(shop: &Account<'_>) -> Value {
    let mut body = shop.platform().shown("marketing_consent", "ru");
    body["document"] = json!("marketing_consent");
    body["language"] = json!("ru");
    body["given"] = json!(true);
    body
}

fn states(shop: &Account<'_>, document: &str) -> Vec<String> {
    let consents = shop.browser.list("/v1/consents");
    let of_document = consents.iter().filter(|consent| consent.text("/document") == document);
    of_document.map(|consent| consent.text("/state")).collect()
}

/// R36: marketing is never part of signing up.
#[test]
fn signing_up_is_no_consent_to_marketing() {
    let shop = Account::sign_up(Platform::shared());
    assert_eq!(states(&shop, "offer"), ["given"]);
    assert_eq!(states(&shop, "pd_consent"), ["given"]);
    assert!(states(&shop, "marketing_consent").is_empty());
}

/// R36, R142: given when one likes, withdrawn when one likes, and both stay on record.
#[test]
fn consent_to_marketing_is_given_and_withdrawn() {
    let shop = Account::sign_up(Platform::shared());
    let receipt = shop.browser.post("/v1/consents", &marketing(&shop)).created();
    assert_eq!(receipt.text("/state"), "given");
    let answer = shop.browser.delete(&format!("/v1/consents/{}", receipt.text("/id")));
    assert!([200, 204].contains(&answer.status), "{}", answer.text_body());
    let states = states(&shop, "marketing_consent");
    assert!(states.contains(&"withdrawn".to_owned()), "{states:?}");
}

/// R22: without the mandatory consent there is no agreement: it is ended, not undermined.
#[test]
fn a_mandatory_consent_is_not_withdrawn_under_a_running_agreement() {
    let shop = Account::sign_up(Platform::shared());
    for consent in shop.browser.list("/v1/consents") {
        let answer = shop.browser.delete(&format!("/v1/consents/{}", consent.text("/id")));
        answer.refused(409, "consent_mandatory");
    }
    assert_eq!(states(&shop, "pd_consent"), ["given"]);
}

#[test]
fn a_consent_to_a_text_that_is_not_in_force_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let mut stale = marketing(&shop);
    stale["version"] = json!("2020-01-01");
    shop.browser.post("/v1/consents", &stale).refused(409, "document_version_stale");
    let mut of_another_text = marketing(&shop);
    of_another_text["sha256"] = json!("0".repeat(64));
    shop.browser.post("/v1/consents", &of_another_text).refused(422, "document_text_mismatch");
    assert!(states(&shop, "marketing_consent").is_empty());
}
