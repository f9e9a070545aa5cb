//! Numbers that staff list for the whole service: no account sends to them, whatever it had queued or brings in later,
//! and none takes them off (R65, R66).

use chrono::{DateTime, Utc};
use sendbox_tests::{
    Account, Answer, Caller, Fields, Host, Platform, Request, Settings, csv_of, instant, mobile, mobiles,
};
use serde_json::{Value, json};

const PATH: &str = "/internal/blacklist";

/// 3 December 2026 by Almaty's clock: before the hours, and within them.
fn before_and_within_the_hours() -> (DateTime<Utc>, DateTime<Utc>) {
    (instant("2026-12-03T08:00:00+05:00"), instant("2026-12-03T10:00:00+05:00"))
}

fn listing(phones: &[String]) -> Value {
    json!({"phones": phones, "by": "Dina", "basis": "complaint 12"})
}

fn list(platform: &Platform, phones: &[String]) -> Value {
    platform.staff().post(PATH, &listing(phones)).ok()
}

fn take_off(staff: &Caller<'_>, entry: &str) -> Answer {
    let body = json!({"by": "Dina", "basis": "letter 13"});
    staff.send(Request::new("DELETE", &format!("{PATH}/{entry}")).json(&body))
}

fn queued(platform: &Platform, messages: u32) -> (Account<'_>, String) {
    let shop = Account::with_contacts(platform, messages, 1_000_000);
    let campaign = shop.draft("Your order is ready.").start().id.clone();
    (shop, campaign)
}

#[test]
fn only_staff_keep_the_list() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = listing(&mobiles(0, 1));
    for nobody in [&platform.visitor(), &platform.scheduler(), &shop.browser, &shop.program()] {
        nobody.post(PATH, &body).refused(401, "unauthenticated");
        nobody.get(PATH).refused(401, "unauthenticated");
        take_off(nobody, "bls_019350c2a7e87c3f9a51d0b6c4e2f806").refused(401, "unauthenticated");
    }
    take_off(&platform.staff(), "bls_019350c2a7e87c3f9a51d0b6c4e2f806").refused(404, "not_found");
}

/// Who lists, and on what, is said; and what is no number is named by its place.
#[test]
fn a_listing_without_its_reason_or_without_numbers_is_refused() {
    let platform = Platform::fresh();
    let staff = platform.staff();
    for (field, value) in [
        ("basis", json!(" ")),
        ("by", json!("")),
        ("phones", json!([])),
        ("phones", json!(vec!["+77010000001"; 1_001])),
    ] {
        let mut body = listing(&mobiles(0, 1));
        body[field] = value;
        staff.post(PATH, &body).refused_field(422, "invalid_field", field);
    }
    assert!(staff.list(PATH).is_empty(), "nothing was half done");
    let phones = ["8 701 000 00 01", "123", "+77010000001", "+442071838750"].map(str::to_owned);
    let listed = list(&platform, &phones);
    assert_eq!(
        (listed.integer("/added"), listed.integer("/already_listed")),
        (1, 0),
        "one number, named twice"
    );
    let again = list(&platform, &phones);
    assert_eq!((again.integer("/added"), again.integer("/already_listed")), (0, 1));
    let rejected: Vec<i64> = listed.list("/rejected").iter().map(|one| one.integer("/index")).collect();
    assert_eq!(rejected, [1, 3]);
    let entry = staff.list(PATH).remove(0);
    assert_eq!((entry.text("/phone"), entry.text("/by")), ("+77010000001".to_owned(), "Dina".to_owned()));
    assert_eq!(entry.text("/basis"), "complaint 12");
}

