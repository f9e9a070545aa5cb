//! Numbers looked up at an operator (HLR): only of people who consent, charged for answers alone, and never asked twice on
//! a guess (R49, R95, R99, R103).

use std::sync::{Arc, Mutex};

use chrono::Duration;
use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::{Account, Answer, Fields, Platform, Request, Settings, csv_of, mobile, mobiles};
use serde_json::{Value, json};

/// What was sent to SMSC.kz, and how often each number.
type Given = Arc<Mutex<Vec<String>>>;

/// An SMSC.kz that answers questions about numbers by what the test says of each.
fn smsc(
    given: &Given,
    give: impl Fn(usize) -> Reply + Send + Sync + 'static,
    say: fn(&str) -> Value,
) -> PlayedOperator {
    let given = Arc::clone(given);
    PlayedOperator::start(move |asked| {
        if asked.path.ends_with("/status.php") {
            return Reply::Answer(200, say(&asked.parameter("phone")).to_string());
        }
        assert_eq!(asked.parameter("hlr"), "1", "nothing is sent to anybody");
        let mut given = given.lock().expect("no test panics while it holds this");
        given.push(asked.parameter("phones"));
        give(given.len())
    })
}

fn taken(_: usize) -> Reply {
    Reply::Answer(200, json!({"id": 1, "cnt": 1}).to_string())
}

fn with_smsc(url: &str) -> Platform {
    Platform::with(settings(url))
}

fn settings(url: &str) -> Settings {
    let variables = vec![
        ("operators", "kannel smsc".to_owned()),
        ("kannel_url", "http://127.0.0.1:1".to_owned()),
        ("kannel_username", "made-up".to_owned()),
        ("kannel_password", "made-up".to_owned()),
        ("smsc_url", url.to_owned()),
        ("smsc_api_key", "made-up".to_owned()),
    ];
    Settings { variables, ..Settings::default() }
}

/// A business with money whose contacts consent to automated decisions, but for the last.
fn shop_of(platform: &Platform, people: u32) -> Account<'_> {
    let shop = Account::sign_up(platform);
    shop.top_up("100.00");
    shop.upload(csv_of(&mobiles(0, people)));
    let consent =
        json!({"word": "consents", "phones": mobiles(0, people - 1), "said": "Form of 20 November"});
    shop.browser.post("/v1/decision-stances", &consent).ok();
    shop
}

fn look_up(shop: &Account<'_>, phones: &Value, total: &str) -> Answer {
    let body = json!({"phones": phones, "agreed_total": {"amount": total, "currency": "KZT"}});
    shop.browser.post("/v1/number-lookups", &body)
}

/// Lets the jobs work for so many minutes.
fn work(platform: &Platform, minutes: i64) {
    for _ in 0..minutes {
        platform.tick("jobs").ok();
        platform.pass(Duration::minutes(1));
    }
    platform.tick("jobs").ok();
}

fn path(lookup: &Value) -> String {
    format!("/v1/number-lookups/{}", lookup.text("/lookup/id"))
}

/// R95: where no operator asks networks, that is said, and nothing is held.
#[test]
fn without_an_operator_that_asks_networks_nothing_is_looked_up() {
    let shop = Account::sign_up(Platform::shared());
    shop.top_up("100.00");
    shop.upload(csv_of(&mobiles(0, 1)));
    let consent = json!({"word": "consents", "phones": mobiles(0, 1), "said": "Form"});
    shop.browser.post("/v1/decision-stances", &consent).ok();
    look_up(&shop, &json!(mobiles(0, 1)), "4.00").refused(503, "lookup_not_available");
    assert_eq!((shop.available(), shop.balance().held.0.0), (10_000, 0));
}

