//! What an account with a million contacts and ten million messages behind it looks at: searches, lists, counts of
//! audiences, reports, one person.

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::{Context, ensure};
use rusqlite::{Connection, params};
use sendbox_tests::{Account, Fields, Platform, Request, Settings, instant};
use serde_json::{Value, json};

use crate::campaign::{DATABASE, NOON, TEXT, number};
use crate::database::{add_messages, edit};
use crate::report::Report;

/// The messages belong to so many campaigns, each of which went to a tenth of the base.
const CAMPAIGNS: usize = 100;
/// Contacts live in so many cities.
const CITIES: u64 = 20;
/// Each request is made so often, and one that counts to the last contact, which takes seconds, so often.
const TIMES: usize = 41;
const TIMES_EXACT: usize = 5;
const COUNT: &str = "/v1/audiences/count";

/// What is asked for: its name in the figures, what it is, and the request.
struct Asked {
    key: &'static str,
    what: &'static str,
    path: String,
    body: Option<Value>,
}

/// Times every request on a platform of its own, gone when this returns.
pub fn measure(contacts: u64, messages: u64, report: &mut Report) -> anyhow::Result<()> {
    let platform = Platform::fresh();
    let account = Account::sign_up(&platform);
    account.top_up("1000000.00");
    report.add("audience_contacts", "contacts of the base", contacts as f64, "", &[]);
    report.add("audience_messages", "messages of its history", messages as f64, "", &[]);
    let started = Instant::now();
    import(&account, contacts)?;
    report.add("audience_import_s", "contacts imported", started.elapsed().as_secs_f64(), "s", &[]);
    let started = Instant::now();
    while platform.tick("jobs").ok().boolean("/more") {}
    report.add("audience_marks_s", "and marked for searches", started.elapsed().as_secs_f64(), "s", &[]);
    let list = list_of_a_city(&account);
    account.blacklist(&(0..1_000).map(|n| number(n * 7)).collect::<Vec<_>>());
    let campaigns = campaigns(&platform, &account);
    let login = account.login.clone();
    drop(account);

    platform.crash();
    let database = platform.state_folder().join(DATABASE);
    let started = Instant::now();
    edit(&database, |connection| fill(connection, messages))?;
    report.add("audience_fill_s", "messages written", started.elapsed().as_secs_f64(), "s", &[]);
    let platform = platform.restart_with(Settings::default());
    platform.set_clock(instant(NOON));
    let account = Account::sign_in(&platform, &login);
    let asked = asked(&list, &campaigns, contacts);
    let mut longest: f64 = 0.0;
    for asked in &asked {
        let median = time(&account, asked, TIMES)?;
        report.add(format!("audience_{}_ms", asked.key), asked.what, median, "ms", &[]);
        longest = longest.max(median);
    }
    report.add("audience_longest_ms", "the longest of these", longest, "ms", &[]);
    for asked in asked.into_iter().filter(|asked| asked.path == COUNT) {
        let body = asked.body.map(|body| json!({"audience": body["audience"]}));
        let exact = Asked { body, ..asked };
        let what = format!("{}: to the last one", exact.what.replace(", estimated", ""));
        report.add(
            format!("audience_exact_{}_ms", exact.key),
            what,
            time(&account, &exact, TIMES_EXACT)?,
            "ms",
            &[],
        );
    }
    Ok(())
}

/// A first name of 400 and a surname of 8,000, put together from syllables: they begin as variously as people's do.
fn name(n: u64) -> String {
    const SYLLABLES: [&str; 20] = [
        "ба", "ве", "га", "да", "жа", "за", "ис", "ка", "ле", "ма", "ну", "ол", "пе", "ро", "са", "та", "ум",
        "ха", "ша", "эл",
    ];
    let syllable = |number: u64| SYLLABLES[(number % 20) as usize];
    let (first, last) = (n * 104_729, n * 7_919);
    let surname = [last, last / 20, last / 400].map(syllable).concat();
    format!("{surname}ов {}", [first, first / 20].map(syllable).concat())
}

