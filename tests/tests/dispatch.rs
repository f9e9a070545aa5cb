//! Dispatch: only in the lawful hours, never to the blacklisted, each recipient once, paid for
//! message by message.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use sendbox_tests::{Account, Campaign, Fields, Platform, Report, csv_of, instant, mobile, mobiles, tenge};

/// 11.00 for the operator and 4.00 for the service.
const PRICE: i64 = 1500;

/// An account with so many contacts and the money to write to each of them once.
fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, i64::from(contacts) * PRICE)
}

/// Almaty's time of a day in December, which is UTC+5.
fn almaty(day: u32, time: &str) -> DateTime<Utc> {
    instant(&format!("2026-12-{day:02}T{time}+05:00"))
}

/// Nobody got a campaign's message twice, and what was written off is what was handed over.
#[track_caller]
fn each_recipient_once(campaign: &Campaign<'_, '_>, report: &Report) {
    let messages = campaign.messages();
    let phones: BTreeSet<String> = messages.iter().map(|message| message.text("/phone")).collect();
    assert_eq!(phones.len(), messages.len(), "somebody stands in the campaign twice");
    assert_eq!(report.charged(), report.handed_over * PRICE);
}

/// The captures of one campaign, counted in the ledger.
fn captured_messages(shop: &Account<'_>, campaign: &Campaign<'_, '_>) -> i64 {
    shop.transfers("capture")
        .iter()
        .filter(|transfer| transfer.text("/campaign") == campaign.id)
        .map(|transfer| transfer.integer("/messages"))
        .sum()
}

/// R80, R81: one second before nine nothing leaves; at nine it does. One second before eight in the
/// evening it still does; at eight nothing does.
///
/// The clock runs while a tick works, so a try counts only if the second in question has not passed
/// when the tick is over.
#[test]
fn nothing_leaves_before_nine_or_from_eight_in_the_evening_on() {
    let platform = Platform::fresh();
    let day = before_nine_nothing_leaves(&platform);
    before_eight_in_the_evening_messages_leave(&platform, day);
}

fn before_nine_nothing_leaves(platform: &Platform) -> u32 {
    for day in 3..15 {
        platform.set_clock(almaty(day, "08:30:00"));
        let shop = shop_with(platform, 3);
        let campaign = shop.draft("Hello");
        campaign.start();
        platform.dispatch();
        platform.set_clock(almaty(day, "08:59:59"));
        platform.dispatch();
        let (report, stalled_by) = (campaign.report(), campaign.stalled_by());
        if platform.product_clock() >= almaty(day, "09:00:00") {
            continue;
        }
        assert_eq!(report.handed_over, 0, "before nine");
        assert_eq!(report.charged(), 0);
        assert_eq!(stalled_by.as_deref(), Some("window_closed"));

        platform.set_clock(almaty(day, "09:00:00"));
        let report = campaign.send_all();
        assert_eq!(report.handed_over, 3, "at nine");
        return day;
    }
    panic!("this machine is too slow: a tick over three messages took a second, twelve times");
}

fn before_eight_in_the_evening_messages_leave(platform: &Platform, day: u32) {
    for day in day + 1..day + 13 {
        // Prepared in the night before, so that the last second is spent on sending alone.
        platform.set_clock(almaty(day - 1, "20:30:00"));
        let shop = shop_with(platform, 3);
        let campaign = shop.draft("Hello");
        campaign.start();
        platform.dispatch();
        assert_eq!(campaign.report().handed_over, 0, "at half past eight in the evening");

        platform.set_clock(almaty(day, "19:59:59"));
        platform.dispatch();
        // In the last 300 ms nothing leaves any more, so a tick that worked into them says nothing.
        let in_time = platform.now() < almaty(day, "19:59:59.700");
        shop.sign_in_again();
        let report = campaign.report();
        for message in campaign.messages().iter().filter(|message| !message.is_null_at("/handed_over_at")) {
            assert!(instant(&message.text("/handed_over_at")) < almaty(day, "20:00:00"), "{message}");
        }
        if !in_time {
            continue;
        }
        assert_eq!(report.handed_over, 3, "a second before eight in the evening");
        at_eight_in_the_evening_nothing_leaves(platform, day);
        return;
    }
    panic!("this machine is too slow: a tick over three messages took a second, twelve times");
}

fn at_eight_in_the_evening_nothing_leaves(platform: &Platform, day: u32) {
    platform.set_clock(almaty(day, "20:00:00"));
    let shop = shop_with(platform, 3);
    let campaign = shop.draft("Hello");
    let estimate = campaign.estimate();
    assert!(!estimate.boolean("/window/open"), "{estimate}");
    assert_eq!(instant(&estimate.text("/window/opens_at")), almaty(day + 1, "09:00:00"));
    campaign.start();
    let tick = platform.tick("dispatch").ok();
    assert!(!tick.boolean("/window_open"), "{tick}");
    platform.dispatch();
    for hours in [2, 4, 8, 12] {
        platform.set_clock(almaty(day, "20:00:00") + Duration::hours(hours));
        platform.dispatch();
        shop.sign_in_again();
        assert_eq!(campaign.report().handed_over, 0, "{hours} hours after eight");
    }
    assert_eq!(shop.available(), 3 * PRICE);
    assert_eq!(shop.balance().held.0.0, 0);
}

