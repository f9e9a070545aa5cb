//! Operators as the product meets them: chosen, failing, fallen back from, found again; their reports
//! late, early, repeated and forged (R84, R85, R86, R87, R88, R89).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::Duration;
use sendbox_tests::operator::{Asked, PlayedOperator, Reply};
use sendbox_tests::{Account, Fields, Platform, Request, Settings};
use serde_json::json;

/// What Kannel says when it takes a message.
const TAKEN: &str = "0: Accepted for delivery";

/// With Kannel first and SMSC.kz behind it, at these addresses.
fn with_operators(kannel: &str, smsc: Option<&str>) -> Platform {
    let mut variables = vec![
        ("operators", if smsc.is_some() { "kannel smsc" } else { "kannel" }.to_owned()),
        ("kannel_url", kannel.to_owned()),
        ("kannel_username", "made-up".to_owned()),
        ("kannel_password", "made-up".to_owned()),
    ];
    if let Some(smsc) = smsc {
        variables.extend([("smsc_url", smsc.to_owned()), ("smsc_api_key", "made-up".to_owned())]);
    }
    Platform::with(Settings { variables, ..Settings::default() })
}

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, i64::from(contacts) * 10_000)
}

/// How often each number was written to.
type Log = Arc<Mutex<BTreeMap<String, usize>>>;

fn note(log: &Log, number: String) {
    *log.lock().expect("no test panics while it holds this").entry(number).or_default() += 1;
}

fn written_to(log: &Log) -> BTreeMap<String, usize> {
    log.lock().expect("no test panics while it holds this").clone()
}

/// An SMSC.kz that takes everything.
fn smsc(log: &Log) -> PlayedOperator {
    let log = Arc::clone(log);
    PlayedOperator::start(move |asked| {
        note(&log, asked.parameter("phones"));
        let id = asked.parameter("id");
        Reply::Answer(200, format!("{{\"id\": {id}, \"cnt\": 1}}"))
    })
}

/// The address of an operator that is not there: nothing listens on the first port.
fn nobody() -> String {
    "http://127.0.0.1:1".to_owned()
}

/// The address at which Kannel is to report, with its words filled in.
fn report_path(asked: &Asked, platform_base: &str, status: u32) -> String {
    let address = asked.parameter("dlr-url");
    let path = address.strip_prefix(platform_base).expect("an address of ours").to_owned();
    let path = path.replace("%d", &status.to_string()).replace("%T", "1796200000");
    path.replace("%F", "made-up").replace("%A", "")
}

/// R84, R46: what one operator cannot have goes by the next, at the next one's tariff; nobody is written
/// to twice.
#[test]
fn messages_fall_back_to_the_next_operator_and_cost_what_it_costs() {
    let log = Log::default();
    let smsc = smsc(&log);
    let platform = with_operators(&nobody(), Some(&smsc.url));
    let shop = shop_with(&platform, 25);
    let campaign = shop.draft("Hello");
    campaign.start();
    let report = campaign.send_all();
    assert_eq!(report.handed_over, 25);
    assert_eq!(written_to(&log).len(), 25);
    assert!(written_to(&log).values().all(|times| *times == 1));
    // 13.00 for the operator and 4.00 for the service.
    assert_eq!(report.charged(), 25 * 1_700);
    let operators: Vec<String> =
        campaign.messages().iter().map(|message| message.text("/operator")).collect();
    assert!(operators.iter().all(|operator| operator == "smsc"), "{operators:?}");
}

/// R84: an operator that fails is left alone for a while, and found again by itself.
#[test]
fn an_operator_that_was_away_is_used_again_after_its_rest() {
    let (log, away) = (Log::default(), Arc::new(AtomicBool::new(true)));
    let (noted, is_away) = (Arc::clone(&log), Arc::clone(&away));
    let kannel = PlayedOperator::start(move |asked| {
        if is_away.load(Ordering::Acquire) {
            return Reply::Answer(503, "Temporal failure, try again later.".to_owned());
        }
        note(&noted, asked.parameter("to"));
        Reply::Answer(202, TAKEN.to_owned())
    });
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 30);
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    assert_eq!(campaign.report().handed_over, 0);
    away.store(false, Ordering::Release);
    platform.pass(Duration::minutes(11));
    let report = campaign.send_all();
    assert_eq!(report.handed_over, 30);
    assert!(written_to(&log).values().all(|times| *times == 1));
}

