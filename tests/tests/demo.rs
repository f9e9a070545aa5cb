//! The demo is the first that a newcomer runs: all that it recomputes must agree, also from outside the host.

use sendbox_tests::{Fields, Platform, sendbox};
use serde_json::Value;

/// R43, R66, R70, R94: each row, message and tiyn of the whole job is accounted for.
#[test]
fn the_demo_plays_the_whole_job_and_every_figure_agrees() {
    let platform = Platform::fresh();
    let words =
        ["demo", "--url", platform.base(), "--tick-token", Platform::tick_token(), "--exit", "--json"];
    let played = sendbox(&words, "");
    assert!(played.success, "{}", played.stderr);
    let last = played.stdout.lines().last().expect("a line");
    let figures: Value = serde_json::from_str(last).expect("JSON");
    let counts = ["rows", "imported", "duplicates", "rejected", "blacklisted", "handed_over", "blocked"]
        .map(|count| figures.integer(&format!("/{count}")));
    assert_eq!(counts, [10_000, 9_120, 380, 500, 3, 9_117, 3]);
    let money = ["charged", "held", "ledger_sum"].map(|sum| figures.text(&format!("/{sum}")));
    assert_eq!(money, ["136755.00", "0.00", "0.00"]);
}
