//! The hours of an account: what staff decide, what is judged by it, and what is kept of the verdict.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::{
    Account, Answer, Fields, Platform, Request, Settings, csv_of, instant, mobile, mobiles, tenge, verifies,
};
use serde_json::{Value, json};

const PRICE: i64 = 1500;
const DECISIONS: &str = "/internal/decisions/window-overrides";

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, i64::from(contacts) * PRICE)
}

/// Almaty's time of a day in December, which is UTC+5.
fn almaty(day: u32, time: &str) -> DateTime<Utc> {
    instant(&format!("2026-12-{day:02}T{time}+05:00"))
}

fn decision(shop: &Account<'_>, opens: &str, closes: &str) -> Value {
    json!({
        "account": shop.id, "from": "2026-12-03", "to": "2026-12-04",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "opens": opens, "closes": closes,
        "by": "Duty lawyer", "basis": "Additional agreement 5",
    })
}

fn decide(shop: &Account<'_>, opens: &str, closes: &str) -> Answer {
    shop.platform().staff().post(DECISIONS, &decision(shop, opens, closes))
}

fn decisions(shop: &Account<'_>) -> Vec<Value> {
    let path = format!("{DECISIONS}?account={}", shop.id);
    shop.platform().staff().get(&path).ok().list("/items").clone()
}

/// R82: an account does not change its own hours, and neither does the scheduler.
#[test]
fn only_staff_decide_about_hours() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = decision(&shop, "08:00", "21:00");
    for caller in [platform.visitor(), platform.scheduler(), shop.program()] {
        caller.post(DECISIONS, &body).refused(401, "unauthenticated");
        caller.get(&format!("{DECISIONS}?account={}", shop.id)).refused(401, "unauthenticated");
    }
    shop.browser.post(DECISIONS, &body).refused(401, "unauthenticated");
    assert!(decisions(&shop).is_empty());
}

#[test]
fn without_a_token_of_staff_nobody_decides() {
    let platform = Platform::with(Settings { staff: false, ..Settings::default() });
    platform.staff().get(DECISIONS).refused(503, "staff_not_configured");
    platform.visitor().post(DECISIONS, &json!({})).refused(503, "staff_not_configured");
}

/// R83: not by a minute, at either end, and nothing is kept of the attempt.
#[test]
fn no_decision_enters_the_statutory_night() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for (opens, closes) in [("05:59", "21:00"), ("08:00", "22:01"), ("00:00", "24:00"), ("22:00", "23:59")] {
        decide(&shop, opens, closes).refused(422, "window_override_enters_night");
    }
    let mut backwards = decision(&shop, "08:00", "21:00");
    backwards["to"] = json!("2026-12-02");
    platform.staff().post(DECISIONS, &backwards).refused(422, "window_override_ends_before_it_begins");
    decide(&shop, "21:00", "08:00").refused_field(422, "invalid_field", "opens");
    for (field, value) in [
        ("days", json!([])),
        ("days", json!(["monday"])),
        ("from", json!("yesterday")),
        ("by", json!(" ")),
        ("basis", json!("x".repeat(501))),
    ] {
        let mut body = decision(&shop, "08:00", "21:00");
        body[field] = value;
        platform.staff().post(DECISIONS, &body).refused_field(422, "invalid_field", field);
    }
    let mut nobody = decision(&shop, "08:00", "21:00");
    nobody["account"] = json!("acc_ffffffffffffffffffffffffffffffff");
    platform.staff().post(DECISIONS, &nobody).refused(404, "not_found");
    assert!(decisions(&shop).is_empty());
    assert!(shop.evidence("kind=decisions")[0].contains("\"events\":[]"));
}