/// R66: queued before, uploaded after, by an account that there was not then; and no tick of the jobs is needed for
/// that, since nothing is taken before the account follows.
#[test]
fn nothing_leaves_to_a_number_that_staff_listed() {
    let platform = Platform::fresh();
    let (before, within) = before_and_within_the_hours();
    platform.set_clock(before);
    let (shop, campaign) = queued(&platform, 3);
    platform.dispatch();
    list(&platform, &[mobile(0), mobile(3), mobile(4)]);

    platform.set_clock(within);
    shop.sign_in_again();
    let campaign = shop.campaign(&campaign);
    let report = campaign.send_all();
    assert_eq!((report.handed_over, report.blocked), (2, 1));
    let blocked: Vec<Value> =
        campaign.messages().into_iter().filter(|message| message.text("/state") == "blocked").collect();
    assert_eq!(
        (blocked[0].text("/phone"), blocked[0].text("/reason")),
        (mobile(0), "blacklisted".to_owned())
    );
    assert_eq!(shop.available(), 1_000_000 - report.charged(), "whoever is blocked is not charged for");

    let import = shop.upload(csv_of(&mobiles(3, 2)));
    assert_eq!(import.integer("/blacklisted"), 2, "they are not taken in");
    let later = Account::with_contacts(&platform, 2, 1_000_000);
    let campaign = later.draft("Hello");
    assert_eq!(campaign.estimate().integer("/messages"), 1, "it has the list from its beginning");
    assert_eq!(campaign.start().send_all().handed_over, 1);
}

/// R65: the account sees by whom it was, and why it cannot take it off; staff can.
#[test]
fn what_the_service_listed_only_its_staff_take_off() {
    let platform = Platform::fresh();
    let shop = Account::with_contacts(&platform, 2, 1_000_000);
    list(&platform, &[mobile(0), mobile(7)]);
    platform.finish_jobs("service_blacklist");
    let shown = shop.browser.list("/v1/blacklist");
    assert_eq!(shown.len(), 1, "strangers are not shown");
    let entry = &shown[0];
    assert_eq!((entry.text("/phone"), entry.text("/source")), (mobile(0), "service".to_owned()));
    assert!(entry.is_null_at("/reason"), "what staff wrote down is not for the accounts");
    let own = format!("/v1/blacklist/{}", entry.text("/id"));
    shop.browser.delete(&own).refused(409, "blacklisted_by_service");
    shop.program().delete(&own).refused(409, "blacklisted_by_service");

    let staff = platform.staff();
    for entry in staff.list(PATH) {
        let removed = take_off(&staff, &entry.text("/id")).ok();
        assert_eq!(
            (removed.text("/removed/by"), removed.text("/removed/basis")),
            ("Dina".to_owned(), "letter 13".to_owned())
        );
        assert!(removed.is_null_at("/phone"), "the number is gone");
        assert!(
            removed.integer("/removed/log_index") > removed.integer("/log_index"),
            "a leaf for each (R10)"
        );
        take_off(&staff, &entry.text("/id")).refused(404, "not_found");
    }
    platform.finish_jobs("service_blacklist");
    assert!(shop.browser.list("/v1/blacklist").is_empty());
    assert_eq!(shop.draft("Hello").start().send_all().handed_over, 2);
}

/// R66: an account of each cell has a message to the number in its queue; where one cell does not take the list, staff
/// are not told that it holds.
#[test]
fn the_list_holds_in_every_cell_once_it_is_answered() {
    if Host::chosen() == Host::SpinOverServers {
        return;
    }
    let platform = Platform::with(Settings { cells: 3, ..Settings::default() });
    let (before, within) = before_and_within_the_hours();
    platform.set_clock(before);
    let shops: Vec<_> = (0..3).map(|_| queued(&platform, 2)).collect();
    platform.dispatch();
    list(&platform, &[mobile(1)]);
    platform.set_clock(within);
    platform.dispatch();
    for (shop, campaign) in &shops {
        shop.sign_in_again();
        let report = shop.campaign(campaign).report();
        assert_eq!((report.handed_over, report.blocked), (1, 1), "in {}", shop.id);
    }
    drop(shops);
    platform.crash();
    let state = platform.state_folder();
    for end in ["db", "db-wal", "db-shm"] {
        let file = |label: &str| state.join(format!("{label}.{end}"));
        if file("cell3").is_file() {
            std::fs::copy(file("cell3"), file("cell2")).expect("copied");
        }
    }
    let platform = platform.restart();
    let listed = platform.staff().post(PATH, &listing(&[mobile(0)]));
    listed.refused(503, "blacklist_not_everywhere");
    let again = platform.staff().post(PATH, &listing(&[mobile(0)]));
    again.refused(503, "blacklist_not_everywhere");
    assert_eq!(platform.staff().list(PATH).len(), 2, "it is listed all the same, and once");
}
