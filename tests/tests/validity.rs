//! Nothing that is handed over in the hours reaches anybody after them: every request carries the operator's own
//! validity, and who cannot carry one gets nothing in the last minutes (R80, R81). Calls keep the offer's seven
//! days, texts the operators' weekdays (X31).

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use sendbox_tests::operator::{Asked, PlayedOperator, Reply};
use sendbox_tests::{Account, Fields, Platform, Settings, instant, wav};
use serde_json::json;

/// Almaty's time of a day in December, which is UTC+5. The second is a Wednesday.
fn almaty(day: u32, time: &str) -> DateTime<Utc> {
    instant(&format!("2026-12-{day:02}T{time}+05:00"))
}

/// What an operator was asked.
type Log = Arc<Mutex<Vec<Asked>>>;

/// One that takes everything, and remembers it.
fn operator(answer: &'static str) -> (PlayedOperator, Log) {
    let log = Log::default();
    let noted = Arc::clone(&log);
    let played = PlayedOperator::start(move |asked| {
        noted.lock().expect("no test panics while it holds this").push(asked.clone());
        // Each takes its own words, and none minds the other's status.
        let status = if answer.starts_with('{') { 200 } else { 202 };
        Reply::Answer(status, answer.to_owned())
    });
    (played, log)
}

fn asked(log: &Log) -> Vec<Asked> {
    log.lock().expect("no test panics while it holds this").clone()
}

fn kannel() -> (PlayedOperator, Log, Platform) {
    let (played, log) = operator("0: Accepted for delivery");
    let platform = played.as_kannel();
    (played, log, platform)
}

/// SMSC.kz carries texts and calls.
fn smsc() -> (PlayedOperator, Log, Platform) {
    let (played, log) = operator(r#"{"id": 1, "cnt": 1}"#);
    let variables = vec![
        ("operators", "smsc".to_owned()),
        ("smsc_url", played.url.clone()),
        ("smsc_api_key", "made-up".to_owned()),
        ("public_url", "https://sms.example.kz".to_owned()),
    ];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    (played, log, platform)
}

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, 1_000_000)
}

/// R81: a text that Kannel gets at five to eight ends with the hours, rounded down; in the last minute nothing
/// leaves, for the smallest that it can be told is one.
#[test]
fn at_five_to_eight_a_text_is_valid_for_four_minutes_and_in_the_last_minute_none_leaves() {
    let (_kannel, log, platform) = kannel();
    platform.set_clock(almaty(2, "19:40:00"));
    let shop = shop_with(&platform, 3);
    let (first, second) = (shop.draft("Hello"), shop.draft("Hello again"));
    platform.set_clock(almaty(2, "19:55:00"));
    first.start();
    assert_eq!(first.send_all().handed_over, 3);
    let over = platform.product_clock();
    for asked in asked(&log) {
        let minutes: i64 = asked.parameter("validity").parse().expect("whole minutes");
        assert!((1..=4).contains(&minutes), "{minutes} minutes");
        assert!(almaty(2, "19:55:00") + Duration::minutes(minutes) < almaty(2, "20:00:00"));
    }
    assert!(over < almaty(2, "19:58:00"), "this machine is too slow to tell");

    second.start();
    platform.set_clock(almaty(2, "19:58:45"));
    platform.dispatch();
    assert_eq!(asked(&log).len(), 3, "75 seconds are left, of which a request may be on its way for twenty");
    assert_eq!(second.report().handed_over, 0);
    assert_eq!(shop.balance().held.0.0, 0);
    platform.set_clock(almaty(3, "09:00:00"));
    shop.sign_in_again();
    assert_eq!(second.send_all().handed_over, 3);
    let minutes: i64 = asked(&log)[3].parameter("validity").parse().expect("whole minutes");
    assert!((640..=659).contains(&minutes), "{minutes} minutes to eight in the evening");
}

/// R81: a code is not passed on when nobody waits for it any more.
#[test]
fn a_codes_validity_ends_when_it_is_stale() {
    let (_kannel, log, platform) = kannel();
    platform.set_clock(almaty(2, "12:00:00"));
    let shop = shop_with(&platform, 1);
    let mut body = shop.draft_body("Your code: 1234");
    body["class"] = json!("one_time_code");
    let campaign = shop.campaign(&shop.browser.post("/v1/campaigns", &body).created().text("/id"));
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 1);
    let minutes: i64 = asked(&log)[0].parameter("validity").parse().expect("whole minutes");
    assert!((7..=9).contains(&minutes), "{minutes} of the ten minutes that a code is fresh");
}

/// R80, R81: the stand-in shows the instant that it was given: the end of the hours, for a call that of its last
/// ring.
#[test]
fn the_stand_in_shows_until_when_it_may_pass_a_message_on() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(2, "19:50:00"));
    let shop = shop_with(&platform, 1);
    let (text, call) = (shop.draft("Hello"), shop.call_draft(&shop.recording(wav(3_000)), 1));
    for (campaign, ends) in [(text, "20:00:00"), (call, "19:59:40")] {
        campaign.start();
        assert_eq!(campaign.send_all().handed_over, 1);
        let ids = json!({"ids": [campaign.messages()[0].text("/id")]});
        let states = platform.scheduler().post("/sandbox/operator/states", &ids).ok();
        let given = states.list("/taken")[0].integer("/expires_at");
        assert_eq!(given, almaty(2, ends).timestamp_millis());
    }
}

/// R80, X31: on a Saturday calls leave by the same operator that takes no text.
#[test]
fn on_a_saturday_an_operator_gets_calls_and_no_texts() {
    let (_smsc, log, platform) = smsc();
    platform.set_clock(almaty(5, "12:00:00"));
    let shop = shop_with(&platform, 2);
    let text = shop.draft("Hello");
    text.start();
    platform.dispatch();
    assert_eq!(text.report().handed_over, 0);
    assert_eq!(text.stalled_by().as_deref(), Some("weekend"));
    assert!(asked(&log).is_empty());
    let call = shop.call_draft(&shop.recording(wav(3_000)), 1);
    assert!(call.estimate().boolean("/window/open"));
    call.start();
    assert_eq!(call.send_all().handed_over, 2);
    assert!(asked(&log).iter().all(|asked| asked.parameter("call") == "1"));
}

/// R81: SMSC.kz cannot be told until when a call may begin, so in the last half hour it gets none; texts carry
/// their validity, in hours and minutes.
#[test]
fn an_operator_that_cannot_be_told_until_when_gets_nothing_in_the_last_minutes() {
    let (_smsc, log, platform) = smsc();
    platform.set_clock(almaty(2, "19:20:00"));
    let shop = shop_with(&platform, 2);
    let (call, text) = (shop.call_draft(&shop.recording(wav(3_000)), 1), shop.draft("Hello"));
    platform.set_clock(almaty(2, "19:30:00"));
    call.start();
    platform.dispatch();
    assert_eq!((call.report().handed_over, asked(&log).len()), (0, 0));
    text.start();
    assert_eq!(text.send_all().handed_over, 2);
    for asked in asked(&log) {
        let valid = asked.parameter("valid");
        assert!(valid.as_str() > "00:20" && valid.as_str() < "00:30", "{valid}");
    }
    platform.set_clock(almaty(3, "09:00:00"));
    shop.sign_in_again();
    assert_eq!(call.send_all().handed_over, 2);
}