/// R82, R90: agreed hours open for that account alone; the history and the log name the decision; a
/// revocation shuts them again and erases nothing.
#[test]
fn agreed_hours_open_for_their_account_until_they_are_revoked() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "07:30:00"));
    let (early, other) = (shop_with(&platform, 2), shop_with(&platform, 2));
    let made = decide(&early, "08:00", "21:00").created();
    let id = made.text("/id");
    let campaign = early.draft("Hello");
    campaign.start();
    let others = other.draft("Hello");
    others.start();
    platform.dispatch();
    assert_eq!(campaign.report().handed_over, 0, "half past seven is too early for all");
    assert_eq!(campaign.stalled_by().as_deref(), Some("window_closed"));
    let opens_at = campaign.get().text("/window/opens_at");
    assert_eq!(instant(&opens_at), almaty(3, "08:00:00"));

    platform.set_clock(almaty(3, "08:30:00"));
    assert_eq!(campaign.send_all().handed_over, 2);
    assert_eq!(others.report().handed_over, 0, "the other account has agreed on nothing");
    for message in campaign.messages() {
        let rule = format!("hours kz-2024-03-01; calendar 2026-11-20; override {id}");
        assert_eq!(message.text("/window_rule"), rule);
        assert_eq!(message.text("/window_hours"), "08:00-21:00");
        assert!(message.text("/handed_over_local").starts_with("2026-12-03T08:3"), "{message}");
    }

    let path = format!("{DECISIONS}/{id}");
    let why = json!({"by": "Duty lawyer", "basis": "The account asked for it"});
    let revoke = || platform.staff().send(Request::new("DELETE", &path).json(&why));
    early.upload(csv_of(&mobiles(100, 1)));
    early.top_up(&tenge(3 * PRICE));
    let late = early.draft("Hello again");
    late.start();
    assert!(!revoke().ok().is_null_at("/revoked_at"));
    revoke().refused(404, "not_found");
    platform.set_clock(almaty(3, "20:30:00"));
    platform.dispatch();
    early.sign_in_again();
    assert_eq!(late.report().handed_over, 0, "the offer's hours hold again");
    let kept = decisions(&early);
    assert_eq!((kept.len(), kept[0].text("/id")), (1, id.clone()));

    platform.sign_log();
    let evidence = early.evidence("kind=decisions").remove(0);
    assert!(evidence.contains("decision_window_override") && evidence.contains("decision_window_revoked"));
    assert!(verifies(&evidence, None).success);
    assert!(verifies(&early.evidence(&format!("campaign={}", campaign.id))[0], None).success);
}

/// R83: the widest hours that can be agreed on end where the night begins.
#[test]
fn at_ten_in_the_evening_the_widest_hours_are_over() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "21:30:00"));
    let shop = shop_with(&platform, 3);
    decide(&shop, "06:00", "22:00").created();
    let campaign = shop.draft("Hello");
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 3, "half past nine in the evening was agreed on");
    shop.top_up(&tenge(3 * PRICE));
    let late = shop.draft("Hello again");
    late.start();
    for (day, time) in [(3, "22:00:00"), (4, "00:30:00"), (4, "05:30:00")] {
        platform.set_clock(almaty(day, time));
        platform.dispatch();
        shop.sign_in_again();
        assert_eq!(late.report().handed_over, 0, "{time}");
    }
    platform.set_clock(almaty(4, "06:00:00"));
    assert_eq!(late.send_all().handed_over, 3);
}

/// R50, R90: an owner sees the hours that hold for the campaign, and by which rules.
#[test]
fn the_estimate_and_the_campaign_show_the_hours_and_their_rules() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(16, "20:30:00"));
    let shop = shop_with(&platform, 1);
    let campaign = shop.draft("Hello");
    for shown in [campaign.estimate(), campaign.get()] {
        assert!(!shown.boolean("/window/open"), "{shown}");
        assert_eq!(shown.text("/window/why"), "outside_hours");
        assert_eq!(shown.text("/window/hours"), "09:00-20:00");
        assert_eq!(shown.text("/window/rule"), "hours kz-2024-03-01; calendar 2026-11-20");
        assert_eq!(shown.text("/window/holiday/en"), "Independence Day");
        assert_eq!(instant(&shown.text("/window/opens_at")), almaty(17, "09:00:00"));
    }
    campaign.order("cancel").refused(409, "campaign_state_conflict");
    campaign.start();
    campaign.order("cancel").ok();
    assert!(campaign.get().is_null_at("/window"), "an ended campaign waits for nothing");
}

