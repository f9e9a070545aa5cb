//! The first request of a fresh instance: an instance that nobody asks for a second is gone.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sendbox_tests::{Account, Caller, Fields, Platform, Request};
use serde_json::json;

use crate::report::{Beside, Report};

/// Longer than an instance lives without work.
const GONE: Duration = Duration::from_millis(1_300);
/// A median of so many.
const TIMES: usize = 5;

/// Times requests to fresh instances beside the same to instances that are there.
pub fn measure(
    platform: &Platform,
    account: &Account<'_>,
    host: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let program = Caller::with_bearer(platform, &account.new_api_key().text("/key"));
    let visitor = platform.visitor();
    let blacklist =
        |phone: &'static str| move || Request::new("POST", "/v1/blacklist").json(&json!({"phones": [phone]}));
    let get = |path: &'static str| move || Request::new("GET", path);
    type Make = Box<dyn Fn() -> Request>;
    let asked: [(&str, &str, &Caller<'_>, Make); 5] = [
        ("empty", "an empty component", &visitor, Box::new(get("/empty"))),
        ("page", "a page", &visitor, Box::new(get("/en/"))),
        ("by_key", "the balance", &program, Box::new(get("/v1/balance"))),
        ("mobile", "a mobile number", &program, Box::new(blacklist("+77015550199"))),
        ("fixed_line", "a fixed line, written at length", &program, Box::new(blacklist("8 (7272) 50-00-00"))),
    ];
    for (key, what, caller, make) in asked {
        let warm = median(caller, &make, Duration::ZERO)?;
        let fresh = median(caller, &make, GONE)?;
        let beside = Beside::new("an instance that is there", warm);
        let what = format!("{what}, fresh instance, {host}");
        report.add(format!("{host}_fresh_{key}_ms"), what, fresh, "ms", &[beside]);
    }
    Ok(())
}

/// Milliseconds.
fn median(caller: &Caller<'_>, make: &dyn Fn() -> Request, pause: Duration) -> anyhow::Result<f64> {
    // The first makes the connection, and an instance where there is none.
    caller.send(make());
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        std::thread::sleep(pause);
        let started = Instant::now();
        let answer = caller.send(make());
        took.push(started.elapsed());
        ensure!(answer.status < 300, "{}", answer.text_body());
    }
    took.sort();
    Ok(took.get(TIMES / 2).context("some times")?.as_secs_f64() * 1e3)
}
