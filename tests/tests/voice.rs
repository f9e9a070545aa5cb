//! Campaigns of calls: within safe bounds, in the lawful hours, each attempt under every gate and paid for as the
//! tariff says; the operator fetches the recording by its link.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::signatures::smsc_report;
use sendbox_tests::{
    Account, Campaign, Fields, Platform, Report, Request, Settings, csv_of, instant, mobile, mobiles, tenge,
    verifies, wav,
};
use serde_json::{Value, json};

/// The stand-in's tariff: 9.00 for the operator and 6.00 for the service, for an attempt.
const ATTEMPT: i64 = 1500;
/// SMSC.kz's tariff: 22.00 and 6.00, for a minute.
const MINUTE: i64 = 2800;

/// An account with so many people to call and the money for every attempt to each.
fn shop_with(platform: &Platform, people: u32, attempts: u32) -> Account<'_> {
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, people)));
    shop.top_up(&tenge(i64::from(people * attempts) * ATTEMPT));
    shop
}

/// Almaty's time of a day in December, which is UTC+5.
fn almaty(day: u32, time: &str) -> DateTime<Utc> {
    instant(&format!("2026-12-{day:02}T{time}+05:00"))
}

/// Each call of a campaign by its number, in the order of the attempts.
fn calls_by_number(campaign: &Campaign<'_, '_>) -> BTreeMap<String, Vec<Value>> {
    let mut by_number: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for call in campaign.messages() {
        by_number.entry(call.text("/phone")).or_default().push(call);
    }
    for calls in by_number.values_mut() {
        calls.sort_by_key(|call| call.integer("/attempt"));
        let attempts: Vec<i64> = calls.iter().map(|call| call.integer("/attempt")).collect();
        assert_eq!(
            attempts,
            (1..=calls.len() as i64).collect::<Vec<_>>(),
            "an attempt twice, or one left out"
        );
    }
    by_number
}

fn ended(report: &Report, result: &str) -> i64 {
    let calls = json!(report.calls.expect("a campaign of calls counts how they ended"));
    calls[result].as_i64().unwrap_or_else(|| panic!("no {result} in {calls}"))
}

/// R76, R78: no ring that nobody can answer, and nobody rung all day.
#[test]
fn a_plan_outside_the_safe_bounds_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let recording = shop.recording(wav(3_000));
    for (field, code, values) in [
        ("attempts", "attempts_out_of_bounds", [0, 4, 100]),
        ("ring_seconds", "ring_seconds_out_of_bounds", [0, 14, 36]),
        ("retry_gap_seconds", "retry_gap_seconds_out_of_bounds", [0, 299, 3_601]),
    ] {
        for value in values {
            let mut body = shop.call_body(&recording, 2);
            body["plan"][field] = json!(value);
            shop.browser.post("/v1/campaigns", &body).refused_field(422, code, &format!("plan.{field}"));
        }
    }
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

#[test]
fn a_campaign_with_half_of_what_it_takes_or_with_something_of_a_text_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let recording = shop.recording(wav(3_000));
    for field in ["audio", "plan"] {
        let mut body = shop.call_body(&recording, 1);
        body.as_object_mut().expect("an object").remove(field);
        shop.browser.post("/v1/campaigns", &body).refused_field(422, "missing_field", field);
    }
    let mut both = shop.call_body(&recording, 1);
    both["text"] = json!("Hello");
    shop.browser.post("/v1/campaigns", &both).refused_field(422, "invalid_field", "text");
    let mut text = shop.draft_body("Hello");
    text["channel"] = json!("text");
    text["audio"] = json!(recording);
    shop.browser.post("/v1/campaigns", &text).refused_field(422, "invalid_field", "audio");
    text["channel"] = json!("pigeon");
    shop.browser.post("/v1/campaigns", &text).refused(422, "invalid_field");
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

/// R182: nobody plays what another recorded.
#[test]
fn a_campaign_with_anothers_recording_is_refused() {
    let platform = Platform::shared();
    let recording = Account::sign_up(platform).recording(wav(3_000));
    let shop = Account::sign_up(platform);
    for audio in [recording.as_str(), "aud_00000000000000000000000000000000", "", "cmp_1"] {
        let body = shop.call_body(audio, 1);
        shop.browser.post("/v1/campaigns", &body).refused_field(404, "not_found", "audio");
    }
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

/// R78: a call whose recording is gone would ring and say nothing.
#[test]
fn a_recording_in_use_cannot_be_deleted() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 2, 1);
    let recording = shop.recording(wav(3_000));
    let delete = || shop.browser.delete(&format!("/v1/audio/{recording}"));
    let campaign = shop.call_draft(&recording, 1);
    delete().refused(409, "audio_in_use");
    campaign.start();
    campaign.send_all();
    delete().refused(409, "audio_in_use");
    platform.deliver();
    platform.dispatch();
    assert_eq!(campaign.state(), "completed");
    delete().no_content();
    assert_eq!(campaign.get().text("/audio"), recording, "the campaign still says what it played");
}

