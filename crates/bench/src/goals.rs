//! What the figures are measured for.

use crate::report::Report;

/// Bulk requests hand over so many times what Kannel does.
const BULK_TIMES: f64 = 3.0;
/// A tick that finds nothing takes less, in milliseconds.
const EMPTY_TICK_MS: f64 = 5.0;
/// The medians of two hundred ticks differ by so much on a busy machine; what grows with the history grows
/// by far more, since there is five million times as much of it.
const GROWTH: f64 = 1.5;

/// A tick beside a crowd takes at most so many times as long.
const FLOOD_TIMES: f64 = 3.0;
/// The crowd takes less memory, in megabytes.
const FLOOD_MB: f64 = 256.0;

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
    let flooded = report.value("flood_tick_ms").zip(report.value("flood_quiet_tick_ms"));
    let slower = flooded.map(|(beside, quiet)| beside <= FLOOD_TIMES * quiet);
    let grown = report.value("flood_memory_mb").map(|grown| grown < FLOOD_MB);
    report.goal("beside a crowd a tick takes at most three times as long", slower);
    report.goal("a crowd takes less than 256 MB", grown);
    report.goal("one message a request: at least what Kannel hands over", single);
    report.goal("100 messages a request: at least three times that", bulk);
    report.goal("an empty tick takes less than 5 ms", empty);
    report.goal("an empty tick takes no longer beside history", grows);
}