/// A base with names and cities, each kept.
fn import(account: &Account<'_>, contacts: u64) -> anyhow::Result<()> {
    let mut file = "Телефон;ФИО;Город\n".to_owned();
    for n in 0..contacts {
        // A String takes whatever is written to it.
        let _ = writeln!(file, "{};{};Город{}", number(n), name(n), n % CITIES);
    }
    let import = account.announce_confirmed_upload();
    account.send_file(&import, file).any_of(&[200, 202]);
    let columns = json!({"columns": [
        {"number": 1, "kept_as": "phone"},
        {"number": 2, "kept_as": "name"},
        {"number": 3, "kept_as": "field", "field": "city"},
    ]});
    let path = format!("/v1/contacts/imports/{import}/format");
    account.browser.send(Request::new("PUT", &path).json(&columns)).any_of(&[200, 202]);
    let import = account.completed(&import);
    ensure!(import.integer("/imported").unsigned_abs() == contacts, "contacts are missing: {import}");
    Ok(())
}

fn city(number: u64) -> Value {
    json!({"rule": "field_is", "name": "city", "values": [format!("Город{number}")]})
}

/// A list with a twentieth of the base.
fn list_of_a_city(account: &Account<'_>) -> String {
    let list = account.browser.post("/v1/lists", &json!({"name": "Regulars"})).created().text("/id");
    let change = json!({"change": "add", "audience": {"include": {"rules": [city(1)]}}});
    let path = format!("/v1/lists/{list}/contacts");
    while account.browser.post(&path, &change).any_of(&[200, 503]).status != 200 {}
    list
}

/// Campaigns that are over, each with one message.
fn campaigns(platform: &Platform, account: &Account<'_>) -> Vec<String> {
    platform.set_clock(instant(NOON));
    account.sign_in_again();
    let mut all = Vec::with_capacity(CAMPAIGNS);
    for _ in 0..CAMPAIGNS {
        let mut body = account.draft_body(TEXT);
        body["audience"] = json!({"include": {"phones": [number(1)]}});
        let campaign = account.browser.post("/v1/campaigns", &body).created().text("/id");
        account.campaign(&campaign).start();
        platform.dispatch();
        platform.deliver();
        all.push(campaign);
    }
    all
}

/// Gives every campaign a tenth of the base: nine of ten messages were delivered, over a day and by two operators.
fn fill(connection: &Connection, messages: u64) -> anyhow::Result<()> {
    connection.execute_batch(
        "CREATE TEMP TABLE person AS SELECT contact, number_hash FROM contact ORDER BY number_hash",
    )?;
    let mut made = connection.prepare("SELECT id FROM message WHERE operator IS NOT NULL")?;
    let made = made.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    ensure!(made.len() == CAMPAIGNS, "a message of each campaign: {}", made.len());
    let share = messages / CAMPAIGNS as u64;
    add_messages(connection, |connection| {
        for (number, id) in (0i64..).zip(made) {
            connection.execute(
                "INSERT INTO message (account, message, campaign, contact, number_hash, state, route, attempts,
                   operator, operator_reference, operator_price, service_price, handed_over_at, window_hours,
                   window_rule, offset_minutes, evidence_hash, hand_over_index, hand_over_number)
                 SELECT m.account, printf('msg_%012x7%03x8%015x', 1796281200000, ?2, p.rowid), m.campaign, p.contact,
                   p.number_hash, iif(p.rowid % 100 < 90, 'delivered', 'undelivered'), m.route, 1,
                   iif(p.rowid % 3 = 0, 'other', m.operator), p.contact, m.operator_price, m.service_price,
                   m.handed_over_at - ?2 * 36000000 - p.rowid % 24 * 3600000, m.window_hours, m.window_rule,
                   m.offset_minutes, randomblob(32), p.rowid, p.rowid
                 FROM temp.person p CROSS JOIN message m
                 WHERE m.id = ?1 AND p.rowid % 10 = ?2 % 10 AND p.number_hash <> m.number_hash
                 LIMIT ?3",
                params![id, number, share.cast_signed()],
            )?;
        }
        Ok(())
    })?;
    connection.execute_batch(
        "INSERT INTO hand_over_count (account, hour, campaign, operator, handed_over, delivered, undelivered,
           operator_price, service_price)
         SELECT account, (handed_over_at + offset_minutes * 60000) / 3600000 AS hour, campaign, operator, count(*),
           sum(state = 'delivered'), sum(state = 'undelivered'), sum(operator_price), sum(service_price)
         FROM message WHERE number IS NULL GROUP BY account, hour, campaign, operator
         ON CONFLICT (account, hour, campaign, operator) DO UPDATE
         SET handed_over = handed_over + excluded.handed_over, delivered = delivered + excluded.delivered,
           undelivered = undelivered + excluded.undelivered,
           operator_price = operator_price + excluded.operator_price,
           service_price = service_price + excluded.service_price",
    )?;
    Ok(())
}