/// R49, R97, R99, R103: only whoever consents is asked about, at any hour; paid is what was answered, and the answer is
/// marked as an operator's.
#[test]
fn consenting_contacts_are_looked_up_and_answers_are_paid_for() {
    let given = Given::default();
    let smsc = smsc(&given, taken, |phone| match phone.ends_with('1') {
        true => json!({"status": 20, "err": 248}),
        false => json!({"status": 1, "err": 0, "mcc": 401, "mnc": "2", "cn": "Kazakhstan", "net": "Kcell",
            "imsi": "401021234567890", "last_timestamp": 1_795_762_809}),
    });
    let platform = with_smsc(&smsc.url);
    // In the night: nothing reaches anybody's phone.
    platform.set_clock(sendbox_tests::instant("2026-12-07T03:00:00+05:00"));
    let shop = shop_of(&platform, 3);
    look_up(&shop, &json!([]), "4.00").refused_field(422, "invalid_field", "phones");
    look_up(&shop, &json!([mobile(2)]), "4.00").refused(409, "nobody_to_look_up");
    look_up(&shop, &json!(mobiles(0, 2)), "7.99").refused(409, "estimate_changed");
    let phones = json!([mobile(0), "Asel", mobile(1), mobile(2), mobile(9)]);
    let begun = look_up(&shop, &phones, "20.00").created();
    assert_eq!((begun.text("/lookup/operator"), begun.integer("/lookup/numbers")), ("smsc".to_owned(), 2));
    let skipped: Vec<_> =
        begun.list("/skipped").iter().map(|one| (one.integer("/index"), one.text("/reason"))).collect();
    let of = |index, reason: &str| (index, reason.to_owned());
    assert_eq!(skipped, [of(1, "not_a_number"), of(3, "no_consent"), of(4, "not_in_base")]);
    assert_eq!(begun.text("/skipped/0/code"), "phone_unparseable");
    assert_eq!(shop.balance().held.0.0, 800);
    look_up(&shop, &phones, "20.00").refused(409, "lookup_in_progress");
    assert!(shop.browser.list(&format!("{}/results", path(&begun))).is_empty());

    work(&platform, 3);
    let done = shop.browser.get(&path(&begun)).ok();
    assert_eq!((done.text("/state"), done.integer("/answered")), ("completed".to_owned(), 1));
    assert_eq!((done.money("/charged"), shop.available(), shop.balance().held.0.0), (400, 9_600, 0));
    assert_eq!(given.lock().expect("nobody panicked").len(), 2, "each once");
    let results = shop.browser.list(&format!("{}/results", path(&begun)));
    assert_eq!((results.len(), results[0].text("/phone")), (1, mobile(0)));
    let answer = results[0].at("/answer");
    assert_eq!(
        (answer.text("/status"), answer.text("/network")),
        ("reachable".to_owned(), "Kcell".to_owned())
    );
    assert_eq!(
        (answer.text("/source"), answer.text("/operator")),
        ("operator".to_owned(), "smsc".to_owned())
    );
    assert_eq!(answer.text("/answered_at"), "2026-11-27T07:00:09Z");
    assert!(
        !results[0].to_string().contains("401021234567890"),
        "the number of the SIM is nobody's business"
    );
    let capture = &shop.transfers("capture")[0];
    assert_eq!(capture.text("/lookup"), begun.text("/lookup/id"));

    // R100, R183: the person is shown it, and once they object it is gone.
    let person = shop.browser.post("/v1/people/find", &json!({"phone": mobile(0)})).ok();
    assert_eq!(person.text("/lookups/0/network"), "Kcell");
    let letter = shop.browser.post("/v1/people/document", &json!({"phone": mobile(0), "language": "en"}));
    assert!(letter.is(200).text_body().contains("HLR look-up of the number"));
    let object = json!({"word": "objects", "phones": [mobile(0)], "said": "By telephone"});
    shop.browser.post("/v1/decision-stances", &object).ok();
    assert!(shop.browser.list(&format!("{}/results", path(&begun))).is_empty());
    let stranger = Account::sign_up(&platform);
    stranger.browser.get(&path(&begun)).refused(404, "not_found");
}

