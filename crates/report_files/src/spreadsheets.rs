//! What each table holds. Amounts are written with a point and without a sign of the currency, so that programs read
//! them too.

use api::campaigns::{Charged, Counts, Report, ReportPart};
use api::reports::{AccountReport, Comparison, ReportBy};
use domain::language::Language;
use domain::tariffs::Channel;
use tables::csv::{BEGINNING, write_row};

use crate::words::Words;

/// The columns of figures.
fn columns(words: &Words) -> [&'static str; 18] {
    [
        words.handed_over,
        words.awaiting_report,
        words.delivered,
        words.undelivered,
        words.expired,
        words.answered,
        words.machine,
        words.busy,
        words.no_answer,
        words.failed,
        words.blocked,
        words.visits,
        words.visitors,
        words.opt_outs,
        words.charged_operator,
        words.charged_service,
        words.charged_total,
        words.price_of_success,
    ]
}

/// The figures of one row; what has none stays empty.
fn figures(counts: &Counts, price_of_success: Option<String>) -> [String; 18] {
    let Counts { calls, charged, .. } = counts;
    let Charged { operator, service, total } = charged;
    let number = |number: i64| number.to_string();
    [
        number(counts.handed_over),
        number(counts.awaiting_report),
        number(counts.delivered),
        number(counts.undelivered),
        number(counts.expired),
        number(calls.answered),
        number(calls.machine),
        number(calls.busy),
        number(calls.no_answer),
        number(calls.failed),
        counts.blocked.map(number).unwrap_or_default(),
        number(counts.visits),
        number(counts.visitors),
        number(counts.opt_outs),
        operator.0.to_string(),
        service.0.to_string(),
        total.0.to_string(),
        price_of_success.unwrap_or_default(),
    ]
}

/// A table with its first row.
fn begun<'c>(columns: impl IntoIterator<Item = &'c str>) -> String {
    let mut table = BEGINNING.to_owned();
    write_row(&mut table, columns);
    table
}

/// A table under way whose rows are parts.
struct Parts(String);

impl Parts {
    fn new(words: &Words) -> Self {
        let first = [words.part, words.hour, words.operator, words.campaign, words.name];
        // What one success cost is no figure of a part.
        let figures = columns(words).into_iter().filter(|column| *column != words.price_of_success);
        Self(begun(first.into_iter().chain(figures)))
    }

    /// A row with the place of its part, from 0 for hours and days; `None` for the whole.
    fn row(&mut self, kind: &str, place: Option<(usize, &str)>, name: &str, counts: &Counts) {
        let mut parts = [""; 3];
        if let Some((place, part)) = place
            && let Some(cell) = parts.get_mut(place)
        {
            *cell = part;
        }
        let figures = figures(counts, None);
        let figures = figures.iter().take(figures.len() - 1).map(String::as_str);
        write_row(&mut self.0, [kind].into_iter().chain(parts).chain([name]).chain(figures));
    }

    fn parts(&mut self, words: &Words, by: ReportBy, parts: &[ReportPart]) {
        let (kind, place) = match by {
            ReportBy::Hour => (words.by_hour, 0),
            ReportBy::Day => (words.by_day, 0),
            ReportBy::Operator => (words.by_operator, 1),
            ReportBy::Campaign => (words.by_campaign, 2),
        };
        for part in parts {
            self.row(kind, Some((place, &part.part)), part.name.as_deref().unwrap_or_default(), &part.counts);
        }
    }
}

/// A campaign's whole, its hours and its operators.
pub fn campaign_table(language: Language, name: &str, report: &Report) -> String {
    let words = Words::of(language);
    let mut table = Parts::new(words);
    let whole = Counts {
        handed_over: report.handed_over,
        awaiting_report: report.awaiting_report,
        delivered: report.delivered,
        undelivered: report.undelivered,
        expired: report.expired,
        calls: report.calls.unwrap_or_default(),
        blocked: Some(report.blocked),
        blocked_by_reason: None,
        visits: report.visits,
        visitors: report.visitors,
        opt_outs: report.opt_outs,
        charged: report.charged,
    };
    table.row(words.whole, Some((2, &report.campaign)), name, &whole);
    table.parts(words, ReportBy::Hour, &report.by_hour);
    table.parts(words, ReportBy::Operator, &report.by_operator);
    table.0
}

/// An account's whole and its parts.
pub fn account_table(language: Language, report: &AccountReport) -> String {
    let words = Words::of(language);
    let mut table = Parts::new(words);
    table.row(words.whole, None, &format!("{} – {}", report.from, report.to), &report.total);
    table.parts(words, report.by, &report.parts);
    table.0
}

/// A campaign a row.
pub fn comparison_table(language: Language, comparison: &Comparison) -> String {
    let words = Words::of(language);
    let first = [words.campaign, words.name, words.channel, words.recipients, words.messages];
    let mut table = begun(first.into_iter().chain(columns(words)));
    for campaign in &comparison.campaigns {
        let channel = match campaign.channel {
            Channel::Text => words.texts,
            Channel::Voice => words.calls,
        };
        let (recipients, messages) = (campaign.recipients.to_string(), campaign.messages.to_string());
        let first = [&campaign.campaign, campaign.name.as_str(), channel, &recipients, &messages];
        let price = campaign.price_of_success.map(|price| price.0.to_string());
        let figures = figures(&campaign.counts, price);
        write_row(&mut table, first.into_iter().chain(figures.iter().map(String::as_str)));
    }
    table
}
