//! The account's report and campaigns beside each other; and each report as a table and as a picture (R94, R97).

use std::collections::BTreeMap;

use api::campaigns::{Counts, ReportPart};
use api::ids::CampaignId;
use api::reports::{
    AccountReport, CAMPAIGNS_MAX, ComparedCampaign, Comparison, DAYS_DEFAULT, DAYS_MAX, HOURLY_DAYS_MAX,
    ReportBy, Shares, compared,
};
use chrono::{Days, NaiveDate};
use domain::hours::almaty;
use domain::language::Language;
use domain::message::MessageState;
use domain::money::{Money, Tiyn};
use domain::tariffs::Channel;
use edge::{Answer, Call, Code, Problem, Result, Time, json};
use report_files::{
    account_picture, account_table, campaign_picture, campaign_table, comparison_picture, comparison_table,
    per_mille,
};
use store::cell::{Campaign, CampaignReport, Content, HandOverCounts, Part, PartCounts, Parted};

use crate::report::{counts, hour_text, of_campaign};

const HOURS_PER_DAY: i64 = 24;
/// As many as there can be hours, days, operators.
const PARTS_MAX: usize = 1_000;

/// `GET /v1/reports`
pub async fn account(call: Call) -> Result<Answer> {
    json(200, &account_report(&call).await?)
}

/// `GET /v1/reports.csv`
pub async fn account_csv(call: Call) -> Result<Answer> {
    let language = language(&call)?;
    Ok(table(account_table(language, &account_report(&call).await?)))
}

/// `GET /v1/reports.svg`
pub async fn account_svg(call: Call) -> Result<Answer> {
    let language = language(&call)?;
    Ok(edge::picture(account_picture(language, &account_report(&call).await?)))
}

/// `GET /v1/campaigns/{campaign}/report.csv`
pub async fn campaign_csv(call: Call, campaign: CampaignId) -> Result<Answer> {
    let language = language(&call)?;
    let (name, report) = of_campaign(&call, campaign).await?;
    Ok(table(campaign_table(language, &name, &report)))
}

/// `GET /v1/campaigns/{campaign}/report.svg`
pub async fn campaign_svg(call: Call, campaign: CampaignId) -> Result<Answer> {
    let language = language(&call)?;
    let (name, report) = of_campaign(&call, campaign).await?;
    Ok(edge::picture(campaign_picture(language, &name, &report)))
}

/// `GET /v1/reports/compare`
pub async fn compare(call: Call) -> Result<Answer> {
    json(200, &comparison(&call).await?)
}

/// `GET /v1/reports/compare.csv`
pub async fn compare_csv(call: Call) -> Result<Answer> {
    let language = language(&call)?;
    Ok(table(comparison_table(language, &comparison(&call).await?)))
}

/// `GET /v1/reports/compare.svg`
pub async fn compare_svg(call: Call) -> Result<Answer> {
    let language = language(&call)?;
    Ok(edge::picture(comparison_picture(language, &comparison(&call).await?)))
}

fn table(text: String) -> Answer {
    edge::file("text/csv; charset=utf-8", text.into_bytes())
}

/// As the query says, or else the caller's header.
fn language(call: &Call) -> Result<Language> {
    match call.query("language") {
        None => Ok(call.language()),
        Some(named) => Language::parse(&named).ok_or_else(|| Problem::field(Code::InvalidField, "language")),
    }
}

/// The days of a report, and by what it is parted.
struct Asked {
    from: NaiveDate,
    to: NaiveDate,
    by: ReportBy,
}

fn asked(call: &Call, now: i64) -> Result<Asked> {
    let invalid = |field: &'static str| Problem::field(Code::InvalidField, field);
    let by = match call.query("by") {
        None => ReportBy::Day,
        Some(by) => ReportBy::parse(&by).ok_or_else(|| invalid("by"))?,
    };
    let day = |field: &'static str| match call.query(field) {
        None => Ok(None),
        // Exactly so many digits: chrono reads fewer, and signs.
        Some(text) if text.len() == 10 => {
            NaiveDate::parse_from_str(&text, "%Y-%m-%d").map(Some).map_err(|_| invalid(field))
        }
        Some(_) => Err(invalid(field)),
    };
    let (from, to) = (day("from")?, day("to")?);
    let to = match to {
        Some(to) => to,
        None => almaty(edge::instant(now)?).date_naive(),
    };
    let first = to.checked_sub_days(Days::new((DAYS_DEFAULT - 1).unsigned_abs()));
    let from = from.or(first).ok_or_else(|| invalid("to"))?;
    let days = (to - from).num_days() + 1;
    let most = if by == ReportBy::Hour { HOURLY_DAYS_MAX } else { DAYS_MAX };
    if days < 1 || days > most {
        return Err(invalid("from"));
    }
    Ok(Asked { from, to, by })
}

/// Days since the first of January 1970.
fn day_number(day: NaiveDate) -> i64 {
    (day - NaiveDate::default()).num_days()
}