/// R87: an operator may have taken what it did not answer to. Its report says that it did: then the message
/// is charged, and is not sent again.
#[test]
fn a_report_settles_a_message_whose_answer_was_lost() {
    let asked_of_kannel: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let heard = Arc::clone(&asked_of_kannel);
    let kannel = PlayedOperator::start(move |asked| {
        heard.lock().expect("no test panics while it holds this").push(asked.clone());
        Reply::HangUp
    });
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 1);
    let campaign = shop.draft("Hello");
    campaign.start();
    assert_eq!(campaign.send_all().unknown, 1);
    platform.pass(Duration::minutes(10));
    platform.tick("reconcile").ok();
    assert_eq!(campaign.send_all().unknown, 1, "nobody can say");
    let asked = asked_of_kannel.lock().expect("no test panics while it holds this").clone();
    assert_eq!(asked.len(), 1, "sent again on a guess");
    // The SMS centre has it, and then the handset.
    for (status, delivered) in [(8, 0), (1, 1), (1, 1), (2, 1)] {
        let path = report_path(&asked[0], platform.base(), status);
        platform.visitor().get(&path).is(204);
        let report = campaign.report();
        assert_eq!(report.handed_over, 1);
        assert_eq!(report.delivered, delivered);
        assert_eq!(report.charged(), 1_500);
    }
    assert_eq!(shop.balance().held.0.0, 0);
}

/// R85, R89: a report can be faster than the answer to the hand-over. It is not lost.
#[test]
fn a_report_that_comes_before_the_hand_over_is_settled_is_kept() {
    let platform_base: Arc<Mutex<String>> = Arc::default();
    let base = Arc::clone(&platform_base);
    let kannel = PlayedOperator::start(move |asked| {
        let base = base.lock().expect("no test panics while it holds this").clone();
        let path = report_path(asked, &base, 1);
        let status = ureq::get(format!("{base}{path}")).call().expect("the product answers").status();
        assert_eq!(status.as_u16(), 204);
        Reply::Answer(202, TAKEN.to_owned())
    });
    let platform = with_operators(&kannel.url, None);
    *platform_base.lock().expect("no test panics while it holds this") = platform.base().to_owned();
    let shop = shop_with(&platform, 40);
    let campaign = shop.draft("Hello");
    campaign.start();
    let report = campaign.send_all();
    assert_eq!((report.handed_over, report.delivered), (40, 40));
    assert_eq!(report.charged(), 40 * 1_500);
}

/// R85, R89: an address that was not given to the operator reports nothing; nor does one message's token
/// speak of another.
#[test]
fn a_forged_report_changes_nothing() {
    let paths: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&paths);
    let kannel = PlayedOperator::start(move |asked| {
        let address = asked.parameter("dlr-url");
        heard.lock().expect("no test panics while it holds this").push(address);
        Reply::Answer(202, TAKEN.to_owned())
    });
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 2);
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    let paths = paths.lock().expect("no test panics while it holds this").clone();
    let parts: Vec<Vec<&str>> = paths.iter().map(|path| path.split(['/', '?']).collect()).collect();
    let (id, token_of_other) = (parts[0][7], parts[1][8]);
    for token in [token_of_other, "00000000000000000000000000000000", "x"] {
        let path = format!("/webhooks/operators/kannel/reports/{id}/{token}?status=2");
        platform.visitor().get(&path).refused(401, "webhook_signature_invalid");
    }
    let body = Request::new("POST", "/webhooks/operators/twilio/reports/x").bytes("MessageStatus=failed");
    platform.visitor().send(body).refused(503, "webhook_not_configured");
    let body = Request::new("POST", "/webhooks/operators/smsc/reports").bytes("id=1&phone=7&status=20&md5=0");
    platform.visitor().send(body).refused(503, "webhook_not_configured");
    let report = campaign.report();
    assert_eq!((report.awaiting_report, report.undelivered), (2, 0));
}

/// R50: the estimate is what it costs at most, whoever carries the messages.
#[test]
fn the_estimate_is_the_dearest_operators_price() {
    let platform = with_operators(&nobody(), Some(&nobody()));
    let shop = shop_with(&platform, 3);
    let campaign = shop.draft("Hello");
    assert_eq!(campaign.estimate().money("/price_per_message"), 1_700);
    assert_eq!(campaign.estimate().money("/total"), 3 * 1_700);
}

