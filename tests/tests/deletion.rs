//! Deletion of an account: thirty days, cancellable, and then gone from the bytes of the disk.

use chrono::Duration;
use sendbox_tests::{
    Account, Answer, Caller, Fields, PASSWORD, Platform, consistent, csv_of, instant, mobiles, sign_in,
    state_bytes, tenge,
};
use serde_json::json;

fn ask(by: &Caller<'_>, forfeits: i64, acknowledged: bool) -> Answer {
    let body = json!({
        "forfeits": {"amount": tenge(forfeits), "currency": "KZT"},
        "recipients_duty_acknowledged": acknowledged,
    });
    by.post("/v1/account/deletion", &body)
}

/// R55, R121: nobody deletes without having seen what is lost and whose data are to be removed.
#[test]
fn deletion_without_the_two_warnings_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.top_up("12.34");
    ask(&shop.browser, 0, true).refused(409, "forfeit_amount_changed");
    ask(&shop.browser, 1233, true).refused(409, "forfeit_amount_changed");
    let unacknowledged = ask(&shop.browser, 1234, false);
    assert_eq!(unacknowledged.status, 422, "{}", unacknowledged.text_body());
    shop.browser.get("/v1/account/deletion").refused(404, "not_found");
    assert_eq!(shop.browser.get("/v1/account").ok().text("/state"), "active");
}

/// R120, R128: asked for once, due in thirty days, and taken back until then.
#[test]
fn deletion_is_due_in_thirty_days_and_can_be_taken_back() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.top_up("12.34");
    let deletion = ask(&shop.browser, 1234, true).created();
    assert_eq!(deletion.text("/state"), "scheduled");
    assert_eq!(deletion.money("/forfeits"), 1234);
    let notice = instant(&deletion.text("/due_at")) - instant(&deletion.text("/requested_at"));
    assert!(notice >= Duration::days(30) && notice <= Duration::days(31), "{deletion}");
    ask(&shop.browser, 1234, true).refused(409, "deletion_already_requested");

    platform.pass(Duration::days(29));
    assert_eq!(platform.finish_jobs("deletion"), 0);
    shop.sign_in_again();
    let cancelled = shop.browser.delete("/v1/account/deletion");
    assert!([200, 204].contains(&cancelled.status), "{}", cancelled.text_body());
    platform.pass(Duration::days(60));
    assert_eq!(platform.finish_jobs("deletion"), 0);
    shop.sign_in_again();
    assert_eq!(shop.browser.get("/v1/account").ok().text("/state"), "active");
    assert_eq!(shop.available(), 1234);
}

/// R217: the account names the day, thirty days ahead at least.
#[test]
fn the_day_of_deletion_is_named_thirty_days_ahead_at_least() {
    let platform = Platform::fresh();
    platform.set_clock(instant("2026-11-20T05:00:00Z"));
    let shop = Account::sign_up(&platform);
    let on = |day: &str| {
        let body = json!({
            "forfeits": {"amount": "0.00", "currency": "KZT"}, "recipients_duty_acknowledged": true,
            "delete_on": day,
        });
        shop.browser.post("/v1/account/deletion", &body)
    };
    on("2026-12-19").refused(422, "deletion_day_too_early");
    on("2026-12-32").refused(422, "invalid_field");
    shop.browser.get("/v1/account/deletion").refused(404, "not_found");
    let deletion = on("2027-01-15").created();
    assert_eq!(deletion.text("/delete_on"), "2027-01-15");
    assert_eq!(instant(&deletion.text("/due_at")), instant("2027-01-14T19:00:00Z"), "midnight in Almaty");

    // The clock goes on meanwhile.
    platform.set_clock(instant("2027-01-14T18:58:00Z"));
    assert_eq!(platform.finish_jobs("deletion"), 0);
    platform.set_clock(instant("2027-01-14T19:00:00Z"));
    assert_eq!(platform.finish_jobs("deletion"), 1);
}