async fn account_report(call: &Call) -> Result<AccountReport> {
    let caller = call.caller().await?;
    let Asked { from, to, by } = asked(call, caller.act.now)?;
    let tenant = caller.tenant().await?;
    let (first, behind) = (day_number(from) * HOURS_PER_DAY, (day_number(to) + 1) * HOURS_PER_DAY);
    let (parted, most) = match by {
        ReportBy::Hour => (Parted::ByHour, PARTS_MAX),
        ReportBy::Day => (Parted::ByDay, PARTS_MAX),
        ReportBy::Operator => (Parted::ByOperator, PARTS_MAX),
        // One more, which says that there are more.
        ReportBy::Campaign => (Parted::ByCampaign, CAMPAIGNS_MAX + 1),
    };
    let mut found = tenant.account_report(first, behind, parted, most).await?;
    let total = match by {
        // These are complete, and nothing has to be added up a second time.
        ReportBy::Hour | ReportBy::Day => total(&found),
        // Of operators what was blocked has none, and there may be more campaigns than are shown.
        ReportBy::Operator | ReportBy::Campaign => {
            total(&tenant.account_report(first, behind, Parted::Whole, 1).await?)
        }
    };
    let more = by == ReportBy::Campaign && found.len() == most;
    if more {
        found.pop();
    }
    let mut names = Default::default();
    if by == ReportBy::Campaign {
        let campaigns: Vec<&str> = found.iter().filter_map(|part| campaign_of(&part.part)).collect();
        names = tenant.campaign_names(&campaigns).await?;
    }
    let part = |found: &PartCounts| {
        let part = part_text(&found.part);
        let blocked = (by != ReportBy::Operator).then_some(&found.blocked);
        ReportPart { name: names.get(&part).cloned(), counts: counts(&found.counts, blocked), part }
    };
    let parts = found.iter().map(part).collect();
    Ok(AccountReport { from: from.to_string(), to: to.to_string(), by, total, parts, more })
}

/// What parts come to together.
fn total(parts: &[PartCounts]) -> Counts {
    let (mut handed_over, mut blocked) = (HandOverCounts::default(), BTreeMap::new());
    for part in parts {
        handed_over += part.counts;
        for (reason, messages) in &part.blocked {
            *blocked.entry(*reason).or_default() += messages;
        }
    }
    counts(&handed_over, Some(&blocked))
}

fn campaign_of(part: &Part) -> Option<&str> {
    match part {
        Part::Campaign(campaign) => Some(campaign),
        _ => None,
    }
}

fn part_text(part: &Part) -> String {
    match part {
        Part::Hour(hour) => hour_text(*hour),
        Part::Day(day) => hour_text(day * HOURS_PER_DAY).chars().take(10).collect(),
        Part::Operator(name) | Part::Campaign(name) => name.clone(),
        Part::Whole => String::new(),
    }
}

async fn comparison(call: &Call) -> Result<Comparison> {
    let caller = call.caller().await?;
    let named = call.query("campaigns").ok_or_else(|| Problem::field(Code::MissingField, "campaigns"))?;
    let named = compared(&named).ok_or_else(|| Problem::field(Code::InvalidField, "campaigns"))?;
    let tenant = caller.tenant().await?;
    let mut campaigns = Vec::with_capacity(named.len());
    for campaign in named {
        let found = tenant.campaign(&campaign).await?.ok_or_else(Problem::not_found)?;
        let report = tenant.campaign_report(&campaign).await?;
        campaigns.push(beside(campaign, found, &report));
    }
    Ok(Comparison { campaigns })
}

/// A campaign as it stands beside others.
fn beside(campaign: CampaignId, found: Campaign, report: &CampaignReport) -> ComparedCampaign {
    let handed_over = report.handed_over;
    let messages = report.count(&MessageState::ALL);
    let is_text = matches!(found.content, Content::Text { .. });
    let of_taken = |part: i64| per_mille(part, handed_over.handed_over);
    let shares = Shares {
        handed_over: per_mille(handed_over.handed_over, messages),
        delivered: of_taken(handed_over.delivered),
        answered: (!is_text).then(|| of_taken(handed_over.answered)).flatten(),
        visitors: is_text.then(|| of_taken(handed_over.visitors)).flatten(),
        opt_outs: is_text.then(|| of_taken(handed_over.opt_outs)).flatten(),
    };
    let successes = if is_text { handed_over.delivered } else { handed_over.answered };
    let charged = (handed_over.operator_price + handed_over.service_price).0;
    ComparedCampaign {
        campaign,
        channel: if is_text { Channel::Text } else { Channel::Voice },
        name: found.name,
        state: found.state,
        started_at: found.started_at.map(Time::of),
        recipients: report.recipients,
        messages,
        counts: counts(&handed_over, Some(&report.blocked_by_reason())),
        shares,
        price_of_success: (successes > 0).then(|| Money(Tiyn(charged / successes))),
    }
}
