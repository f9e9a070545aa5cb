//! Delivery reports: only from the operator, each counted once, none of them touching money.

use sendbox_tests::signatures::operator_signature;
use sendbox_tests::{Account, Answer, Campaign, Fields, Platform, Request, csv_of, mobiles, tenge};
use serde_json::{Value, json};

const PATH: &str = "/webhooks/operators/sandbox/reports";

fn report_on(message: &str, status: &str, at: &str) -> Value {
    json!({"reports": [{"id": message, "status": status, "at": at}]})
}

fn send(platform: &Platform, body: &Value, signature: &str) -> Answer {
    let request = Request::new("POST", PATH)
        .header("content-type", "application/json")
        .header("sandbox-signature", signature)
        .bytes(body.to_string());
    platform.visitor().send(request)
}

fn send_signed(platform: &Platform, body: &Value) -> Value {
    send(platform, body, &operator_signature(body.to_string().as_bytes())).ok()
}

/// A campaign to so many, all of it handed over.
fn sent_campaign<'b, 'a>(shop: &'b Account<'a>, contacts: u32) -> Campaign<'b, 'a> {
    shop.upload(csv_of(&mobiles(0, contacts)));
    shop.top_up(&tenge(i64::from(contacts) * 1500));
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    campaign
}

/// R85, R89: a report that the operator did not sign changes nothing.
#[test]
fn a_forged_report_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let campaign = sent_campaign(&shop, 2);
    let message = campaign.messages()[0].text("/id");
    let body = report_on(&message, "undelivered", "2026-12-02T05:10:00Z");
    let of_another = operator_signature(b"another body");
    for signature in ["", "v1,", "v1,AAAA", "rubbish", of_another.as_str()] {
        send(platform, &body, signature).refused(401, "webhook_signature_invalid");
    }
    let unsigned = Request::new("POST", PATH).json(&body);
    platform.visitor().send(unsigned).refused(401, "webhook_signature_invalid");
    let report = campaign.report();
    assert_eq!(report.undelivered, 0);
    assert_eq!(report.awaiting_report, 2);
}

/// R85, R94: a report is counted once, however often it comes, and the first result stays.
#[test]
fn a_repeated_report_is_ignored() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let campaign = sent_campaign(&shop, 2);
    let message = campaign.messages()[0].text("/id");
    let at = campaign.messages()[0].text("/handed_over_at");
    let delivered = report_on(&message, "delivered", &at);
    let first = send_signed(platform, &delivered);
    assert_eq!((first.integer("/accepted"), first.integer("/ignored")), (1, 0));
    for body in [delivered, report_on(&message, "undelivered", &at)] {
        let again = send_signed(platform, &body);
        assert_eq!((again.integer("/accepted"), again.integer("/ignored")), (0, 1));
    }
    let report = campaign.report();
    assert_eq!(report.delivered, 1);
    assert_eq!(report.undelivered, 0);
    assert_eq!(report.awaiting_report, 1);
}

#[test]
fn a_report_on_a_message_that_never_was_is_ignored() {
    let platform = Platform::shared();
    for id in ["msg_00000000000000000000000000000000", "cmp_1", ""] {
        let answer = send_signed(platform, &report_on(id, "delivered", "2026-12-02T05:10:00Z"));
        assert_eq!((answer.integer("/accepted"), answer.integer("/ignored")), (0, 1), "{id}");
    }
}

/// R48: the price was for the hand-over: a message that did not arrive is not given back.
#[test]
fn a_result_changes_no_charge() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let campaign = sent_campaign(&shop, 3);
    let charged = campaign.report().charged();
    let messages = campaign.messages();
    for (message, status) in messages.iter().zip(["delivered", "undelivered", "expired"]) {
        let body = report_on(&message.text("/id"), status, &message.text("/handed_over_at"));
        assert_eq!(send_signed(platform, &body).integer("/accepted"), 1);
    }
    let report = campaign.report();
    assert_eq!((report.delivered, report.undelivered, report.expired), (1, 1, 1), "{report:?}");
    assert_eq!(report.charged(), charged);
    assert_eq!(shop.available(), 0);
    assert_eq!(shop.balance().ledger_sum.0.0, 0);
}

/// A report on a message that has not left is a mistake or a forgery by the operator itself.
#[test]
fn a_message_that_has_not_left_cannot_be_delivered() {
    let platform = Platform::fresh();
    platform.set_clock(sendbox_tests::instant("2026-12-03T03:00:00Z"));
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&mobiles(0, 1)));
    shop.top_up("15.00");
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    let message = campaign.messages()[0].text("/id");
    let answer = send_signed(&platform, &report_on(&message, "delivered", "2026-12-03T03:00:00Z"));
    assert_eq!(answer.integer("/accepted"), 0);
    assert_eq!(campaign.report().queued, 1);
}

#[test]
fn a_signed_report_that_is_malformed_is_refused() {
    let platform = Platform::shared();
    for body in ["{", "[]", "{\"reports\": 1}"] {
        let request = Request::new("POST", PATH)
            .header("content-type", "application/json")
            .header("sandbox-signature", &operator_signature(body.as_bytes()))
            .bytes(body);
        let answer = platform.visitor().send(request);
        assert!([400, 422].contains(&answer.status), "{}: {}", answer.status, answer.text_body());
    }
}
