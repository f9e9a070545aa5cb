//! Accounts that may do less: one that has not paid yet, and one that is blocked.

use sendbox_tests::{Account, Platform, csv_of, instant, mobiles, tenge};
use serde_json::json;

/// Contacts that an account keeps at most before its first payment.
const CONTACTS_UNPAID: u32 = 10_000;

/// R118: whoever has paid nothing fills no disks; nothing of the upload that is too much is kept, and a payment
/// lifts the limit.
#[test]
fn a_free_account_keeps_ten_thousand_contacts_until_it_pays() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&mobiles(0, CONTACTS_UNPAID)));
    let one_more = csv_of(&mobiles(CONTACTS_UNPAID, 1));
    shop.send_file(&shop.announce_upload(), one_more.clone()).refused(403, "storage_limit_until_payment");
    assert_eq!(shop.contacts().len(), CONTACTS_UNPAID as usize);
    shop.top_up("1.00");
    shop.upload(one_more);
    assert_eq!(shop.contacts().len(), CONTACTS_UNPAID as usize + 1);
}

/// R118: drafts and the blacklist count as well.
#[test]
fn a_free_account_keeps_twenty_drafts_and_ten_thousand_blacklisted_numbers() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    for number in 0..20 {
        shop.draft(&format!("Number {number}"));
    }
    let body = shop.draft_body("One too many");
    shop.browser.post("/v1/campaigns", &body).refused(403, "storage_limit_until_payment");
    let blacklist = |from, count| {
        shop.browser.post("/v1/blacklist", &json!({"phones": mobiles(from, count), "reason": "asked"}))
    };
    for thousand in 0..10 {
        blacklist(thousand * 1_000, 1_000).ok();
    }
    blacklist(10_000, 1).refused(403, "storage_limit_until_payment");
}

/// R117: a blocked account sends nothing and its keys are dead, but its owner still sees and corrects what
/// is theirs, and asks for deletion.
#[test]
fn a_blocked_account_has_no_keys_and_sends_nothing_but_keeps_its_rights() {
    let platform = Platform::fresh();
    platform.set_clock(instant("2026-12-03T10:00:00+05:00"));
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&mobiles(0, 2)));
    shop.top_up(&tenge(6_000));
    let (running, draft) = (shop.draft("Hello"), shop.draft("Later"));
    running.start();
    let (program, total) = (shop.program(), draft.estimate()["total"].clone());
    platform.block(&shop.id);

    platform.dispatch();
    assert_eq!(running.report().handed_over, 0);
    for path in ["/v1/balance", "/v1/contacts", "/v1/campaigns", "/v1/account"] {
        program.get(path).refused(403, "account_blocked");
        shop.browser.get(path).ok();
    }
    draft.try_start_at(&total).refused(403, "account_blocked");
    shop.browser.post("/v1/campaigns", &shop.draft_body("More")).refused(403, "account_blocked");
    shop.browser.post("/v1/api-keys", &json!({"name": "a program"})).refused(403, "account_blocked");

    shop.browser.patch("/v1/account", &json!({"name": "Марат Мысалов"})).ok();
    let forfeits = json!({"amount": "60.00", "currency": "KZT"});
    let body = json!({"forfeits": forfeits, "recipients_duty_acknowledged": true});
    shop.browser.post("/v1/account/deletion", &body).created();
}
