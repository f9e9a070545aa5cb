//! The demo's last page: a table for people, and one line of JSON for programs.

use std::io::{self, Write};

use console::{Alignment, measure_text_width, pad_str, style};
use serde::Serialize;

use super::figures::Check;
use super::job::Outcome;

/// What the table is made of.
enum Line {
    Heading(&'static str),
    Figure(String, String),
}

/// Writes the outcome and what was recomputed from it.
pub fn write(to: &mut impl Write, outcome: &Outcome, checks: &[Check]) -> io::Result<()> {
    for line in drawn(&lines(outcome, checks)) {
        writeln!(to, "{line}")?;
    }
    let wrong: Vec<&Check> = checks.iter().filter(|check| !check.agrees()).collect();
    for Check { what, one, other } in &wrong {
        writeln!(to, "{} {what}: {one} against {other}", style("✗").red().bold())?;
    }
    if wrong.is_empty() {
        writeln!(to, "{} all {} figures agree", style("✓").green().bold(), checks.len())
    } else {
        writeln!(to, "{} {} of {} figures do not agree", style("✗").red().bold(), wrong.len(), checks.len())
    }
}

fn lines(outcome: &Outcome, checks: &[Check]) -> Vec<Line> {
    let Outcome {
        import, blacklist, estimate, report, balance, topped_up, ledger, history, proof, took, ..
    } = outcome;
    let figure =
        |name: &str, value: &dyn ToString| Line::Figure(name.to_owned(), grouped(&value.to_string()));
    let money = |name: &str, value: &dyn ToString| {
        Line::Figure(name.to_owned(), format!("{} ₸", grouped(&value.to_string())))
    };
    let seconds = |name: &str, took: std::time::Duration| {
        Line::Figure(name.to_owned(), format!("{:.1} s", took.as_secs_f64()))
    };
    let mut lines = vec![
        Line::Heading("File"),
        figure("rows", &import.rows),
        figure("imported", &import.imported),
        figure("duplicates", &import.duplicates),
        figure("rejected", &import.rejected),
        figure("on the blacklist", &blacklist.len()),
        Line::Heading("Messages"),
        figure("messages", &report.messages),
        figure("handed over", &report.handed_over),
        figure("delivered", &report.delivered),
        figure("undelivered", &report.undelivered),
        figure("expired", &report.expired),
        figure("blocked", &report.blocked),
    ];
    lines
        .extend(report.blocked_by_reason.iter().map(|(reason, count)| figure(&format!("  {reason}"), count)));
    lines.extend([
        Line::Heading("Money"),
        money("topped up", topped_up),
        money("price of a message", &history.price().unwrap_or(estimate.price_per_message.0)),
        money("charged", &report.charged.total.0),
        money("  to the operator", &report.charged.operator.0),
        money("  to the service", &report.charged.service.0),
        money("balance", &balance.available.0),
        money("held", &balance.held.0),
        money("sum of the ledger", &balance.ledger_sum.0),
        figure("transfers in the ledger", &ledger.transfers),
        Line::Heading("Proof"),
        figure("leaves in the log", &proof.size),
        figure("events verified offline", &proof.events),
    ]);
    lines.extend(proof.by_kind.iter().map(|(kind, count)| figure(&format!("  {kind}"), count)));
    lines.extend([Line::Figure("root".to_owned(), proof.root.clone()), Line::Heading("Time")]);
    lines.extend([
        seconds("upload", took.upload),
        seconds("handing over", took.dispatch),
        seconds("delivery reports", took.reports),
        seconds("proof", took.proof),
        seconds("in all", took.whole),
        Line::Heading("Recomputed"),
    ]);
    lines.extend(checks.iter().map(|check| {
        let mark = if check.agrees() { style("✓").green() } else { style("✗").red() };
        Line::Figure(check.what.clone(), format!("{} {mark}", grouped(&check.one)))
    }));
    lines
}

/// Draws a box around the lines: names to the left, figures to the right.
fn drawn(lines: &[Line]) -> Vec<String> {
    let widest = |of: fn(&Line) -> &str| lines.iter().map(of).map(measure_text_width).max().unwrap_or(0);
    let left = widest(|line| match line {
        Line::Heading(text) => text,
        Line::Figure(name, _) => name,
    });
    let right = widest(|line| match line {
        Line::Heading(_) => "",
        Line::Figure(_, figure) => figure,
    });
    let rule =
        |begin, middle, end| format!("{begin}{}{middle}{}{end}", "─".repeat(left + 2), "─".repeat(right + 2));
    let row = |name: &str, figure: &str| {
        let name = pad_str(name, left, Alignment::Left, None);
        let figure = pad_str(figure, right, Alignment::Right, None);
        format!("│ {name} │ {figure} │")
    };
    let mut drawn = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        match line {
            Line::Heading(text) => {
                drawn.push(if position == 0 { rule("┌", "┬", "┐") } else { rule("├", "┼", "┤") });
                drawn.push(row(&style(text).bold().to_string(), ""));
            }
            Line::Figure(name, figure) => drawn.push(row(name, figure)),
        }
    }
    drawn.push(rule("└", "┴", "┘"));
    drawn
}

/// Digits before the decimal dot in groups of three, parted by thin spaces; other texts as they are.
fn grouped(figure: &str) -> String {
    let (sign, digits) = figure.strip_prefix('-').map_or(("", figure), |digits| ("-", digits));
    let (whole, rest) = digits.find('.').map_or((digits, ""), |dot| digits.split_at(dot));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return figure.to_owned();
    }
    let mut text = sign.to_owned();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text + rest
}

/// The outcome for programs: money is decimal texts in tenge.
#[derive(Serialize)]
struct Figures<'a> {
    rows: i64,
    imported: i64,
    duplicates: i64,
    rejected: i64,
    blacklisted: usize,
    messages: i64,
    handed_over: i64,
    delivered: i64,
    undelivered: i64,
    blocked: i64,
    charged: String,
    balance: String,
    held: String,
    ledger_sum: String,
    evidence: Evidence<'a>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct Evidence<'a> {
    size: u64,
    root: &'a str,
    verified: u64,
}

/// The outcome for programs, on one line.
pub fn json(outcome: &Outcome) -> serde_json::Result<String> {
    let Outcome { import, blacklist, report, balance, proof, took, .. } = outcome;
    serde_json::to_string(&Figures {
        rows: import.rows,
        imported: import.imported,
        duplicates: import.duplicates,
        rejected: import.rejected,
        blacklisted: blacklist.len(),
        messages: report.messages,
        handed_over: report.handed_over,
        delivered: report.delivered,
        undelivered: report.undelivered,
        blocked: report.blocked,
        charged: report.charged.total.0.to_string(),
        balance: balance.available.0.to_string(),
        held: balance.held.0.to_string(),
        ledger_sum: balance.ledger_sum.0.to_string(),
        evidence: Evidence { size: proof.size, root: &proof.root, verified: proof.events },
        elapsed_ms: u64::try_from(took.whole.as_millis()).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_by_thousands() {
        assert_eq!(grouped("1234567.50"), "1\u{2009}234\u{2009}567.50");
        assert_eq!(grouped("-1000"), "-1\u{2009}000");
        assert_eq!(grouped("999"), "999");
        assert_eq!(grouped("3.5 s"), "3.5 s");
    }

    #[test]
    fn every_row_of_the_table_is_equally_wide() {
        let lines = [Line::Heading("Ақша"), Line::Figure("баланс".to_owned(), "12.50 ₸".to_owned())];
        let widths: Vec<usize> = drawn(&lines).iter().map(|row| measure_text_width(row)).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{widths:?}");
    }
}
