//! What the demo shows on standard error while it works: a line for each step, bars for long ones.

use std::time::Duration;

use console::{Term, style};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints the steps of the job; bars appear only on a terminal.
pub struct Progress;

impl Progress {
    /// A step that is done, with what came of it.
    pub fn done(&self, what: &str, came: &str) {
        say(&format!("{} {} {came}", style("✓").for_stderr().green(), pad(what)));
    }

    /// Something that a person should know and that is no step.
    pub fn note(&self, text: &str) {
        say(&format!("{} {text}", style("•").for_stderr().yellow()));
    }

    /// A line beneath a step.
    pub fn detail(&self, text: &str) {
        say(&format!("    {text}"));
    }

    /// A bar over bytes.
    pub fn bytes(&self, what: &str, length: u64) -> ProgressBar {
        bar(what, length, "{prefix} {bar:32.cyan/dim} {bytes}/{total_bytes} {bytes_per_sec}")
    }

    /// A bar over things that are counted.
    pub fn count(&self, what: &str, length: u64) -> ProgressBar {
        bar(what, length, "{prefix} {bar:32.cyan/dim} {human_pos}/{human_len} {per_sec} {msg}")
    }
}

/// Whoever read standard error may have gone; the job goes on.
fn say(line: &str) {
    let _ = Term::stderr().write_line(line);
}

fn bar(what: &str, length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_prefix(format!("  {}", pad(what)));
    // The templates above are fixed texts; a slip in one falls back to the plain bar.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("━━─"));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn pad(what: &str) -> String {
    format!("{what:<22}")
}