/// R80: the window is open seven days a week.
#[test]
fn messages_leave_on_a_sunday_too() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(6, "12:00:00"));
    let shop = shop_with(&platform, 2);
    let campaign = shop.draft("Hello");
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 2);
}

/// R65, R66: not to a number that was listed before the upload, before the start, or after it.
#[test]
fn nothing_leaves_to_a_blacklisted_number() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "08:00:00"));
    let shop = Account::sign_up(&platform);
    shop.top_up("1000.00");
    shop.blacklist(&[mobile(0)]);
    shop.upload(csv_of(&mobiles(0, 5)));
    shop.blacklist(&[mobile(1)]);
    let campaign = shop.draft("Hello");
    assert_eq!(campaign.estimate().integer("/messages"), 3);
    campaign.start();
    platform.dispatch();
    assert_eq!(shop.blacklist(&[mobile(2)]).integer("/cancelled_messages"), 1);

    platform.set_clock(almaty(3, "10:00:00"));
    let report = campaign.send_all();
    assert_eq!(report.handed_over, 2);
    assert_eq!(report.charged(), 2 * PRICE, "a blacklisted number is not charged for");
    for message in campaign.messages() {
        let listed = [mobile(0), mobile(1), mobile(2)].contains(&message.text("/phone"));
        assert_eq!(listed, message.is_null_at("/handed_over_at"), "{message}");
    }
    assert_eq!(shop.available(), 100_000 - 2 * PRICE);
}

/// R66: a number taken off the list again is not written to by a campaign that has passed it.
#[test]
fn a_number_taken_off_the_list_does_not_bring_a_message_back() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "08:00:00"));
    let shop = shop_with(&platform, 2);
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    shop.blacklist(&[mobile(0)]);
    let entry = shop.browser.list("/v1/blacklist")[0].text("/id");
    shop.browser.delete(&format!("/v1/blacklist/{entry}")).no_content();
    platform.set_clock(almaty(3, "10:00:00"));
    let report = campaign.send_all();
    assert_eq!(report.handed_over, 1);
}

/// R67, R86: a recipient whose data were deleted after the start is not written to.
#[test]
fn a_deleted_contact_is_not_written_to() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "08:00:00"));
    let shop = shop_with(&platform, 3);
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    let contact = shop.contacts()[0].clone();
    shop.browser.delete(&format!("/v1/contacts/{}", contact.text("/id"))).ok();
    platform.set_clock(almaty(3, "10:00:00"));
    let report = campaign.send_all();
    assert_eq!(report.handed_over, 2);
    assert_eq!(report.charged(), 2 * PRICE);
    assert_eq!(shop.available(), PRICE);
}

/// R87: four schedulers at once are no more than one.
#[test]
fn ticks_that_overlap_send_each_message_once() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 400);
    let campaign = shop.draft("Hello");
    campaign.start();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| campaign.send_all());
        }
    });
    let report = campaign.report();
    assert_eq!(report.handed_over, 400);
    each_recipient_once(&campaign, &report);
    assert_eq!(captured_messages(&shop, &campaign), 400);
    assert_eq!(shop.available(), 0);
    assert_eq!(shop.balance().held.0.0, 0);
    assert_eq!(shop.balance().ledger_sum.0.0, 0);
}

/// R87: after everything is sent, further ticks do nothing.
#[test]
fn a_finished_campaign_stays_finished() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 5);
    let campaign = shop.draft("Hello");
    campaign.start();
    let report = campaign.send_all();
    assert_eq!(campaign.state(), "completed");
    shop.top_up("500.00");
    shop.upload(csv_of(&mobiles(500, 3)));
    platform.dispatch();
    assert_eq!(campaign.report(), report);
    assert_eq!(shop.available(), 50_000);
}

/// R45, R48, R52, R86: two campaigns share money for one. Sending stops at zero, never below, and goes on
/// by itself after a payment; nobody is written to twice.
#[test]
fn an_empty_balance_stops_sending_and_a_payment_resumes_it() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 10);
    let one = shop.draft("Hello");
    let two = shop.draft("Hello again");
    one.start();
    two.start();
    for _ in 0..3 {
        platform.dispatch();
    }
    let sent = one.report().handed_over + two.report().handed_over;
    assert_eq!(sent, 10, "as many as were paid for");
    assert_eq!(shop.available(), 0);
    let balance = shop.balance();
    assert!(balance.suspended, "{balance:?}");
    assert_eq!(balance.held.0.0, 0, "{balance:?}");
    let stalled = [one.stalled_by(), two.stalled_by()];
    assert!(stalled.iter().flatten().any(|reason| reason == "balance_empty"), "{stalled:?}");

    shop.top_up(&tenge(10 * PRICE));
    for campaign in [&one, &two] {
        let report = campaign.send_all();
        assert_eq!(report.handed_over, 10);
        each_recipient_once(campaign, &report);
    }
    assert_eq!(shop.available(), 0);
    assert_eq!(shop.balance().ledger_sum.0.0, 0);
}