/// R54, R92, R125, R127, R158: at the date the account is gone: no sign-in, no session, no key, no
/// contact. A neighbour notices nothing.
#[test]
fn at_the_date_everything_of_the_account_is_gone() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let neighbour = Account::sign_up(&platform);
    for account in [&shop, &neighbour] {
        account.upload(csv_of(&mobiles(0, 5)));
        account.top_up("1000.00");
    }
    let sent = shop.draft("Hello");
    sent.start();
    sent.send_all();
    platform.set_clock(instant("2026-12-02T20:00:00Z"));
    shop.sign_in_again();
    let waiting = shop.draft("Never to be sent");
    waiting.start();
    let program = shop.program();
    platform.sign_log();
    let before = platform.visitor().get("/v1/log/checkpoint").is(200).text_body();

    ask(&shop.browser, shop.available(), true).created();
    platform.pass(Duration::days(30) + Duration::minutes(1));
    assert_eq!(platform.finish_jobs("deletion"), 1);
    assert_eq!(platform.finish_jobs("deletion"), 0);

    sign_in(&platform.visitor(), &shop.login, PASSWORD).refused(401, "credentials_wrong");
    for caller in [&shop.browser, &program] {
        caller.get("/v1/contacts").refused(401, "unauthenticated");
        caller.get("/v1/account").refused(401, "unauthenticated");
    }
    platform.set_clock(instant("2027-01-05T06:00:00Z"));
    assert_eq!(platform.dispatch(), 0, "a message left after the end of the agreement");

    neighbour.sign_in_again();
    assert_eq!(neighbour.contacts().len(), 5);
    assert_eq!(neighbour.available(), 100_000);
    the_log_goes_on_from(&platform, &before);
}

/// R91: deleting a person leaves the log whole: what was signed before is the beginning of what is
/// signed after.
fn the_log_goes_on_from(platform: &Platform, before: &str) {
    platform.sign_log();
    let visitor = platform.visitor();
    let key = visitor.get("/v1/log/key").is(200).text_body();
    let after = visitor.get("/v1/log/checkpoint").is(200).text_body();
    let old = evidence::checkpoint::verify(before, key.trim()).expect("the old signature");
    let new = evidence::checkpoint::verify(&after, key.trim()).expect("the new signature");
    assert!(new.size > old.size, "deletion itself stands in the log");
    let path = format!("/v1/log/consistency?from={}&to={}", old.size, new.size);
    consistent(&visitor.get(&path).ok(), &old, &new);
}

/// R92, R158: a thief of the disk finds no recipient's number, name, or owner's contact, neither
/// while the account lives nor after it is gone.
#[test]
fn no_number_stands_in_the_bytes_of_the_disk() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let phones = mobiles(0, 300);
    let file = csv_of(&phones).replace("Recipient", "Қалдыбаева-Мысал");
    shop.upload(file);
    shop.blacklist(&mobiles(900, 2));
    shop.top_up(&tenge(300 * 1500));
    let campaign = shop.draft("Hello");
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 300);
    platform.deliver();
    let profile = shop.browser.get("/v1/account").ok();
    let mut secrets: Vec<String> = [phones[0].clone(), phones[150].clone(), phones[299].clone()]
        .iter()
        .chain(&mobiles(900, 2))
        .flat_map(|phone| state_bytes::spellings(phone))
        .collect();
    secrets.push("Қалдыбаева-Мысал".to_owned());
    secrets.extend(state_bytes::spellings(&profile.text("/phone")));
    secrets.push(profile.text("/email"));
    secrets.push(profile.text("/name"));
    // The search does find what stands in the clear.
    assert!(!state_bytes::files_containing(&platform.kept_in(), &campaign.id).is_empty());
    none_is_on_disk(&platform, &secrets, "while the account lives");

    ask(&shop.browser, 0, true).created();
    platform.pass(Duration::days(31));
    assert_eq!(platform.finish_jobs("deletion"), 1);
    none_is_on_disk(&platform, &secrets, "after the deletion");
}

#[track_caller]
fn none_is_on_disk(platform: &Platform, secrets: &[String], when: &str) {
    for secret in secrets {
        let files = state_bytes::files_containing(&platform.kept_in(), secret);
        assert!(files.is_empty(), "{when}: {secret} stands in {files:?}");
    }
}
