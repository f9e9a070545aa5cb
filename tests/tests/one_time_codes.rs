//! One-time codes: what is one, when it leaves, and when it is too late (section L, R86).

use chrono::{DateTime, Duration, Utc};
use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::{Account, Campaign, Fields, Platform, instant, mobile};
use serde_json::{Value, json};

const PRICE: i64 = 1500;
const TEXT: &str = "Your code is 004217";

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, 100 * PRICE)
}

fn almaty(day: u32, time: &str) -> DateTime<Utc> {
    instant(&format!("2026-12-{day:02}T{time}+05:00"))
}

fn body(shop: &Account<'_>, text: &str) -> Value {
    let mut body = shop.draft_body(text);
    body["class"] = json!("one_time_code");
    body
}

fn codes<'b, 'a>(shop: &'b Account<'a>) -> Campaign<'b, 'a> {
    let made = shop.browser.post("/v1/campaigns", &body(shop, TEXT)).created();
    assert_eq!(made.text("/class"), "one_time_code");
    assert!(!made.boolean("/opt_out_link"), "{made}");
    shop.campaign(&made.text("/id"))
}

/// The class is no way around the rules of the others.
#[test]
fn what_is_no_short_text_with_a_code_is_refused_as_one() {
    let shop = shop_with(Platform::shared(), 1);
    let refused = |text: &str| shop.browser.post("/v1/campaigns", &body(&shop, text));
    refused("Sale! Half price today").refused_field(422, "code_missing", "text");
    refused(&format!("1234 {}", "a".repeat(320))).refused_field(422, "code_text_too_long", "text");
    let mut with_link = body(&shop, TEXT);
    with_link["opt_out_link"] = json!(true);
    let answer = shop.browser.post("/v1/campaigns", &with_link);
    answer.refused_field(422, "opt_out_link_not_for_codes", "opt_out_link");
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

/// Section L: what holds notices back on a Sunday does not hold codes back; the blacklist does.
#[test]
fn codes_leave_on_a_sunday_by_a_telecom_operator_but_not_to_who_refused() {
    let kannel = PlayedOperator::start(|_| Reply::Answer(202, "0: Accepted for delivery".to_owned()));
    let platform = kannel.as_kannel();
    platform.set_clock(almaty(6, "12:00:00"));
    let shop = shop_with(&platform, 3);
    shop.blacklist(&[mobile(2)]);
    let (notice, code) = (shop.draft("Hello"), codes(&shop));
    notice.start();
    code.start();
    assert_eq!(code.send_all().handed_over, 2);
    assert_eq!(notice.report().handed_over, 0);
    assert_eq!(notice.stalled_by().as_deref(), Some("weekend"));
}

/// R80, R86: outside the offer's hours a code does not leave either, and ten minutes later it is not worth
/// sending: it is neither sent nor charged in the morning.
#[test]
fn a_code_that_was_too_late_is_neither_sent_nor_charged() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "20:30:00"));
    let shop = shop_with(&platform, 2);
    let code = codes(&shop);
    code.start();
    platform.dispatch();
    assert_eq!((code.report().queued, code.stalled_by().as_deref()), (2, Some("window_closed")));
    platform.pass(Duration::minutes(11));
    platform.dispatch();
    let report = code.report();
    assert_eq!((report.blocked, report.charged()), (2, 0));
    assert_eq!(report.blocked_by_reason["code_expired"], 2);
    assert_eq!(code.state(), "completed");
    platform.set_clock(almaty(4, "09:30:00"));
    platform.dispatch();
    shop.sign_in_again();
    assert_eq!(code.report().handed_over, 0);
    assert_eq!(shop.available(), 100 * PRICE);
}