/// R46, R50: what is agreed to is the most that the calls can cost.
#[test]
fn an_estimate_counts_every_attempt() {
    let shop = shop_with(Platform::shared(), 4, 3);
    let campaign = shop.call_draft(&shop.recording(wav(3_000)), 3);
    let estimate = campaign.estimate();
    assert_eq!((estimate.text("/channel").as_str(), estimate.integer("/attempts")), ("voice", 3));
    assert_eq!((estimate.integer("/messages"), estimate.money("/price_per_message")), (4, 3 * ATTEMPT));
    assert_eq!(estimate.money("/total"), 12 * ATTEMPT);
    let parts = estimate.money("/operator_price") + estimate.money("/service_price");
    assert_eq!(parts, 3 * ATTEMPT);
    let short = json!({"amount": tenge(4 * ATTEMPT), "currency": "KZT"});
    campaign.try_start_at(&short).refused(409, "estimate_changed");
}

/// R71, R84, R89, R91, R94: recorded, called, heard, reported and proven. That calls are answered shows that the
/// operator could fetch the recording.
#[test]
fn a_campaign_of_calls_is_made_reported_and_proven() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 150, 1);
    let campaign = shop.call_draft(&shop.recording(wav(5_000)), 1);
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 150);
    assert_eq!(campaign.state(), "running", "how the calls end is not known yet");
    platform.deliver();
    platform.dispatch();
    let report = campaign.report();
    assert_eq!(campaign.state(), "completed");
    let results = ["answered", "machine", "busy", "no_answer", "failed"];
    assert_eq!(results.iter().map(|result| ended(&report, result)).sum::<i64>(), 150, "{report:?}");
    assert!(ended(&report, "answered") > 50 && ended(&report, "failed") < 40, "{report:?}");
    assert_eq!(ended(&report, "answered"), report.delivered);
    assert_eq!(report.charged(), 150 * ATTEMPT);
    assert_eq!((shop.available(), shop.balance().held.0.0), (0, 0));
    for call in campaign.messages() {
        assert!(results.contains(&call.text("/call_result").as_str()), "{call}");
        assert_eq!((call.integer("/attempt"), call.money("/charged")), (1, ATTEMPT));
    }

    platform.sign_log();
    let files = shop.evidence(&format!("campaign={}", campaign.id));
    assert!(files[0].contains("audio_sha256") && files[0].contains("answered"), "{}", files[0]);
    for file in files {
        let verified = verifies(&file, None);
        assert!(verified.success, "{verified:?}");
    }
}

/// R66, R76, R87: only who was busy or away is called again, after the gap, up to the plan, and not at all once
/// they are on the blacklist.
#[test]
fn only_who_was_busy_or_away_is_called_again_and_only_as_planned() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 60, 3);
    let campaign = shop.call_draft(&shop.recording(wav(3_000)), 3);
    campaign.start();
    campaign.send_all();
    platform.deliver();
    let first = campaign.report();
    let again = ended(&first, "busy") + ended(&first, "no_answer");
    assert!(again > 1, "the stand-in's fates are random, but not so: {first:?}");
    assert_eq!((first.queued, first.recipients), (again, 60));
    assert_eq!(platform.dispatch(), 0, "before the gap is over");

    let waiting = campaign.messages().into_iter().find(|call| call.text("/state") == "queued").expect("one");
    shop.blacklist(&[waiting.text("/phone")]);
    for _ in 0..3 {
        platform.pass(Duration::seconds(601));
        platform.dispatch();
        platform.deliver();
    }
    assert_eq!(campaign.state(), "completed");
    let report = campaign.report();
    assert_eq!(report.blocked, 1);
    for (number, calls) in calls_by_number(&campaign) {
        assert!(calls.len() <= 3, "{number} was called {} times", calls.len());
        let (last, before) = calls.split_last().expect("at least one");
        for call in before {
            assert!(["busy", "no_answer"].contains(&call.text("/call_result").as_str()), "{call}");
        }
        if number == waiting.text("/phone") {
            assert_eq!((calls.len(), last.text("/state").as_str()), (2, "blocked"), "{last}");
        } else if calls.len() < 3 {
            assert!(
                ["answered", "machine", "failed"].contains(&last.text("/call_result").as_str()),
                "{last}"
            );
        }
        for pair in calls.windows(2).filter(|pair| !pair[1].is_null_at("/handed_over_at")) {
            let between = instant(&pair[1].text("/handed_over_at")) - instant(&pair[0].text("/result_at"));
            assert!(between >= Duration::seconds(600), "{number} was called again after {between}");
        }
    }
    assert_eq!(report.charged(), report.handed_over * ATTEMPT);
    assert_eq!(shop.balance().held.0.0, 0);
    assert_eq!(shop.available(), 180 * ATTEMPT - report.charged());
}

