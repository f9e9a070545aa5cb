//! Campaigns before anything is sent: texts, drafts, estimates, and what may not start.

use domain::hexadecimal::{hex, unhex};
use sendbox_tests::{Account, Fields, Platform, csv_of, mobiles, tenge};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// 11.00 for the operator and 4.00 for the service.
const PRICE: i64 = 1500;

fn money(tiyn: i64) -> Value {
    json!({"amount": tenge(tiyn), "currency": "KZT"})
}

/// An account with so many contacts and so much money, in tiyn.
fn shop_with(contacts: u32, tiyn: i64) -> Account<'static> {
    let shop = Account::sign_up(Platform::shared());
    if contacts > 0 {
        shop.upload(csv_of(&mobiles(0, contacts)));
    }
    if tiyn > 0 {
        shop.top_up(&tenge(tiyn));
    }
    shop
}

/// R45: without the money for all of it, nothing starts and nothing is held.
#[test]
fn a_campaign_that_the_balance_does_not_cover_does_not_start() {
    let shop = shop_with(4, 4 * PRICE - 1);
    let campaign = shop.draft("Hello");
    let estimate = campaign.estimate();
    assert!(!estimate.boolean("/sufficient"), "{estimate}");
    campaign.try_start().refused(402, "balance_insufficient");
    assert_eq!(campaign.state(), "draft");
    assert_eq!(shop.available(), 4 * PRICE - 1);
    assert!(campaign.messages().is_empty());
}

/// R50: nobody pays another total than the one agreed to.
#[test]
fn a_total_that_has_changed_since_the_estimate_starts_nothing() {
    let shop = shop_with(3, 100_000);
    let campaign = shop.draft("Hello");
    let seen = campaign.estimate().at("/total").clone();
    assert_eq!(seen, money(3 * PRICE));
    shop.upload(csv_of(&mobiles(100, 1)));
    campaign.try_start_at(&seen).refused(409, "estimate_changed");
    campaign.try_start_at(&money(0)).refused(409, "estimate_changed");
    assert_eq!(campaign.state(), "draft");
    campaign.try_start_at(&money(4 * PRICE)).is(202);
}

#[test]
fn a_campaign_to_nobody_does_not_start() {
    let shop = shop_with(0, 100_000);
    let campaign = shop.draft("Hello");
    campaign.try_start_at(&money(0)).refused(422, "no_contacts");
    assert_eq!(campaign.state(), "draft");
}

/// R79: advertising needs the service's consent, which no account gives itself.
#[test]
fn advertising_does_not_start_without_approval() {
    let shop = shop_with(2, 100_000);
    let mut body = shop.draft_body("Sale!");
    body["class"] = json!("advertising");
    let campaign = shop.browser.post("/v1/campaigns", &body).created().text("/id");
    let total = shop.browser.post(&format!("/v1/campaigns/{campaign}/estimate"), &json!({})).ok();
    let start = json!({"agreed_total": total.at("/total")});
    let answer = shop.browser.post(&format!("/v1/campaigns/{campaign}/start"), &start);
    answer.refused(403, "advertising_not_approved");
    assert_eq!(shop.browser.get(&format!("/v1/campaigns/{campaign}")).ok().text("/state"), "draft");
}