/// R84, R45: an operator that refuses our credentials is told to nobody but the log, and nothing is charged.
#[test]
fn wrong_credentials_stop_at_the_first_message() {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let refused = Arc::new(AtomicBool::new(true));
    let is_refused = Arc::clone(&refused);
    let kannel = PlayedOperator::start(move |_| {
        *counted.lock().expect("no test panics while it holds this") += 1;
        if is_refused.load(Ordering::Acquire) {
            return Reply::Answer(403, "Authorization failed for sendsms".to_owned());
        }
        Reply::Answer(202, TAKEN.to_owned())
    });
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 500);
    let campaign = shop.draft("Hello");
    campaign.start();
    platform.dispatch();
    let asked = *count.lock().expect("no test panics while it holds this");
    assert!(asked <= 300, "asked {asked} times with wrong credentials");
    assert_eq!(campaign.report().charged(), 0);
    assert_eq!(shop.balance().held.0.0, 0);
    refused.store(false, Ordering::Release);
    platform.pass(Duration::minutes(11));
    assert_eq!(campaign.send_all().handed_over, 500);
}

/// R66: a person who answers STOP is written to no more; anybody else's word, or a word that is no refusal,
/// changes nothing.
#[test]
fn a_reply_that_refuses_stops_what_is_queued() {
    let kannel = PlayedOperator::start(|_| Reply::Answer(202, TAKEN.to_owned()));
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 3);
    let first = shop.draft("Hello");
    first.start();
    first.send_all();
    let operators = platform.scheduler().get("/internal/operators").ok();
    let address = operators.list("/items")[0].text("/incoming_url");
    let path = address.strip_prefix(platform.base()).expect("an address of ours").to_owned();
    let number = sendbox_tests::mobile(1);
    let reply = |path: &str, from: &str, text: &str| {
        platform.visitor().get(&format!("{path}?from={}&text={text}&coding=0", from.trim_start_matches('+')))
    };
    let forged = "/webhooks/operators/kannel/incoming/00000000000000000000000000000000";
    reply(forged, &number, "STOP").refused(401, "webhook_signature_invalid");
    reply(&path, &number, "Thanks").is(204);
    reply(&path, "+77015550199", "STOP").is(204);
    assert!(shop.browser.list("/v1/blacklist").is_empty());
    reply(&path, &number, "stop").is(204);
    let listed = shop.browser.list("/v1/blacklist");
    assert_eq!((listed.len(), listed[0].text("/phone")), (1, number));
    assert_eq!(listed[0].text("/source"), "opt_out");
    let second = shop.draft("Hello again");
    second.start();
    let report = second.send_all();
    assert_eq!((report.handed_over, report.blocked), (2, 1));
}

/// The path of incoming messages through the one operator in use.
fn incoming_path(platform: &Platform) -> String {
    let operators = platform.scheduler().get("/internal/operators").ok();
    let address = operators.list("/items")[0].text("/incoming_url");
    address.strip_prefix(platform.base()).expect("an address of ours").to_owned()
}

/// R65, R66, R69: whoever refused by mistake, or thinks better of it, says so, and is written to again. What the
/// account listed stays listed.
#[test]
fn a_reply_that_takes_a_refusal_back_gives_the_contact_back() {
    let kannel = PlayedOperator::start(|_| Reply::Answer(202, TAKEN.to_owned()));
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 3);
    let first = shop.draft("Hello");
    first.start();
    first.send_all();
    let path = incoming_path(&platform);
    let reply = |number: u32, text: &str| {
        let from = sendbox_tests::mobile(number).replace("+7", "8");
        platform.visitor().get(&format!("{path}?from={from}&text={text}&coding=0&added=since")).is(204);
    };
    // "СTOP" with a Cyrillic first letter; "не пишите мне больше, Айгуль"; and the account's own entry.
    reply(0, "%D0%A1TOP");
    reply(
        1,
        "%D0%BD%D0%B5+%D0%BF%D0%B8%D1%88%D0%B8%D1%82%D0%B5+%D0%BC%D0%BD%D0%B5%2C+%D0%90%D0%B9%D0%B3%D1%83%D0%BB%D1%8C",
    );
    shop.blacklist(&[sendbox_tests::mobile(2)]);
    assert_eq!(shop.browser.list("/v1/blacklist").len(), 3);
    for number in 0..3 {
        reply(number, "%D0%A1%D0%A2%D0%90%D0%A0%D0%A2%21");
    }
    let listed = shop.browser.list("/v1/blacklist");
    assert_eq!((listed.len(), listed[0].text("/phone")), (1, sendbox_tests::mobile(2)));
    assert_eq!(listed[0].text("/source"), "account");
    let second = shop.draft("Hello again");
    second.start();
    assert_eq!(second.send_all().handed_over, 2);
}