/// R86: a campaign that was stopped calls nobody again.
#[test]
fn a_cancelled_campaign_makes_no_further_attempt() {
    let platform = Platform::fresh();
    let shop = shop_with(&platform, 60, 3);
    let campaign = shop.call_draft(&shop.recording(wav(3_000)), 3);
    campaign.start();
    campaign.send_all();
    campaign.order("cancel").ok();
    platform.deliver();
    platform.pass(Duration::seconds(700));
    platform.dispatch();
    let report = campaign.report();
    assert_eq!((report.handed_over, report.queued), (60, 0));
    assert_eq!(report.charged(), 60 * ATTEMPT);
}

/// R80, R81: a call that would still ring at eight in the evening waits for the next day.
#[test]
fn no_call_rings_after_eight_in_the_evening() {
    let platform = Platform::fresh();
    platform.set_clock(almaty(3, "19:30:00"));
    let shop = shop_with(&platform, 3, 1);
    let campaign = shop.call_draft(&shop.recording(wav(3_000)), 1);
    campaign.start();
    // Twenty seconds of ringing do not fit into the last nineteen.
    platform.set_clock(almaty(3, "19:59:41"));
    platform.dispatch();
    assert_eq!(campaign.report().handed_over, 0, "{:?}", campaign.report());
    assert_eq!(shop.balance().held.0.0, 0);
    platform.set_clock(almaty(4, "09:00:00"));
    shop.sign_in_again();
    assert_eq!(campaign.send_all().handed_over, 3);
}

/// R87: the host is stopped dead while it calls. Nobody is called twice, nobody is left out.
#[test]
fn a_crash_while_calling_repeats_no_call() {
    let platform = Platform::fresh();
    let (campaign, login) = crashed_while_calling(&platform, 500);
    let platform = platform.restart();
    // Past every lease that the dead host held.
    platform.pass(Duration::minutes(30));
    let shop = Account::sign_in(&platform, &login);
    let campaign = shop.campaign(&campaign);
    let mut rounds = 0;
    while campaign.send_all().unknown > 0 {
        rounds += 1;
        assert!(rounds < 20, "the operator does not say what became of all: {:?}", campaign.report());
        platform.tick("reconcile").ok();
        // "Not found" counts the second time, a minute later.
        platform.pass(Duration::minutes(1));
    }
    platform.deliver();
    let report = campaign.report();
    assert_eq!((report.handed_over, report.awaiting_report), (500, 0));
    assert_eq!(calls_by_number(&campaign).len(), 500);
    assert_eq!(report.charged(), 500 * ATTEMPT);
    assert_eq!((shop.available(), shop.balance().held.0.0), (0, 0));
}

/// Answers the campaign's id and the account's login.
fn crashed_while_calling(platform: &Platform, people: u32) -> (String, String) {
    let shop = shop_with(platform, people, 1);
    let campaign = shop.call_draft(&shop.recording(wav(2_000)), 1);
    campaign.start();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| while platform.try_tick("dispatch").is_some() {});
        }
        while campaign.report().leased + campaign.report().handed_over == 0 {}
        platform.crash();
    });
    (campaign.id.clone(), shop.login.clone())
}

/// What SMSC.kz was asked, call by call.
type Calls = Arc<Mutex<Vec<BTreeMap<&'static str, String>>>>;

