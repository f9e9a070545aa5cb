//! What the figures are measured for.

use crate::report::Report;

/// Bulk requests hand over so many times what Kannel does.
const BULK_TIMES: f64 = 3.0;
/// A tick that finds nothing takes less, in milliseconds.
const EMPTY_TICK_MS: f64 = 5.0;
/// The medians of two hundred ticks differ by so much on a busy machine; what grows with the history grows
/// by far more, since there is five million times as much of it.
const GROWTH: f64 = 1.5;

/// The median of what is looked at, beside any history and in any base, in milliseconds.
const LOOK_MS: f64 = 50.0;
/// Contacts of the base that the goal is about.
const LARGE_BASE: f64 = 1e6;

/// A tick beside a crowd takes at most so many times as long.
const FLOOD_TIMES: f64 = 3.0;
/// The crowd takes less memory, in megabytes.
const FLOOD_MB: f64 = 256.0;

/// A read by key or cookie answers at least so much of the requests that an empty component does.
const READ_SHARE: f64 = 0.5;
/// A single write comes to at least so much of the commits of a single writer.
const WRITE_SHARE: f64 = 0.25;
/// The slowest hundredth of writes takes at most so many times the median.
const WRITE_SPREAD: f64 = 10.0;
/// Delivery reports are taken at least at so much of the rate at which messages leave one by one.
const REPORT_SHARE: f64 = 0.5;
/// A list takes at most so many times as long as the plain load of its rows, the first time and again.
const IMPORT_TIMES: f64 = 2.5;
const AGAIN_TIMES: f64 = 1.2;
/// And the host this much memory, in megabytes.
const IMPORT_MB: f64 = 64.0 * 1.048_576;
const WORKBOOK_MB: f64 = 96.0 * 1.048_576;
/// Meanwhile a tick takes at most so many times as long.
const BESIDE_IMPORT_TIMES: f64 = 2.0;

/// A fresh instance answers within, in milliseconds.
const FRESH_MS: f64 = 1.0;
/// A fresh instance reads its first number within, in milliseconds.
const FIRST_NUMBER_MS: f64 = 5.0;

/// Says of each goal whether it holds, as far as it was measured.
pub fn judge(report: &mut Report) {
    let kannel = report.value("kannel_per_second");
    let at_least = |rate: Option<f64>, times: f64| Some(rate? >= times * kannel?);
    let single = at_least(report.value("single_per_second"), 1.0);
    let bulk = at_least(report.value("bulk_per_second"), BULK_TIMES);
    let empty = report.value("empty_tick_ms").map(|median| median < EMPTY_TICK_MS);
    let with_history = report.value("empty_tick_history_ms");
    let grows =
        with_history.zip(report.value("empty_tick_ms")).map(|(with, without)| with <= GROWTH * without);
    let reports = report.value("campaign_report_ms").zip(report.value("account_report_ms"));
    let reports = reports.map(|(campaign, account)| campaign < LOOK_MS && account < LOOK_MS);
    report.goal("reports beside history take less than 50 ms", reports);
    // A small base is counted where a large one is estimated, and says nothing of it.
    let is_large = report.value("audience_contacts").is_some_and(|contacts| contacts >= LARGE_BASE);
    let longest = report.value("audience_longest_ms").filter(|_| is_large).map(|median| median < LOOK_MS);
    report.goal("what is looked at in a base of a million takes less than 50 ms", longest);
    let flooded = report.value("flood_tick_ms").zip(report.value("flood_quiet_tick_ms"));
    let slower = flooded.map(|(beside, quiet)| beside <= FLOOD_TIMES * quiet);
    let grown = report.value("flood_memory_mb").map(|grown| grown < FLOOD_MB);
    report.goal("beside a crowd a tick takes at most three times as long", slower);
    report.goal("a crowd takes less than 256 MB", grown);
    report.goal("one message a request: at least what Kannel hands over", single);
    report.goal("100 messages a request: at least three times that", bulk);
    report.goal("an empty tick takes less than 5 ms", empty);
    report.goal("an empty tick takes no longer beside history", grows);
    judge_requests(report);
    judge_imports(report);
}

/// The goals of a list of a million.
fn judge_imports(report: &mut Report) {
    let times = |key: &str| Some(report.value(key)? / report.value("raw_1000000_s")?);
    let first = times("import_1000000_s").map(|times| times <= IMPORT_TIMES);
    let again = times("again_1000000_s").map(|times| times <= AGAIN_TIMES);
    let memory = report.value("memory_1000000_mb").map(|grown| grown < IMPORT_MB);
    let workbook = report.value("workbook_memory_mb").map(|grown| grown < WORKBOOK_MB);
    let ticks = report.value("tick_beside_import_ms").zip(report.value("tick_alone_ms"));
    let slower = ticks.map(|(beside, alone)| beside <= BESIDE_IMPORT_TIMES * alone);
    report.goal("a million rows take at most 2.5 times the plain load", first);
    report.goal("the same rows again take at most 1.2 times the plain load", again);
    report.goal("a million rows take less than 64 MiB", memory);
    report.goal("a workbook of a million rows takes less than 96 MiB", workbook);
    report.goal("while a list comes in a tick takes at most twice as long", slower);
}

/// The goals of one request, on the project's own host with 16 connections.
fn judge_requests(report: &mut Report) {
    let value = |key: &str| report.value(&format!("embedded_{key}"));
    let share = |key: &str, of: &str| Some(value(key)? / value(of)?);
    let reads = ["by_key", "by_cookie"]
        .map(|read| Some(share(&format!("{read}_16_per_second"), "empty_16_per_second")? >= READ_SHARE));
    let write = share("blacklist_16_per_second", "commits_per_second").map(|share| share >= WRITE_SHARE);
    let spread = share("blacklist_16_p99_ms", "blacklist_16_median_ms").map(|times| times <= WRITE_SPREAD);
    let reports = share("report_16_per_second", "hand_overs_per_second").map(|share| share >= REPORT_SHARE);
    let fresh = value("fresh_by_key_ms").map(|ms| ms < FRESH_MS);
    let number = value("fresh_fixed_line_ms").map(|ms| ms < FIRST_NUMBER_MS);
    let [by_key, by_cookie] = reads;
    report.goal("reads by key come to half of an empty component's answers", by_key);
    report.goal("reads by cookie come to half of an empty component's answers", by_cookie);
    report.goal("single writes come to a quarter of the single commits", write);
    report.goal("the slowest hundredth of writes takes at most ten times the median", spread);
    report.goal("delivery reports come to half of the hand-overs one by one", reports);
    report.goal("a fresh instance reads the balance within 1 ms", fresh);
    report.goal("a fresh instance takes its first number within 5 ms", number);
}