/// R45: money for half a message buys none.
#[test]
fn a_remainder_smaller_than_a_price_is_not_spent() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 4);
    shop.top_up("7.00");
    let one = shop.draft("Hello");
    let two = shop.draft("Hello again");
    one.start();
    two.start();
    platform.dispatch();
    assert_eq!(shop.available(), 700);
    assert_eq!(shop.balance().held.0.0, 0);
}

/// R47, R48: a longer text costs its segments.
#[test]
fn a_message_of_two_segments_costs_two() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 2);
    shop.top_up(&tenge(2 * PRICE));
    let campaign = shop.draft(&"ә".repeat(71));
    campaign.start();
    let report = campaign.send_all();
    assert_eq!(report.charged(), 4 * PRICE);
    assert_eq!(shop.available(), 0);
}

/// R87: while a campaign is paused nothing of it leaves; resumed, it goes on where it stood.
#[test]
fn a_paused_campaign_sends_nothing_and_resumes_where_it_stood() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 10);
    let first = shop.draft("Hello");
    let second = shop.draft("Hello again");
    first.start();
    second.start();
    for _ in 0..3 {
        platform.dispatch();
    }
    // The money for ten is gone; ten messages of the two campaigns wait. Pause whoever waits.
    let waiting = if first.report().queued > 0 { &first } else { &second };
    let before = waiting.report();
    assert_eq!(waiting.order("pause").ok().text("/state"), "paused");
    shop.top_up(&tenge(10 * PRICE));
    for _ in 0..3 {
        platform.dispatch();
    }
    assert_eq!(waiting.report().handed_over, before.handed_over);

    waiting.order("resume").ok();
    let report = waiting.send_all();
    assert_eq!(report.handed_over, 10);
    each_recipient_once(waiting, &report);
}

/// R86, R87: what is cancelled is never sent and never charged.
#[test]
fn a_cancelled_campaign_sends_and_charges_nothing_more() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "08:00:00"));
    let shop = shop_with(&platform, 6);
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    assert_eq!(campaign.order("cancel").ok().text("/state"), "cancelled");
    platform.set_clock(almaty(3, "10:00:00"));
    platform.dispatch();
    let report = campaign.report();
    assert_eq!(report.handed_over, 0);
    assert_eq!(report.cancelled, report.messages);
    assert_eq!(shop.available(), 6 * PRICE);
    campaign.order("resume").refused(409, "campaign_state_conflict");
}

/// R87: the host is stopped dead while it sends. Nothing is lost, nobody is written to twice.
#[test]
fn a_crash_in_the_middle_loses_nothing_and_repeats_nothing() {
    let platform = Platform::fresh();
    let (campaign, login) = crashed_while_sending(&platform, 3_000);
    let platform = platform.restart();
    // Past every lease that the dead host held.
    platform.pass(Duration::minutes(30));
    let shop = Account::sign_in(&platform, &login);
    let campaign = shop.campaign(&campaign);
    let report = settled(&campaign, &platform);
    assert_eq!(report.handed_over, 3_000);
    each_recipient_once(&campaign, &report);
    assert_eq!(captured_messages(&shop, &campaign), 3_000);
    assert_eq!(shop.available(), 0);
    assert_eq!(shop.balance().held.0.0, 0);
    assert_eq!(shop.balance().ledger_sum.0.0, 0);
}

/// Sends, and asks the operator about what is unknown, until every message has its answer.
fn settled(campaign: &Campaign<'_, '_>, platform: &Platform) -> Report {
    for _ in 0..20 {
        let report = campaign.send_all();
        if report.unknown == 0 {
            return report;
        }
        platform.tick("reconcile").ok();
        // "Not found" counts the second time, a minute later.
        platform.pass(Duration::minutes(1));
    }
    panic!("twenty questions, and the operator has not said what became of all: {:?}", campaign.report())
}

/// Two schedulers send; the host dies as soon as the report shows that something has left. Answers
/// the campaign's id and the account's login.
fn crashed_while_sending(platform: &Platform, contacts: u32) -> (String, String) {
    let shop = shop_with(platform, contacts);
    let campaign = shop.draft("Hello");
    campaign.start();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| while platform.try_tick("dispatch").is_some() {});
        }
        while campaign.report().handed_over == 0 {}
        platform.crash();
    });
    (campaign.id.clone(), shop.login.clone())
}
