//! Advertising and the service's consent to it: asked of staff, about one text, and proven (R79, X5).

use sendbox_tests::{
    Account, Answer, Campaign, Fields, Platform, Settings, csv_of, mobiles, tenge, verifies,
};
use serde_json::{Value, json};

const PRICE: i64 = 1500;
const DECISIONS: &str = "/internal/decisions/advertising-approvals";
const OF_ANOTHER_TEXT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, contacts)));
    shop.top_up(&tenge(i64::from(contacts) * 10 * PRICE));
    shop
}

fn advertising<'b, 'a>(shop: &'b Account<'a>, text: &str) -> Campaign<'b, 'a> {
    let mut body = shop.draft_body(text);
    body["class"] = json!("advertising");
    shop.campaign(&shop.browser.post("/v1/campaigns", &body).created().text("/id"))
}

fn decision(campaign: &Campaign<'_, '_>, approved: bool) -> Value {
    json!({
        "campaign": campaign.id, "content_sha256": campaign.get().text("/text_sha256"), "approved": approved,
        "by": "Duty lawyer", "basis": "Letter 12",
    })
}

fn decide(platform: &Platform, campaign: &Campaign<'_, '_>, approved: bool) -> Answer {
    platform.staff().post(DECISIONS, &decision(campaign, approved))
}

/// R79: neither the account nor a program of its nor the scheduler gives the service's consent.
#[test]
fn only_staff_approve_advertising() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 1);
    let campaign = advertising(&shop, "Sale!");
    let body = decision(&campaign, true);
    for caller in [platform.visitor(), platform.scheduler(), shop.program()] {
        caller.post(DECISIONS, &body).refused(401, "unauthenticated");
    }
    shop.browser.post(DECISIONS, &body).refused(401, "unauthenticated");
    assert_eq!(campaign.get().text("/approval"), "awaiting");
    campaign.try_start().refused(403, "advertising_not_approved");
}

#[test]
fn without_a_token_of_staff_advertising_cannot_be_approved() {
    let platform = Platform::with(Settings { staff: false, ..Settings::default() });
    platform.staff().post(DECISIONS, &json!({})).refused(503, "staff_not_configured");
}

/// R79: consent is to a text of one campaign, and names who gave it on what.
#[test]
fn a_decision_that_does_not_name_the_text_of_an_advertising_campaign_is_refused() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 1);
    let campaign = advertising(&shop, "Sale!");
    let staff = platform.staff();
    let mut body = decision(&campaign, true);
    body["content_sha256"] = json!(OF_ANOTHER_TEXT);
    staff.post(DECISIONS, &body).refused(409, "text_mismatch");
    for field in ["by", "basis"] {
        let mut body = decision(&campaign, true);
        body[field] = json!("");
        staff.post(DECISIONS, &body).refused_field(422, "invalid_field", field);
    }
    let notice = shop.draft("Your order is ready");
    staff.post(DECISIONS, &decision(&notice, true)).refused(422, "campaign_not_advertising");
    let mut nobody = decision(&campaign, true);
    nobody["campaign"] = json!(format!("cmp_{}", "f".repeat(32)));
    staff.post(DECISIONS, &nobody).refused(404, "not_found");
    assert!(staff.get(&format!("{DECISIONS}?campaign={}", campaign.id)).ok().list("/items").is_empty());
    campaign.try_start().refused(403, "advertising_not_approved");
}

/// R79, R86, R91: approved, it is sent; refused while it runs, it stops; every decision is proven.
#[test]
fn approved_advertising_is_sent_until_it_is_refused() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 3);
    let campaign = advertising(&shop, "Sale!");
    let made = decide(&platform, &campaign, true).created();
    assert!(made.boolean("/approved"), "{made}");
    assert_eq!(campaign.get().text("/approval"), "approved");
    campaign.start();
    assert_eq!(campaign.send_all().count("handed_over"), 3);

    let second = advertising(&shop, "Sale, last day!");
    second.try_start().refused(403, "advertising_not_approved");
    decide(&platform, &second, true).created();
    second.start();
    decide(&platform, &second, false).created();
    platform.dispatch();
    let report = second.report();
    assert_eq!((report.count("handed_over"), report.count("queued")), (0, 3));
    assert_eq!(second.stalled_by().as_deref(), Some("advertising_not_approved"));
    assert_eq!(shop.balance().money("/held"), 0);
    decide(&platform, &second, true).created();
    assert_eq!(second.send_all().count("handed_over"), 3);

    let path = format!("{DECISIONS}?campaign={}", second.id);
    let items = platform.staff().get(&path).ok().list("/items").clone();
    let approved: Vec<bool> = items.iter().map(|item| item.boolean("/approved")).collect();
    assert_eq!(approved, [true, false, true], "newest first");
    platform.tick("checkpoint").ok();
    let evidence = shop.evidence("kind=decisions").remove(0);
    assert!(evidence.contains("decision_advertising_refused"), "{evidence}");
    assert!(verifies(&evidence, None).success);
}