/// R66, R89: what is the operator's own and cannot be read is counted and seen, and is not asked for again; what
/// is not its own counts for nothing.
#[test]
fn what_cannot_be_read_is_counted_and_seen_and_not_asked_for_again() {
    let reports: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let heard = Arc::clone(&reports);
    let kannel = PlayedOperator::start(move |asked| {
        heard.lock().expect("no test panics while it holds this").push(asked.clone());
        Reply::Answer(202, TAKEN.to_owned())
    });
    let platform = with_operators(&kannel.url, None);
    let shop = shop_with(&platform, 1);
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    let path = incoming_path(&platform);
    let unread = |what: &str| {
        let operators = platform.scheduler().get("/internal/operators").ok();
        operators.list("/items")[0].integer(&format!("/unread/{what}"))
    };
    assert_eq!((unread("number"), unread("charset"), unread("body")), (0, 0, 0));
    let forged = "/webhooks/operators/kannel/incoming/00000000000000000000000000000000?from=x&text=STOP";
    platform.visitor().get(forged).refused(401, "webhook_signature_invalid");
    for query in ["from=Kcell&text=STOP", "from=77015550123&coding=2&text=%04", "from=77015550123"] {
        platform.visitor().get(&format!("{path}?{query}")).is(204);
    }
    let asked = reports.lock().expect("no test panics while it holds this")[0].clone();
    platform.visitor().get(&report_path(&asked, platform.base(), 64)).is(204);
    assert_eq!((unread("number"), unread("charset"), unread("body")), (1, 1, 2));
    assert_eq!(campaign.report().awaiting_report, 1, "a status that says nothing is no last word");
    // A failure with a bit that newer builds set.
    platform.visitor().get(&report_path(&asked, platform.base(), 66)).is(204);
    assert_eq!(campaign.report().undelivered, 1);
}

