//! What each picture shows.

use api::campaigns::{Counts, Report, ReportPart};
use api::reports::{AccountReport, ComparedCampaign, Comparison, ReportBy};
use domain::language::Language;
use domain::tariffs::Channel;

use crate::numbers::{count, money, share};
use crate::picture::{Bar, Picture};
use crate::words::Words;

/// More rows than this are drawn by days in place of hours, by months in place of days.
const ROWS_MAX: usize = 31;
/// `2026-12-03` of an hour, `2026-12` of a day.
const FOLDS: [usize; 2] = [10, 7];

/// What stands where there is no figure.
const NONE: &str = "—";

/// A campaign's way from the audience to the answer, and its hours and operators.
pub fn campaign_picture(language: Language, name: &str, report: &Report) -> String {
    let words = Words::of(language);
    let mut picture = Picture::new(language, name);
    let number = |number| count(language, number);
    picture.line(&format!("{}. {}: {}", words.report, words.recipients, number(report.recipients)));
    picture.line(&format!("{}: {}", words.charged, money(language, report.charged.total)));
    picture.line(&format!("{}: {}", words.blocked, number(report.blocked)));
    picture.heading(words.way);
    let step = |label, figure| Step { label, figure };
    let steps = match &report.calls {
        Some(calls) => vec![
            step(words.calls, report.messages),
            step(words.handed_over, report.handed_over),
            step(words.answered, calls.answered),
        ],
        None => vec![
            step(words.messages, report.messages),
            step(words.handed_over, report.handed_over),
            step(words.delivered, report.delivered),
            step(words.visitors, report.visitors),
            step(words.opt_outs, report.opt_outs),
        ],
    };
    for Step { label, figure } in steps {
        let value = number(figure);
        picture.bar(&Bar { label, value: &value, dark: figure, light: 0, whole: report.messages });
    }
    draw_parts(&mut picture, language, ReportBy::Hour, &report.by_hour);
    draw_parts(&mut picture, language, ReportBy::Operator, &report.by_operator);
    picture.finish()
}

struct Step {
    label: &'static str,
    figure: i64,
}

/// An account's hand-overs by their parts.
pub fn account_picture(language: Language, report: &AccountReport) -> String {
    let words = Words::of(language);
    let mut picture = Picture::new(language, words.report);
    let day = |text: &str| moment(language, text);
    picture.line(&format!("{} – {}", day(&report.from), day(&report.to)));
    let number = |number| count(language, number);
    for (label, figure) in [
        (words.handed_over, report.total.handed_over),
        (words.delivered, report.total.delivered),
        (words.answered, report.total.calls.answered),
        (words.visitors, report.total.visitors),
        (words.opt_outs, report.total.opt_outs),
        (words.blocked, report.total.blocked.unwrap_or_default()),
    ] {
        picture.line(&format!("{label}: {}", number(figure)));
    }
    picture.line(&format!("{}: {}", words.charged, money(language, report.total.charged.total)));
    draw_parts(&mut picture, language, report.by, &report.parts);
    if report.more {
        picture.line(words.others);
    }
    picture.finish()
}

/// A part as it is drawn.
struct Drawn {
    label: String,
    delivered: i64,
    handed_over: i64,
}

fn draw_parts(picture: &mut Picture, language: Language, by: ReportBy, parts: &[ReportPart]) {
    let words = Words::of(language);
    let drawn = |part: &ReportPart| Drawn {
        label: part.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| part.part.clone()),
        delivered: part.counts.delivered,
        handed_over: part.counts.handed_over,
    };
    let mut rows: Vec<Drawn> = parts.iter().map(drawn).collect();
    let mut heading = match by {
        ReportBy::Hour => words.by_hour,
        ReportBy::Day => words.by_day,
        ReportBy::Operator => words.by_operator,
        ReportBy::Campaign => words.by_campaign,
    };
    if matches!(by, ReportBy::Hour | ReportBy::Day) {
        for (length, folded) in FOLDS.into_iter().zip([words.by_day, words.by_month]) {
            if rows.len() > ROWS_MAX {
                rows = fold(rows, length);
                heading = folded;
            }
        }
        rows.iter_mut().for_each(|row| row.label = moment(language, &row.label));
    }
    picture.heading(heading);
    let Some(whole) = rows.iter().map(|row| row.handed_over).max() else {
        picture.line(words.nothing);
        return;
    };
    words.shades.iter().for_each(|shade| picture.line(shade));
    for Drawn { label, delivered, handed_over } in &rows {
        let value = format!("{} / {}", count(language, *delivered), count(language, *handed_over));
        picture.bar(&Bar { label, value: &value, dark: *delivered, light: *handed_over, whole });
    }
}