/// R46, R48, R71, R78: an operator that is paid by the minute fetches the recording by its link, is asked for one
/// attempt within the bounds. Its minutes are charged at the hand-over, and those of calls that nobody took given
/// back by the results.
#[test]
fn calls_by_the_minute_are_charged_at_the_hand_over_and_given_back_by_their_results() {
    let asked = Calls::default();
    let log = Arc::clone(&asked);
    let smsc = PlayedOperator::start(move |asked| {
        let fields = ["id", "phones", "call", "param", "fileurl"];
        let call = fields.map(|field| (field, asked.parameter(field)));
        let id = call[0].1.clone();
        log.lock().expect("no test panics while it holds this").push(call.into());
        Reply::Answer(200, format!("{{\"id\": {id}, \"cnt\": 1}}"))
    });
    let platform = Platform::with(Settings {
        variables: vec![
            ("operators", "smsc".to_owned()),
            ("smsc_url", smsc.url.clone()),
            ("smsc_api_key", "made-up".to_owned()),
            ("smsc_report_secret", "made-up word".to_owned()),
            ("public_url", "https://sms.example.kz".to_owned()),
        ],
        ..Settings::default()
    });
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&mobiles(0, 4)));
    shop.top_up(&tenge(4 * MINUTE));
    let file = wav(4_000);
    let campaign = shop.call_draft(&shop.recording(file.clone()), 1);
    assert_eq!(campaign.estimate().money("/total"), 4 * MINUTE);
    campaign.start();
    assert_eq!(campaign.send_all().handed_over, 4);
    assert_eq!((shop.available(), shop.balance().held.0.0), (0, 0));
    assert_eq!(campaign.report().charged(), 4 * MINUTE, "before anybody has answered");

    let calls = asked.lock().expect("no test panics while it holds this").clone();
    assert_eq!(calls.len(), 4);
    for call in &calls {
        assert_eq!((call["call"].as_str(), call["param"].as_str()), ("1", "20,600,1"));
        let path = call["fileurl"].strip_prefix("https://sms.example.kz").expect("at our address");
        assert!(platform.visitor().get(path).is(200).body == file, "the operator hears something else");
    }
    // Answered, an answering machine, busy, rung out.
    for (call, (status, error)) in calls.iter().zip([(1, 0), (1, 242), (20, 240), (3, 0)]) {
        let report = smsc_report("made-up word", &call["id"], &call["phones"], status, error);
        for _ in 0..2 {
            let report = Request::new("POST", "/webhooks/operators/smsc/reports").bytes(report.as_str());
            platform.visitor().send(report).is(200);
        }
    }
    platform.dispatch();
    let report = campaign.report();
    assert_eq!(campaign.state(), "completed");
    for result in ["answered", "machine", "busy", "no_answer"] {
        assert_eq!(ended(&report, result), 1, "{report:?}");
    }
    assert_eq!(report.charged(), 2 * MINUTE);
    assert_eq!((shop.available(), shop.balance().held.0.0), (2 * MINUTE, 0));
    assert_eq!(shop.balance().ledger_sum.0.0, 0);
    let refunds = shop.transfers("refund");
    assert_eq!(refunds.iter().map(|refund| refund.integer("/messages")).sum::<i64>(), 2, "{refunds:?}");
    let charged: Vec<i64> = campaign.messages().iter().map(|call| call.money("/charged")).collect();
    assert_eq!(charged.iter().sum::<i64>(), 2 * MINUTE);

    platform.sign_log();
    for file in shop.evidence(&format!("campaign={}", campaign.id)) {
        let verified = verifies(&file, None);
        assert!(verified.success, "{verified:?}");
    }
}

/// R45, R85: an operator that says nothing for a day keeps neither the money nor the campaign.
#[test]
fn calls_without_a_result_are_closed_with_their_money_given_back() {
    let smsc = PlayedOperator::start(|asked| {
        Reply::Answer(200, format!("{{\"id\": {}, \"cnt\": 1}}", asked.parameter("id")))
    });
    let platform = Platform::with(Settings {
        variables: vec![
            ("operators", "smsc".to_owned()),
            ("smsc_url", smsc.url.clone()),
            ("smsc_api_key", "made-up".to_owned()),
            ("public_url", "https://sms.example.kz".to_owned()),
        ],
        ..Settings::default()
    });
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&[mobile(0)]));
    shop.top_up(&tenge(MINUTE));
    let campaign = shop.call_draft(&shop.recording(wav(4_000)), 3);
    campaign.start();
    campaign.send_all();
    platform.pass(Duration::hours(23));
    assert_eq!(platform.tick("reconcile").ok().integer("/given_up"), 0);
    platform.pass(Duration::hours(2));
    assert_eq!(platform.tick("reconcile").ok().integer("/given_up"), 1);
    platform.dispatch();
    shop.sign_in_again();
    assert_eq!((shop.available(), shop.balance().held.0.0), (MINUTE, 0));
    assert_eq!((campaign.state().as_str(), campaign.report().awaiting_report), ("completed", 1));
}