/// R189, R190: numbers do not leave the country unless the deployment says so in so many words.
#[test]
fn an_operator_abroad_is_left_out_without_the_deployments_word() {
    let twilio = PlayedOperator::start(|_| Reply::Answer(201, r#"{"sid": "SM1"}"#.to_owned()));
    let with_word = |word: &str| {
        let variables = vec![
            ("operators", "twilio".to_owned()),
            ("twilio_url", twilio.url.clone()),
            ("twilio_account_sid", "AC1".to_owned()),
            ("twilio_auth_token", "made-up".to_owned()),
            ("send_abroad", word.to_owned()),
        ];
        Platform::with(Settings { variables, ..Settings::default() })
    };
    let platform = with_word("yes");
    let operators = platform.scheduler().get("/internal/operators").ok();
    let item = operators.list("/items")[0].clone();
    assert!(!item.boolean("/set_up"), "{item}");
    assert!(item.text("/problem").contains("SPIN_VARIABLE_SEND_ABROAD"), "{item}");
    let shop = shop_with(&platform, 1);
    // Not even an estimate names it.
    shop.browser.post("/v1/texts/measure", &json!({"text": "Hello"})).refused(503, "no_operator");

    let platform = with_word("numbers-may-leave-kazakhstan");
    let operators = platform.scheduler().get("/internal/operators").ok();
    assert!(operators.list("/items")[0].boolean("/set_up"));
    let shop = shop_with(&platform, 1);
    let campaign = shop.draft("Hello");
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 1);
}

/// R66, R89: Jasmin passes replies on by GET unless its keeper sets otherwise, and repeats what is not acknowledged.
#[test]
fn a_reply_through_jasmin_is_acknowledged_whether_it_can_be_read_or_not() {
    let jasmin = PlayedOperator::start(|_| Reply::Answer(200, "Success \"made-up\"".to_owned()));
    let variables = vec![
        ("operators", "jasmin".to_owned()),
        ("jasmin_url", jasmin.url.clone()),
        ("jasmin_username", "made-up".to_owned()),
        ("jasmin_password", "made-up".to_owned()),
    ];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let shop = shop_with(&platform, 2);
    let campaign = shop.draft("Hello");
    campaign.start();
    campaign.send_all();
    let path = incoming_path(&platform);
    let [first, second] = [0, 1].map(|number| sendbox_tests::mobile(number).replace('+', ""));
    let by_get = |form: &str| platform.visitor().get(&format!("{path}?{form}"));
    let by_post = |form: &str| platform.visitor().send(Request::new("POST", &path).bytes(form));
    let replies = [
        by_get(&format!("from={first}&content=STOP&coding=0&binary=53544f50")),
        by_post(&format!("from=00{second}&coding=8&binary=0421044204")),
        by_post(&format!("from=tel%3A%2B{second}&coding=8&binary=04210442043e043f")),
    ];
    for reply in replies {
        assert_eq!(reply.is(200).text_body(), "ACK/Jasmin");
    }
    assert_eq!(shop.browser.list("/v1/blacklist").len(), 2);
    let operators = platform.scheduler().get("/internal/operators").ok();
    assert_eq!(operators.list("/items")[0].integer("/unread/charset"), 1);
}

/// R48, R85, R87: what Kannel never answered to cannot be asked about. After three days its owner sees how many and
/// who, and decides; nothing of it happens by itself.
#[test]
fn an_owner_sees_who_stayed_unknown_and_decides() {
    let (log, away) = (Log::default(), Arc::new(AtomicBool::new(true)));
    let asked_of_kannel: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let (noted, heard, is_away) = (Arc::clone(&log), Arc::clone(&asked_of_kannel), Arc::clone(&away));
    let kannel = PlayedOperator::start(move |asked| {
        heard.lock().expect("no test panics while it holds this").push(asked.clone());
        note(&noted, asked.parameter("to"));
        if is_away.load(Ordering::Acquire) { Reply::HangUp } else { Reply::Answer(202, TAKEN.to_owned()) }
    });
    let platform = with_operators(&kannel.url, None);
    // A Monday: three days later is no day of rest, on which the operator would get nothing.
    platform.set_clock(sendbox_tests::instant("2026-12-07T12:00:00+05:00"));
    let shop = shop_with(&platform, 1);
    let campaigns = [shop.draft("Left alone"), shop.draft("Sent again")];
    for campaign in &campaigns {
        campaign.start();
        assert_eq!(campaign.send_all().unknown, 1);
        // Past the rest of an operator that failed.
        platform.pass(Duration::minutes(10));
    }
    platform.pass(Duration::hours(72));
    for _ in 0..12 {
        platform.tick("reconcile").ok();
        platform.pass(Duration::minutes(1));
    }
    away.store(false, Ordering::Release);
    shop.sign_in_again();
    let browser = &shop.browser;
    let decide = |place: usize, decision: &str| {
        browser.post(&format!("{}/unknown", campaigns[place].path()), &json!({"decision": decision}))
    };
    for campaign in &campaigns {
        let report = campaign.send_all();
        assert_eq!((report.unknown, report.undecided, report.blocked), (1, 1, 0));
        let listed = browser.get(&format!("/v1/messages?campaign={}&state=unknown", campaign.id)).ok();
        assert_eq!(listed.list("/items")[0].text("/reason"), "undecided");
    }
    browser.get("/v1/messages?state=lost").refused(422, "invalid_field");
    decide(0, "perhaps").refused(422, "invalid_field");
    assert_eq!(decide(0, "leave").ok().integer("/messages"), 1);
    assert_eq!(decide(0, "send_again").ok().integer("/messages"), 0, "decided once");
    assert_eq!(decide(1, "send_again").ok().integer("/messages"), 1);
    let reports = campaigns.each_ref().map(|campaign| campaign.send_all());
    assert_eq!((reports[0].blocked, reports[1].handed_over), (1, 1));
    assert_eq!((reports[0].charged(), reports[1].charged()), (0, 1_500));
    assert_eq!(shop.balance().held.0.0, 0);
    // The one that was left alone had arrived after all.
    let first = asked_of_kannel.lock().expect("no test panics while it holds this")[0].clone();
    platform.visitor().get(&report_path(&first, platform.base(), 1)).is(204);
    let report = campaigns[0].report();
    assert_eq!((report.delivered, report.charged()), (1, 0));
    assert_eq!(written_to(&log).values().sum::<usize>(), 3, "two at first, and one again");
}