/// Rows of one day, or of one month, become one.
fn fold(rows: Vec<Drawn>, length: usize) -> Vec<Drawn> {
    let mut folded: Vec<Drawn> = Vec::new();
    for row in rows {
        let label = row.label.get(..length).unwrap_or(&row.label).to_owned();
        match folded.last_mut().filter(|last| last.label == label) {
            Some(last) => {
                last.delivered += row.delivered;
                last.handed_over += row.handed_over;
            }
            None => folded.push(Drawn { label, ..row }),
        }
    }
    folded
}

/// `2026-12-03T12:00` as `03.12.2026 12:00`, a day and a month alike; in English as the standard has it.
fn moment(language: Language, text: &str) -> String {
    if language == Language::En {
        return text.replace('T', " ");
    }
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let mut parts: Vec<&str> = day.split('-').collect();
    parts.reverse();
    let day = parts.join(".");
    if time.is_empty() { day } else { format!("{day} {time}") }
}

/// Campaigns beside each other, figure by figure.
pub fn comparison_picture(language: Language, comparison: &Comparison) -> String {
    let words = Words::of(language);
    let mut picture = Picture::new(language, words.comparison);
    let campaigns = &comparison.campaigns;
    draw_shares(&mut picture, language, words.handed_over, campaigns, |campaign| {
        Some((campaign.shares.handed_over, campaign.counts.handed_over, campaign.messages))
    });
    let of_handed_over = |counts: &Counts, part| (part, counts.handed_over);
    let of = |share, (part, whole)| Some((share, part, whole));
    draw_shares(&mut picture, language, words.delivered, campaigns, |campaign| match campaign.channel {
        Channel::Text => {
            of(campaign.shares.delivered, of_handed_over(&campaign.counts, campaign.counts.delivered))
        }
        Channel::Voice => None,
    });
    draw_shares(&mut picture, language, words.answered, campaigns, |campaign| match campaign.channel {
        Channel::Voice => {
            of(campaign.shares.answered, of_handed_over(&campaign.counts, campaign.counts.calls.answered))
        }
        Channel::Text => None,
    });
    draw_shares(&mut picture, language, words.visitors, campaigns, |campaign| match campaign.channel {
        Channel::Text => {
            of(campaign.shares.visitors, of_handed_over(&campaign.counts, campaign.counts.visitors))
        }
        Channel::Voice => None,
    });
    draw_shares(&mut picture, language, words.opt_outs, campaigns, |campaign| match campaign.channel {
        Channel::Text => {
            of(campaign.shares.opt_outs, of_handed_over(&campaign.counts, campaign.counts.opt_outs))
        }
        Channel::Voice => None,
    });
    picture.heading(words.charged);
    let charged = |campaign: &ComparedCampaign| campaign.counts.charged.total;
    let whole = campaigns.iter().map(|campaign| charged(campaign).0.0).max().unwrap_or_default();
    for campaign in campaigns {
        let value = money(language, charged(campaign));
        let dark = charged(campaign).0.0;
        picture.bar(&Bar { label: called(campaign), value: &value, dark, light: 0, whole });
    }
    picture.finish()
}

/// A figure of each campaign that has it: its share, and of how many how many.
fn draw_shares(
    picture: &mut Picture,
    language: Language,
    heading: &str,
    campaigns: &[ComparedCampaign],
    figure: impl Fn(&ComparedCampaign) -> Option<(Option<i64>, i64, i64)>,
) {
    let figures: Vec<_> =
        campaigns.iter().filter_map(|campaign| figure(campaign).map(|figure| (campaign, figure))).collect();
    if figures.is_empty() {
        return;
    }
    picture.heading(heading);
    for (campaign, (tenths, part, whole)) in figures {
        let value = match tenths {
            Some(tenths) => format!(
                "{} ({} / {})",
                share(language, tenths),
                count(language, part),
                count(language, whole)
            ),
            None => NONE.to_owned(),
        };
        let dark = tenths.unwrap_or_default();
        picture.bar(&Bar { label: called(campaign), value: &value, dark, light: 0, whole: 1000 });
    }
}

fn called(campaign: &ComparedCampaign) -> &str {
    if campaign.name.is_empty() { &campaign.campaign } else { &campaign.name }
}
