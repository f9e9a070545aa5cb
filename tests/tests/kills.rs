//! The host is killed while it sends: nobody is written to twice, nobody is left out, and the money is
//! exact (R87).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use chrono::Duration;
use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::{Account, Fields, Platform, Settings, csv_of, mobiles, tenge};
use serde_json::{Value, json};

const CONTACTS: u32 = 10_000;
const PRICE: i64 = 1_500;

/// What the operator has: how often each number was written to, under which id.
#[derive(Default)]
struct Taken {
    numbers: BTreeMap<String, usize>,
    ids: BTreeMap<String, i64>,
}

/// An operator of the stand-in's protocol outside the platform: it outlives every kill.
struct Outside {
    taken: Mutex<Taken>,
    more: Condvar,
}

impl Outside {
    fn start() -> (Arc<Self>, PlayedOperator) {
        let outside = Arc::new(Self { taken: Mutex::default(), more: Condvar::new() });
        let answering = Arc::clone(&outside);
        let operator = PlayedOperator::start(move |asked| answering.answer(&asked.path, &asked.body));
        (outside, operator)
    }

    fn answer(&self, path: &str, body: &[u8]) -> Reply {
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let mut taken = self.taken.lock().expect("no test panics while it holds this");
        let has = |id: &str, at: i64| json!({"id": id, "reference": format!("ref-{id}"), "at": at});
        let answer: Vec<Value> = if path.ends_with("/messages") {
            let messages = body.list("/messages").to_vec();
            for message in &messages {
                *taken.numbers.entry(message.text("/to")).or_default() += 1;
                taken.ids.insert(message.text("/id"), 0);
            }
            messages.iter().map(|message| has(&message.text("/id"), 0)).collect()
        } else {
            let ids: Vec<String> =
                body.list("/ids").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            ids.iter().filter(|id| taken.ids.contains_key(*id)).map(|id| has(id, 0)).collect()
        };
        self.more.notify_all();
        Reply::Answer(200, json!({"taken": answer}).to_string())
    }

    /// Waits until it has so many messages.
    fn wait_for(&self, messages: usize) {
        let taken = self.taken.lock().expect("no test panics while it holds this");
        let patience = std::time::Duration::from_secs(120);
        let waited = self.more.wait_timeout_while(taken, patience, |taken| taken.ids.len() < messages);
        let (taken, result) = waited.expect("no test panics while it holds this");
        assert!(!result.timed_out(), "the operator has {} messages, not {messages}", taken.ids.len());
    }
}

fn platform_of(operator: &PlayedOperator) -> Platform {
    let variables = vec![("sandbox_operator_url", operator.url.clone())];
    Platform::with(Settings { variables, ..Settings::default() })
}

/// A campaign to all contacts, started; its id and its owner's login.
fn begun_campaign(platform: &Platform) -> (String, String) {
    let shop = Account::sign_up(platform);
    shop.upload(csv_of(&mobiles(0, CONTACTS)));
    shop.top_up(&tenge(i64::from(CONTACTS) * PRICE));
    let campaign = shop.draft("Hello");
    campaign.start();
    (campaign.id.clone(), shop.login.clone())
}

/// Sends the rest, and finds everybody written to once and paid for exactly.
fn all_went_out_once(platform: &Platform, outside: &Outside, id: &str, login: &str) {
    let shop = Account::sign_in(platform, login);
    let campaign = shop.campaign(id);
    let mut report = campaign.send_all();
    while report.unknown > 0 {
        platform.tick("reconcile").ok();
        // "Not found" counts the second time, a minute later.
        platform.pass(Duration::minutes(1));
        report = campaign.send_all();
    }
    let taken = outside.taken.lock().expect("no test panics while it holds this");
    let twice = taken.numbers.values().filter(|times| **times > 1).count();
    assert_eq!((taken.numbers.len(), twice), (CONTACTS as usize, 0), "written to, written to twice");
    assert_eq!(report.handed_over, i64::from(CONTACTS));
    assert_eq!(report.charged(), i64::from(CONTACTS) * PRICE);
    assert_eq!(campaign.state(), "completed");
    assert_eq!((shop.available(), shop.balance().held.0.0), (0, 0));
    assert_eq!(shop.balance().ledger_sum.0.0, 0);
}