/// R103: where the answer to the giving is lost, the operator is asked, and is given the question again only once it said
/// twice that it never heard of it.
#[test]
fn a_question_whose_answer_was_lost_is_given_again_only_if_it_never_arrived() {
    let given = Given::default();
    let lost_once = |times: usize| if times == 1 { Reply::HangUp } else { taken(times) };
    static HEARD: Mutex<u32> = Mutex::new(0);
    let smsc = smsc(&given, lost_once, |_| {
        let mut heard = HEARD.lock().expect("no test panics while it holds this");
        *heard += 1;
        if *heard <= 2 { json!({"status": -3}) } else { json!({"status": 20, "err": 6}) }
    });
    let platform = with_smsc(&smsc.url);
    let shop = shop_of(&platform, 2);
    let begun = look_up(&shop, &json!([mobile(0)]), "4.00").created();
    work(&platform, 2);
    assert_eq!(given.lock().expect("nobody panicked").len(), 1, "not on a guess");
    work(&platform, 4);
    assert_eq!(given.lock().expect("nobody panicked").len(), 2);
    let done = shop.browser.get(&path(&begun)).ok();
    assert_eq!((done.text("/state"), done.money("/charged")), ("completed".to_owned(), 400));
    let results = shop.browser.list(&format!("{}/results", path(&begun)));
    assert_eq!(results[0].text("/answer/status"), "absent");
}

/// R99, R103: a repeat is answered what the first was, whatever people said since, and also where no operator asks
/// networks any more; it begins nothing.
#[test]
fn a_repeated_request_is_answered_what_the_first_was() {
    let given = Given::default();
    let smsc = smsc(&given, taken, |_| json!({"status": 1}));
    let platform = with_smsc(&smsc.url);
    let shop = shop_of(&platform, 3);
    let phones = json!(["Asel", mobile(0), mobile(1), mobile(2)]);
    let body = json!({"phones": phones, "agreed_total": {"amount": "8.00", "currency": "KZT"}});
    let ask = |shop: &Account<'_>, body: &Value| {
        let request = Request::new("POST", "/v1/number-lookups").header("idempotency-key", "once");
        shop.browser.send(request.json(body))
    };
    let first = ask(&shop, &body).created();
    assert_eq!(first.list("/skipped").len(), 2);
    let object = json!({"word": "objects", "phones": [mobile(0)], "said": "By telephone"});
    shop.browser.post("/v1/decision-stances", &object).ok();
    assert_eq!(ask(&shop, &body).created(), first);
    let other = json!({"phones": [mobile(1)], "agreed_total": {"amount": "8.00", "currency": "KZT"}});
    ask(&shop, &other).refused(409, "idempotency_key_reused");

    let login = shop.login.clone();
    platform.crash();
    let platform = platform.restart_with(Settings::default());
    let shop = Account::sign_in(&platform, &login);
    look_up(&shop, &phones, "8.00").refused(503, "lookup_not_available");
    assert_eq!(ask(&shop, &body).created(), first);
    assert_eq!(shop.browser.list("/v1/number-lookups").len(), 1);
}

/// R103: what an operator does not take is given to it again, and once it took it no more.
#[test]
fn what_an_operator_does_not_take_is_given_to_it_later() {
    let given = Given::default();
    // Its account is empty at first: nothing is taken.
    let empty_once = |times: usize| match times {
        1 => Reply::Answer(200, json!({"error": "no money", "error_code": 3}).to_string()),
        _ => taken(times),
    };
    let smsc = smsc(&given, empty_once, |_| json!({"status": 1, "err": 0}));
    let platform = with_smsc(&smsc.url);
    let shop = shop_of(&platform, 2);
    let begun = look_up(&shop, &json!([mobile(0)]), "4.00").created();
    platform.tick("jobs").ok();
    assert_eq!(shop.browser.get(&path(&begun)).ok().text("/state"), "working");
    work(&platform, 3);
    assert_eq!(given.lock().expect("nobody panicked").len(), 2, "again, and then no more");
    let done = shop.browser.get(&path(&begun)).ok();
    assert_eq!((done.text("/state"), done.money("/charged")), ("completed".to_owned(), 400));
}

/// R103: what nobody answers within an hour is free.
#[test]
fn what_is_not_answered_is_given_back() {
    let platform = with_smsc("http://127.0.0.1:1");
    let shop = shop_of(&platform, 2);
    let begun = look_up(&shop, &json!([mobile(0)]), "4.00").created();
    work(&platform, 2);
    assert_eq!(shop.browser.get(&path(&begun)).ok().text("/state"), "working");
    platform.pass(Duration::hours(1));
    work(&platform, 1);
    let done = shop.browser.get(&path(&begun)).ok();
    assert_eq!((done.text("/state"), done.integer("/answered")), ("completed".to_owned(), 0));
    assert_eq!((shop.available(), shop.balance().held.0.0), (10_000, 0));
}