fn get(key: &'static str, what: &'static str, path: impl Into<String>) -> Asked {
    Asked { key, what, path: path.into(), body: None }
}

/// What is asked of such an account.
fn asked(list: &str, campaigns: &[String], contacts: u64) -> Vec<Asked> {
    let mut asked = searches(list, contacts);
    asked.extend(counts(list, campaigns));
    asked.extend(reports(campaigns));
    asked
}

fn searches(list: &str, contacts: u64) -> Vec<Asked> {
    let somebody = number(contacts / 2);
    let named = |name: &str| format!("/v1/contacts?name={}", words(name));
    vec![
        get("contacts", "a page of contacts", "/v1/contacts?limit=100"),
        get("by_number", "a contact by number", format!("/v1/contacts?phone=%2B{}", &somebody[1..])),
        get("by_name", "contacts by their whole name", named(&name(contacts / 3))),
        get("by_beginning", "contacts by the beginning of a name", named("бав")),
        get("of_list", "a page of a list", format!("/v1/contacts?list={list}&limit=100")),
        get("lists", "the lists", "/v1/lists"),
        Asked { body: Some(json!({"phone": somebody})), ..get("person", "one person", "/v1/people/find") },
    ]
}

fn counts(list: &str, campaigns: &[String]) -> Vec<Asked> {
    let count = |key, what, audience: Value| {
        let body = Some(json!({"audience": audience, "estimate": true}));
        Asked { body, ..get(key, what, COUNT) }
    };
    let rules = |rules: Value| json!({"include": {"rules": rules}});
    let happened = |outcome: &str| json!({"rule": "campaign", "campaign": campaigns[3], "outcome": outcome});
    let two = json!({"rule": "field_is", "name": "city", "values": ["Город1", "Город2"]});
    let list_less = json!({"include": {"lists": [list]}, "exclude": [{"rules": [city(2)]}]});
    vec![
        count("count_all", "everybody, counted", json!({"include": {}})),
        count("count_list", "a list, counted", json!({"include": {"lists": [list]}})),
        count("count_field", "a value of a field, estimated", rules(json!([city(1)]))),
        count("count_two", "two values of a field, estimated", rules(json!([two]))),
        count("count_got", "who got a campaign, estimated", rules(json!([happened("got")]))),
        count("count_not_got", "who did not get it, estimated", rules(json!([happened("not_got")]))),
        count(
            "count_city_not_got",
            "who of a city did not get it, estimated",
            rules(json!([city(1), happened("not_got")])),
        ),
        count("count_list_less", "a list without another city, estimated", list_less),
    ]
}

fn reports(campaigns: &[String]) -> Vec<Asked> {
    let compared = campaigns.iter().take(10).cloned().collect::<Vec<_>>().join(",");
    let by = |part: &str| format!("/v1/reports?by={part}&from=2026-10-01&to=2026-12-10");
    vec![
        get("messages", "a page of messages", "/v1/messages?limit=100"),
        get("campaign", "a campaign's report", format!("/v1/campaigns/{}/report", campaigns[3])),
        get("by_day", "the report by days", by("day")),
        get("by_operator", "by operators", by("operator")),
        get("by_campaign", "by campaigns", by("campaign")),
        get(
            "compare",
            "ten campaigns beside each other",
            format!("/v1/reports/compare?campaigns={compared}"),
        ),
    ]
}

/// As a query spells it.
fn words(text: &str) -> String {
    text.bytes().fold(String::new(), |mut spelt, byte| {
        let _ = write!(spelt, "%{byte:02X}");
        spelt
    })
}

/// The median of many answers, in milliseconds.
fn time(account: &Account<'_>, asked: &Asked, of: usize) -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(of);
    for _ in 0..of {
        let started = Instant::now();
        let answer = match &asked.body {
            Some(body) => account.browser.post(&asked.path, body),
            None => account.browser.get(&asked.path),
        };
        let answer = answer.ok();
        times.push(started.elapsed());
        let found = answer["items"].as_array().is_none_or(|items| !items.is_empty());
        ensure!(found && answer["contacts"] != 0, "nothing found: {} {answer}", asked.path);
    }
    times.sort();
    Ok(times.get(of / 2).context("some times")?.as_secs_f64() * 1e3)
}
