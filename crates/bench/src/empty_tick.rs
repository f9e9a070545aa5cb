//! A tick that finds nothing due, beside millions of messages that wait, and beside history; and reports of that history.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rusqlite::{Connection, params};
use sendbox_tests::{Account, Fields, Platform, Settings, instant};

use crate::campaign::{DATABASE, NIGHT, NOON, TEXT};
use crate::database::{add_messages, edit};

/// The waiting messages belong to so many accounts.
const ACCOUNTS: u64 = 5;
/// With so many running campaigns each: more in all than one tick looks at.
const CAMPAIGNS: u64 = 20;
/// Ticks that look at every campaign once before any is timed.
const FIRST_TICKS: usize = 10;
/// Ticks that are timed.
const TICKS: usize = 200;
/// Nothing is due before.
const NEXT_DAY: &str = "2026-12-04T07:00:00Z";

/// How long ticks took.
#[derive(Clone, Copy, Debug)]
pub struct TickTimes {
    pub median: Duration,
    pub max: Duration,
}

/// The same platform at three times.
pub struct EmptyTicks {
    /// With a hundred campaigns of one message each.
    pub small: TickTimes,
    /// With all messages waiting.
    pub queued: TickTimes,
    /// With half of them handed over.
    pub with_history: TickTimes,
    /// The report of one of the campaigns then.
    pub campaign_report: TickTimes,
    /// The report of one of the accounts by days.
    pub account_report: TickTimes,
    /// Bytes of the database with all messages waiting.
    pub database: u64,
    /// How long writing the messages took.
    pub filling: Duration,
}

/// Times ticks on a platform of its own, gone when this returns.
pub fn measure(messages: u64) -> anyhow::Result<EmptyTicks> {
    let (platform, shop) = platform_with_campaigns()?;
    platform.crash();
    let database = platform.state_folder().join(DATABASE);
    edit(&database, |connection| {
        put_off(connection)?;
        Ok(())
    })?;
    let platform = platform.restart_with(Settings::default());
    let small = time(&platform)?;

    platform.crash();
    let started = Instant::now();
    edit(&database, |connection| fill(connection, messages))?;
    let filling = started.elapsed();
    let bytes = std::fs::metadata(&database)?.len();
    let platform = platform.restart_with(Settings::default());
    let queued = time(&platform)?;

    platform.crash();
    edit(&database, hand_half_over)?;
    let platform = platform.restart_with(Settings::default());
    let with_history = time(&platform)?;
    let (campaign_report, account_report) = time_reports(&platform, &shop)?;
    Ok(EmptyTicks { small, queued, with_history, campaign_report, account_report, database: bytes, filling })
}

/// Who asks for reports, and for which.
struct Shop {
    login: String,
    campaign: String,
}

/// How long reports take, each asked for again and again.
fn time_reports(platform: &Platform, shop: &Shop) -> anyhow::Result<(TickTimes, TickTimes)> {
    let account = Account::sign_in(platform, &shop.login);
    let ask = |path: &str| {
        let mut times = Vec::with_capacity(TICKS);
        for _ in 0..TICKS {
            let started = Instant::now();
            let answer = account.browser.get(path).ok();
            times.push(started.elapsed());
            let handed_over = answer.pointer("/total/handed_over").or_else(|| answer.get("handed_over"));
            ensure!(handed_over.is_some_and(|figure| figure.as_i64() > Some(0)), "no history: {path}");
        }
        median_of(times)
    };
    let days = "/v1/reports?from=2026-11-20&to=2026-12-10";
    Ok((ask(&format!("/v1/campaigns/{}/report", shop.campaign))?, ask(days)?))
}

/// Accounts with running campaigns of one message each, in the night.
fn platform_with_campaigns() -> anyhow::Result<(Platform, Shop)> {
    let platform = Platform::fresh();
    let mut shop = None;
    for n in 0..ACCOUNTS {
        let account = Account::sign_up(&platform);
        account.top_up("1000000.00");
        account.upload(format!("phone\n+7701000000{n}\n"));
        for _ in 0..CAMPAIGNS {
            let campaign = account.draft(TEXT);
            campaign.start();
            shop = Some(Shop { login: account.login.clone(), campaign: campaign.id });
        }
    }
    platform.set_clock(instant(NIGHT));
    while platform.tick("dispatch").ok().boolean("/more") {}
    platform.set_clock(instant(NOON));
    Ok((platform, shop.context("an account")?))
}

/// The median and the longest of many ticks, none of which may find anything.
fn time(platform: &Platform) -> anyhow::Result<TickTimes> {
    platform.set_clock(instant(NOON));
    let mut times = Vec::with_capacity(TICKS);
    for n in 0..FIRST_TICKS + TICKS {
        let started = Instant::now();
        let answer = platform.tick("dispatch").ok();
        let took = started.elapsed();
        ensure!(answer.boolean("/window_open") && answer.integer("/leased") == 0, "not empty: {answer}");
        if n >= FIRST_TICKS {
            times.push(took);
        }
    }
    median_of(times)
}

fn median_of(mut times: Vec<Duration>) -> anyhow::Result<TickTimes> {
    times.sort();
    let median = *times.get(TICKS / 2).context("some times")?;
    Ok(TickTimes { median, max: *times.last().context("some times")? })
}

/// Nothing that is queued is due today, and every campaign is to be looked at.
fn put_off(connection: &Connection) -> anyhow::Result<()> {
    let due_at = instant(NEXT_DAY).timestamp_millis();
    connection.execute("UPDATE message SET not_before = ?1 WHERE state = 'queued'", [due_at])?;
    connection.execute("UPDATE campaign SET turn_at = 0", [])?;
    Ok(())
}

/// Gives every campaign its share of the messages, each as the one that the product made, with ids and
/// hashes of their own.
fn fill(connection: &Connection, messages: u64) -> anyhow::Result<()> {
    let campaigns = ACCOUNTS * CAMPAIGNS;
    let mut made = connection.prepare("SELECT id FROM message WHERE state = 'queued'")?;
    let made = made.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    ensure!(made.len() as u64 == campaigns, "a message of each campaign: {}", made.len());
    let share = (messages / campaigns).saturating_sub(1).cast_signed();
    add_messages(connection, |connection| {
        for (number, id) in (0i64..).zip(made) {
            connection.execute(
                "WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ?2)
                 INSERT INTO message (account, message, campaign, contact, number_hash, state, route, not_before)
                 SELECT m.account, printf('msg_%012x7%03x8%015x', 1796281200000, ?3, n), m.campaign,
                   printf('con_%012x7%03x8%015x', 1796281200000, 0, n), randomblob(32), m.state, m.route, m.not_before
                 FROM count CROSS JOIN message m WHERE m.id = ?1",
                params![id, share, number],
            )?;
        }
        Ok(())
    })?;
    connection.execute("UPDATE campaign SET turn_at = 0", [])?;
    Ok(())
}

/// The first half of each campaign is history: handed over in a hundred hours, with a sealed number and its place in the
/// log. The schema's own triggers count it.
fn hand_half_over(connection: &Connection) -> anyhow::Result<()> {
    connection.execute_batch(
        "UPDATE message SET state = 'handed_over', operator = 'sandbox', operator_reference = message,
           operator_price = 400, service_price = 400, handed_over_at = not_before - id % 100 * 3600000,
           offset_minutes = 300, number = randomblob(52),
           evidence_hash = randomblob(32), hand_over_index = id, attempts = 1
         WHERE id % 2 = 0;
         UPDATE campaign SET turn_at = 0",
    )?;
    Ok(())
}