/// R76: no message without the promise that it is lawful.
#[test]
fn a_campaign_without_the_attestation_is_refused() {
    let shop = shop_with(0, 0);
    let mut not_accepted = shop.draft_body("Hello");
    not_accepted["attestation"]["accepted"] = json!(false);
    shop.browser.post("/v1/campaigns", &not_accepted).refused(422, "attestation_not_given");
    let mut stale = shop.draft_body("Hello");
    stale["attestation"]["version"] = json!("2020-01-01");
    shop.browser.post("/v1/campaigns", &stale).refused(409, "document_version_stale");
    let mut of_another_text = shop.draft_body("Hello");
    of_another_text["attestation"]["sha256"] = json!("0".repeat(64));
    shop.browser.post("/v1/campaigns", &of_another_text).refused(422, "document_text_mismatch");
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

#[test]
fn a_campaign_of_no_class_or_without_a_text_is_refused() {
    let shop = shop_with(0, 0);
    for (field, value) in [
        ("class", json!("greeting")),
        ("text", json!("")),
        ("text", json!("x".repeat(20_000))),
        ("name", json!("")),
        ("name", json!("x".repeat(5_000))),
    ] {
        let mut body = shop.draft_body("Hello");
        body[field] = value;
        let answer = shop.browser.post("/v1/campaigns", &body).is(422);
        assert_eq!(answer.json().text("/field"), field, "{}", answer.text_body());
    }
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

/// R73, R74: the text is kept as it was written, character for character, with its hash behind a salt.
#[test]
fn the_text_is_neither_changed_nor_trimmed() {
    let shop = shop_with(0, 0);
    for text in ["  Сәлем, 🌷!\n ", "a\tb", "e\u{301} é", "<b>{{name}}</b> 'x'; --"] {
        let campaign = shop.draft(text).get();
        assert_eq!(campaign.text("/text"), text);
        let salt = campaign.text("/text_salt");
        let mut salted = unhex(&salt).expect("hexadecimal");
        assert_eq!(salted.len(), 32);
        salted.extend(text.bytes());
        assert_eq!(campaign.text("/text_sha256"), hex(&Sha256::digest(salted)));
    }
}

/// R46, R47: what a text costs follows from its segments and the published tariff.
#[test]
fn a_text_is_measured_and_priced_by_the_segment() {
    let shop = shop_with(0, 0);
    for (text, encoding, segments) in [
        ("Hello".to_owned(), "GSM-7", 1),
        ("a".repeat(160), "GSM-7", 1),
        ("a".repeat(161), "GSM-7", 2),
        ("€".repeat(80), "GSM-7", 1),
        ("€".repeat(81), "GSM-7", 2),
        ("ә".repeat(70), "UCS-2", 1),
        ("ә".repeat(71), "UCS-2", 2),
        ("₸".to_owned(), "UCS-2", 1),
    ] {
        let measure = shop.browser.post("/v1/texts/measure", &json!({"text": text})).ok();
        assert_eq!(measure.text("/encoding"), encoding, "{text}");
        assert_eq!(measure.integer("/segments"), segments, "{text}");
        assert_eq!(measure.money("/price_per_message"), segments * PRICE, "{text}");
    }
}

/// R26, R29, R46: tariffs are public, in two parts, and were announced five days ahead.
#[test]
fn the_tariffs_are_public_and_were_announced_in_time() {
    let tariffs = Platform::shared().visitor().get("/v1/tariffs").ok();
    assert_eq!(tariffs.text("/currency"), "KZT");
    assert!(!tariffs.list("/tariffs").is_empty());
    for tariff in tariffs.list("/tariffs") {
        let part = |name: &str| sendbox_tests::tiyn(&tariff.text(name));
        assert_eq!(part("/operator_price") + part("/service_price"), part("/price"));
        let at = |name: &str| sendbox_tests::instant(&tariff.text(name));
        assert!(at("/effective_at") - at("/announced_at") >= chrono::Duration::days(5), "{tariff}");
    }
}

#[test]
fn a_draft_can_be_thrown_away_and_a_started_campaign_cannot() {
    let shop = shop_with(2, 100_000);
    let draft = shop.draft("Hello");
    shop.browser.delete(&draft.path()).no_content();
    shop.browser.get(&draft.path()).refused(404, "not_found");
    let started = shop.draft("Hello");
    started.start();
    let refused = shop.browser.delete(&started.path());
    assert_eq!(refused.status, 409, "{}", refused.text_body());
    started.try_start_at(&money(2 * PRICE)).refused(409, "campaign_not_draft");
    started.get();
}

#[test]
fn orders_that_do_not_fit_the_state_are_refused() {
    let shop = shop_with(2, 100_000);
    let campaign = shop.draft("Hello");
    for order in ["pause", "resume", "cancel"] {
        campaign.order(order).refused(409, "campaign_state_conflict");
    }
    campaign.start();
    campaign.order("resume").refused(409, "campaign_state_conflict");
    campaign.send_all();
    for order in ["pause", "resume", "cancel"] {
        campaign.order(order).refused(409, "campaign_state_conflict");
    }
    assert_eq!(campaign.report().handed_over, 2);
}