/// R87: three times `kill -9`, at moments when requests are on their way and nothing of them is
/// written down.
#[test]
fn three_kills_in_a_campaign_of_ten_thousand_lose_nothing_and_repeat_nothing() {
    let (outside, operator) = Outside::start();
    let mut platform = platform_of(&operator);
    let (id, login) = begun_campaign(&platform);
    for kill_at in [1_500, 4_300, 7_700] {
        std::thread::scope(|scope| {
            scope.spawn(|| while platform.try_tick("dispatch").is_some() {});
            outside.wait_for(kill_at);
            platform.crash();
        });
        platform = platform.restart();
        let shop = Account::sign_in(&platform, &login);
        let report = shop.campaign(&id).report();
        assert!(report.leased > 0, "killed at a moment when nothing was on its way: {report:?}");
        // Past the lease that the dead host held.
        platform.pass(Duration::minutes(3));
    }
    all_went_out_once(&platform, &outside, &id, &login);
}

/// R87: two hosts send one campaign at once, over the same data, and are killed in turn, with the database's server
/// where there is one. What one leaves the other goes on with.
#[test]
fn two_hosts_killed_in_turn_lose_nothing_and_repeat_nothing() {
    let (outside, operator) = Outside::start();
    let mut one = platform_of(&operator);
    let (id, login) = begun_campaign(&one);
    let mut other = one.another_host();
    for (kill_at, is_one) in [(1_500, true), (4_300, false), (7_700, true)] {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for host in [&one, &other] {
                let over = &over;
                scope.spawn(
                    move || while !over.load(Ordering::Relaxed) && host.try_tick("dispatch").is_some() {},
                );
            }
            outside.wait_for(kill_at);
            (if is_one { &one } else { &other }).crash();
            over.store(true, Ordering::Relaxed);
        });
        if is_one {
            one = one.restart();
        } else {
            one.kill_database_server();
            drop(other);
        }
        // Past the lease that the dead host held.
        one.pass(Duration::minutes(3));
        other = one.another_host();
    }
    drop(other);
    all_went_out_once(&one, &outside, &id, &login);
}

/// Kannel's protocol: one message a request, and nobody can be asked afterwards.
struct Smsbox {
    written_to: Mutex<BTreeMap<String, usize>>,
    more: Condvar,
}

impl Smsbox {
    fn answer(&self, to: String) -> Reply {
        let mut written_to = self.written_to.lock().expect("no test panics while it holds this");
        *written_to.entry(to).or_default() += 1;
        self.more.notify_all();
        Reply::Answer(202, "0: Accepted for delivery".to_owned())
    }

    fn wait_for(&self, messages: usize) {
        let written_to = self.written_to.lock().expect("no test panics while it holds this");
        let patience = std::time::Duration::from_secs(120);
        let waited = self.more.wait_timeout_while(written_to, patience, |known| known.len() < messages);
        let (known, result) = waited.expect("no test panics while it holds this");
        assert!(!result.timed_out(), "the smsbox has {} messages, not {messages}", known.len());
    }
}

/// R87, R88: in the middle of a wave of two thousand, 64 requests at once: only what may have left is in doubt.
#[test]
fn a_kill_in_a_wave_through_kannel_leaves_at_most_two_groups_in_doubt_and_forgets_nobody() {
    const WAVE: u32 = 2_000;
    let smsbox = Arc::new(Smsbox { written_to: Mutex::default(), more: Condvar::new() });
    let answering = Arc::clone(&smsbox);
    let operator = PlayedOperator::start(move |asked| answering.answer(asked.parameter("to")));
    let variables = vec![
        ("operators", "kannel".to_owned()),
        ("kannel_url", operator.url.clone()),
        ("kannel_username", "sendbox".to_owned()),
        ("kannel_password", "secret".to_owned()),
    ];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let (id, login) = {
        let shop = Account::sign_up(&platform);
        shop.upload(csv_of(&mobiles(0, WAVE)));
        shop.top_up(&tenge(i64::from(WAVE) * PRICE));
        let campaign = shop.draft("Hello");
        campaign.start();
        (campaign.id.clone(), shop.login.clone())
    };
    std::thread::scope(|scope| {
        scope.spawn(|| while platform.try_tick("dispatch").is_some() {});
        smsbox.wait_for(WAVE as usize / 2);
        platform.crash();
    });
    let platform = platform.restart();
    let shop = Account::sign_in(&platform, &login);
    let leased = shop.campaign(&id).report().leased;
    assert_eq!(leased, i64::from(WAVE), "killed in the middle of the one wave");
    platform.pass(Duration::minutes(3));
    let report = shop.campaign(&id).send_all();
    let unknown = report.unknown;
    assert!(unknown <= 128, "{unknown} in doubt");
    assert_eq!(report.handed_over, i64::from(WAVE) - unknown);
    let written_to = smsbox.written_to.lock().expect("no test panics while it holds this");
    assert!(written_to.values().all(|times| *times == 1), "written to twice");
    assert!(written_to.len() as i64 >= i64::from(WAVE) - unknown, "forgotten");
    assert_eq!((shop.available(), shop.balance().held.0.0), (0, unknown * PRICE));
}