/// R86, R90: what a gate refused keeps when, by local time, and why.
#[test]
fn a_refused_message_keeps_the_instant_and_the_reason() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "07:00:00"));
    let shop = shop_with(&platform, 2);
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    shop.blacklist(&[mobile(0)]);
    let messages = campaign.messages();
    let refused =
        messages.iter().find(|message| message.text("/state") == "blocked").expect("one is refused");
    assert_eq!(refused.text("/reason"), "blacklisted");
    assert!(refused.text("/blocked_local").starts_with("2026-12-03T07:0"), "{refused}");
    assert!(refused.text("/blocked_local").ends_with("+05:00"), "{refused}");
    assert_eq!(refused.text("/window_rule"), "hours kz-2024-03-01");
    assert!(refused.is_null_at("/handed_over_at") && refused.is_null_at("/charged"));
}

/// A Kannel that takes everything and counts what it was asked.
fn kannel() -> (PlayedOperator, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let played = PlayedOperator::start(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Reply::Answer(202, "0: Accepted for delivery".to_owned())
    });
    (played, asked)
}

fn with_operators(operators: &str, kannel: &PlayedOperator) -> Platform {
    let variables = vec![
        ("operators", operators.to_owned()),
        ("kannel_url", kannel.url.clone()),
        ("kannel_username", "made-up".to_owned()),
        ("kannel_password", "made-up".to_owned()),
    ];
    Platform::with(Settings { variables, ..Settings::default() })
}

fn rich_shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, contacts)));
    shop.top_up("1000.00");
    shop
}

/// Section L, R86: a telecom operator is given notices on working days only; what waits says why, and
/// leaves by itself.
#[test]
fn at_weekends_and_on_public_holidays_a_telecom_operator_is_given_nothing() {
    let (kannel, asked) = kannel();
    let platform = with_operators("kannel", &kannel);
    // A Saturday and the Monday behind it; Independence Day, a Wednesday, and the Thursday behind it.
    for (shut, why, open) in [(5, "weekend", 7), (16, "public_holiday", 17)] {
        platform.set_clock(almaty(shut, "12:00:00"));
        let shop = rich_shop_with(&platform, 2);
        let campaign = shop.draft("Hello");
        let estimate = campaign.estimate();
        assert_eq!((estimate.boolean("/window/open"), estimate.text("/window/why").as_str()), (false, why));
        assert!(estimate.is_null_at("/window/hours"), "{estimate}");
        assert_eq!(instant(&estimate.text("/window/opens_at")), almaty(open, "09:00:00"));
        campaign.start();
        let before = asked.load(Ordering::Relaxed);
        platform.dispatch();
        assert_eq!(campaign.stalled_by().as_deref(), Some(why));
        assert_eq!((campaign.report().queued, shop.available()), (2, 100_000));
        assert_eq!(asked.load(Ordering::Relaxed), before, "the operator is not even asked");

        platform.set_clock(almaty(open, "09:00:00"));
        shop.sign_in_again();
        assert_eq!(campaign.send_all().handed_over, 2);
        let rule = campaign.messages()[0].text("/window_rule");
        assert_eq!(rule, "hours kz-2024-03-01; calendar 2026-11-20");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

/// R84: each operator has a calendar of its own; who is shut is passed over.
#[test]
fn where_one_operators_calendar_is_shut_another_takes_the_messages() {
    let (kannel, asked) = kannel();
    let platform = with_operators("kannel sandbox", &kannel);
    let shop = rich_shop_with(&platform, 2);
    platform.set_clock(almaty(5, "12:00:00"));
    shop.sign_in_again();
    let campaign = shop.draft("Hello");
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 2);
    let messages = campaign.messages();
    assert!(messages.iter().all(|message| message.text("/operator") == "sandbox"), "{messages:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}
