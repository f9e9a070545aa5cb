//! Bad neighbours: a broken account, accounts without money, accounts with many campaigns. None of them keeps
//! anybody else from being served.

use sendbox_tests::{Account, Campaign, Fields, Platform, csv_of, instant, mobile, mobiles, tenge};
use serde_json::json;

/// 11.00 for the operator and 4.00 for the service.
const PRICE: i64 = 1500;
const EIGHT: &str = "2026-12-03T08:00:00+05:00";
const TEN: &str = "2026-12-03T10:00:00+05:00";

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, i64::from(contacts) * PRICE)
}

/// R158: a bit of one account's key is flipped. Its campaigns are prepared first and come first, and yet
/// everybody else's go out, are reported on and come to their ends.
#[test]
fn one_broken_account_stops_nobodys_ticks() {
    let platform = Platform::fresh();
    platform.set_clock(instant(EIGHT));
    let broken = shop_with(&platform, 6);
    let [sent, running, preparing] = [broken.draft("One"), broken.draft("Two"), broken.draft("Three")];
    let sound = shop_with(&platform, 2);
    let first = sound.draft("Hello");
    sent.start();
    first.start();
    platform.set_clock(instant(TEN));
    assert_eq!((sent.send_all().handed_over, first.send_all().handed_over), (6, 2));
    broken.top_up(&tenge(12 * PRICE));
    platform.set_clock(instant("2026-12-03T21:00:00+05:00"));
    broken.sign_in_again();
    sound.sign_in_again();
    running.start();
    platform.dispatch();
    preparing.start();
    platform.flip_a_bit_of(&broken.id);

    platform.deliver();
    sound.sign_in_again();
    assert_eq!(first.report().delivered + first.report().undelivered + first.report().expired, 2);
    sound.top_up(&tenge(2 * PRICE));
    let second = sound.draft("Hello again");
    second.start();
    platform.set_clock(instant("2026-12-04T10:00:00+05:00"));
    for tick in ["dispatch", "reconcile", "jobs", "dispatch"] {
        platform.tick(tick).ok();
    }
    sound.sign_in_again();
    assert_eq!(second.report().handed_over, 2);

    // Mended, it goes on where it stood; what was reported meanwhile is not lost.
    platform.flip_a_bit_of(&broken.id);
    platform.pass(chrono::Duration::minutes(10));
    platform.dispatch();
    broken.sign_in_again();
    assert_eq!((running.send_all().handed_over, preparing.send_all().handed_over), (6, 6));
    assert_eq!(sent.report().awaiting_report, 0);
}

/// R128: ten broken accounts whose day has come are put off and seen; the eleventh has the same right.
#[test]
fn broken_accounts_keep_nobody_from_being_deleted() {
    let platform = Platform::fresh();
    let ask = |account: &Account<'_>| {
        let forfeits = json!({"amount": "0.00", "currency": "KZT"});
        let body = json!({"forfeits": forfeits, "recipients_duty_acknowledged": true});
        account.browser.post("/v1/account/deletion", &body).created();
    };
    for _ in 0..10 {
        let broken = Account::sign_up(&platform);
        ask(&broken);
        platform.flip_a_bit_of(&broken.id);
    }
    let sound = Account::sign_up(&platform);
    ask(&sound);
    platform.pass(chrono::Duration::days(31));
    assert_eq!(platform.finish_jobs("deletion"), 1);
    let jobs = platform.scheduler().get("/internal/jobs").ok();
    let broken = jobs.list("/items").iter().filter(|job| job.at("/error").is_string()).count();
    assert_eq!(broken, 10, "{jobs}");
}

fn twenty_drafts<'b, 'a>(account: &'b Account<'a>) -> Vec<Campaign<'b, 'a>> {
    (0..20).map(|n| account.draft(&format!("Number {n}"))).collect()
}

/// R52: three accounts of twenty campaigns each, with one tenge: more campaigns than a tick has places. The
/// account that can pay is served by the first tick, and the sixty are not looked at again until money comes.
#[test]
fn accounts_without_money_for_a_message_hold_nobody_up() {
    let platform = Platform::fresh();
    platform.set_clock(instant(EIGHT));
    let poor: Vec<Account<'_>> = (0..3).map(|_| shop_with(&platform, 1)).collect();
    let campaigns: Vec<Vec<Campaign<'_, '_>>> = poor.iter().map(twenty_drafts).collect();
    for campaign in campaigns.iter().flatten() {
        campaign.start();
    }
    platform.dispatch();
    platform.set_clock(instant(TEN));
    platform.dispatch();
    for account in &poor {
        account.top_up("1.00");
        assert_eq!(account.available(), 100);
    }
    platform.dispatch();
    let rich = shop_with(&platform, 3);
    let campaign = rich.draft("Hello");
    campaign.start();
    let tick = platform.tick("dispatch").ok();
    assert_eq!(campaign.report().handed_over, 3, "{tick}");
    let short = poor[0].balance();
    assert!(short.short_since.is_some(), "{short:?}");

    poor[0].top_up(&tenge(PRICE));
    assert_eq!(platform.dispatch(), 1, "one message, for which there is money now");
    let sent: i64 = campaigns[0].iter().map(|campaign| campaign.report().handed_over).sum();
    assert_eq!(sent, 2, "and one before");
}

/// R87: an account with twenty campaigns of more than a tick hands over, and one with a single message.
#[test]
fn an_account_with_many_campaigns_waits_as_long_as_one_with_one() {
    let platform = Platform::fresh();
    platform.set_clock(instant(EIGHT));
    let large = Account::sign_up(&platform);
    large.upload(csv_of(&mobiles(0, 4_000)));
    large.top_up(&tenge(20 * 4_000 * PRICE));
    let campaigns: Vec<Campaign<'_, '_>> = (0..4).map(|n| large.draft(&format!("Number {n}"))).collect();
    for campaign in &campaigns {
        campaign.start();
    }
    platform.dispatch();
    let small = shop_with(&platform, 1);
    let only = small.draft("Hello");
    only.start();
    platform.dispatch();
    platform.set_clock(instant(TEN));
    for _ in 0..2 {
        platform.tick("dispatch").ok();
    }
    assert_eq!(only.report().handed_over, 1, "to {}", mobile(0));
}
