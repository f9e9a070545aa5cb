//! Advertising and the service's consent to it: asked of staff, about one text, and proven (R79, X5).

use sendbox_tests::{Account, Answer, Browser, Campaign, Fields, PASSWORD, Platform, Settings, verifies};
use serde_json::{Value, json};

const PRICE: i64 = 1500;
const DECISIONS: &str = "/internal/decisions/advertising-approvals";
const OF_ANOTHER_TEXT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, i64::from(contacts) * 10 * PRICE)
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
    assert_eq!(campaign.send_all().handed_over, 3);

    let second = advertising(&shop, "Sale, last day!");
    second.try_start().refused(403, "advertising_not_approved");
    decide(&platform, &second, true).created();
    second.start();
    decide(&platform, &second, false).created();
    platform.dispatch();
    let report = second.report();
    assert_eq!((report.handed_over, report.queued), (0, 3));
    assert_eq!(second.stalled_by().as_deref(), Some("advertising_not_approved"));
    assert_eq!(shop.balance().held.0.0, 0);
    decide(&platform, &second, true).created();
    assert_eq!(second.send_all().handed_over, 3);

    let path = format!("{DECISIONS}?campaign={}", second.id);
    let items = platform.staff().get(&path).ok().list("/items").clone();
    let approved: Vec<bool> = items.iter().map(|item| item.boolean("/approved")).collect();
    assert_eq!(approved, [true, false, true], "newest first");
    platform.sign_log();
    let evidence = shop.evidence("kind=decisions").remove(0);
    assert!(evidence.contains("decision_advertising_refused"), "{evidence}");
    assert!(verifies(&evidence, None).success);
}

/// R50, R65, R79: by clicks: advertising has its link without being asked, says that it waits for the service's
/// consent, and starts once that is given.
#[test]
fn advertising_waits_for_its_consent_in_the_cabinet() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 2);
    let browser = Browser::start(&platform, "ru");
    browser.open("/ru/");
    browser.click("cookies.only_necessary");
    browser.open("/ru/cabinet#/sign-in");
    browser.fill("login", &shop.login);
    browser.fill("password", PASSWORD);
    browser.click("sign_in.button");
    browser.click("cabinet.campaigns");
    browser.click("campaigns.new");
    browser.fill("name", "Скидки");
    browser.fill("text", "Sale!");
    let link = |what: &str| browser.value(&format!("document.querySelector('[name=opt_out_link]').{what}"));
    browser.choose("class", "one_time_code");
    assert_eq!((link("checked"), link("disabled")), (json!(false), json!(true)));
    browser.choose("class", "advertising");
    assert_eq!((link("checked"), link("disabled")), (json!(true), json!(true)));
    browser.tick("attestation");
    browser.click("campaigns.create");
    browser.see_word("campaign.approval.awaiting");
    let id = browser.wait("location.hash.match(/cmp_[0-9a-f]+/)?.[0]");
    let campaign = shop.campaign(id.as_str().expect("a campaign's id"));
    assert!(campaign.get().boolean("/opt_out_link"));
    let start = "[...document.querySelectorAll('button.primary')].some((button) => button.disabled)";
    assert_eq!(browser.value(start), json!(true), "it cannot be started yet");
    decide(&platform, &campaign, true).created();
    browser.reload();
    browser.see_word("campaign.approval.approved");
    browser.click("campaign.start");
    browser.see_word("campaign.state.preparing");
    assert_eq!(campaign.send_all().handed_over, 2);
    assert_eq!(browser.faults(), Vec::<String>::new());
}
