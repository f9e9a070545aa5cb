//! Reports: an account's hand-overs by hour, day, operator or campaign, and campaigns beside each other (R94, R97).

use domain::campaign::CampaignState;
use domain::language::Language;
use domain::money::Money;
use domain::tariffs::Channel;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::campaigns::{CAMPAIGN, Counts, ReportPart};
use crate::ids::CampaignId;
use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::schema::Schema;

/// The most campaigns that are compared at once.
pub const COMPARED_MAX: usize = 10;
/// The most days of a report.
pub const DAYS_MAX: i64 = 366;
/// The most days of one by hours.
pub const HOURLY_DAYS_MAX: i64 = 31;
/// The days of a report for which no beginning is given.
pub const DAYS_DEFAULT: i64 = 30;
/// The most campaigns that an account's report names.
pub const CAMPAIGNS_MAX: usize = 100;
/// The longest list of campaigns to compare, in characters.
const COMPARED_LENGTH_MAX: usize = COMPARED_MAX * 41;

/// By what a report is parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportBy {
    /// By hours of Almaty's time.
    Hour,
    /// By days of Almaty's time.
    Day,
    /// By operators.
    Operator,
    /// By campaigns.
    Campaign,
}

impl ReportBy {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Operator, Self::Campaign];

    /// As it is asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Operator => "operator",
            Self::Campaign => "campaign",
        }
    }

    /// The part of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

/// What an account's messages came to in some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AccountReport {
    /// The first day, of Almaty's time: `2026-12-01`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// By what it is parted.
    pub by: ReportBy,
    /// All of it.
    pub total: Counts,
    /// Its parts, without those in which nothing was sent and nothing blocked: in the order of time, of operators' names,
    /// or of what campaigns handed over, the most first.
    pub parts: Vec<ReportPart>,
    /// Whether there are campaigns beyond the 100 that are named.
    pub more: bool,
}

/// What share of its messages a campaign came to, in tenths of a percent; null of nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Shares {
    /// Of all messages, those that were handed over.
    pub handed_over: Option<i64>,
    /// Of these delivered; of calls, those that a person took.
    pub delivered: Option<i64>,
    /// Of these taken by a person; null for texts.
    pub answered: Option<i64>,
    /// Of these visited; null for calls.
    pub visitors: Option<i64>,
    /// Of these refused by their link; null for calls.
    pub opt_outs: Option<i64>,
}

/// A campaign beside others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ComparedCampaign {
    /// Which.
    pub campaign: CampaignId,
    /// What it is called; empty once the name is erased.
    pub name: String,
    /// How people are reached.
    pub channel: Channel,
    /// Where it stands.
    pub state: CampaignState,
    /// When it was started; null for a draft.
    pub started_at: Option<Time>,
    /// People.
    pub recipients: i64,
    /// Messages; each attempt of a call is one.
    pub messages: i64,
    /// What came of them.
    pub counts: Counts,
    /// The same in tenths of a percent.
    pub shares: Shares,
    /// What one delivered message cost, one answered call of calls; null where there is none. Rounded down.
    pub price_of_success: Option<Money>,
}

/// Campaigns beside each other, in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// Each of them.
    pub campaigns: Vec<ComparedCampaign>,
}

const CSV: &str = "text/csv; charset=utf-8";
const SVG: &str = "image/svg+xml";
const CSV_SAYS: &str = "RFC 4180 with a byte order mark, its first row in the caller's language. A cell that a \
    spreadsheet would take for a formula begins with an apostrophe.";
const SVG_SAYS: &str = "A picture 360 wide, with its figures as text, without scripts and links.";

const FROM: Parameter = Parameter::query(
    "from",
    Schema::TEXT,
    "The first day, of Almaty's time: `2026-12-01`; without it the last is the thirtieth.",
);
const TO: Parameter = Parameter::query("to", Schema::TEXT, "The last day; today, where it is not given.");
const BY: Parameter = Parameter::query(
    "by",
    Schema::of::<ReportBy>(),
    "By what it is parted, by days where it is not given. At most 366 days, by hours at most 31.",
);
const CAMPAIGNS: Parameter =
    Parameter::query("campaigns", Schema::TEXT, "One to ten different campaigns, with commas between them.")
        .required();
const LANGUAGE: Parameter = Parameter::query(
    "language",
    Schema::of::<Language>(),
    "Of the texts in it; without it, as `Accept-Language` says.",
);

const COMPARE_CODES: &[crate::Code] = &[crate::Code::MissingField, crate::Code::NotFound];

const PLAIN: Operation =
    Operation { component: Component::Campaigns, who: Who::SessionOrKey, rules: &[94, 97], ..Operation::GET };

/// `GET /v1/reports`
pub const ACCOUNT: Operation = Operation {
    id: "report_account",
    path: "/v1/reports",
    summary: "What became of the account's messages in some days, by hour, day, operator or campaign.",
    parameters: &[FROM, TO, BY],
    answers: &[Answer::json(200, Schema::of::<AccountReport>(), "The report.")],
    ..PLAIN
};

/// `GET /v1/reports.csv`
pub const ACCOUNT_CSV: Operation = Operation {
    id: "report_account_csv",
    path: "/v1/reports.csv",
    summary: "The same as a table.",
    parameters: &[FROM, TO, BY, LANGUAGE],
    answers: &[Answer::of(200, CSV, Schema::TEXT, CSV_SAYS)],
    ..PLAIN
};

/// `GET /v1/reports.svg`
pub const ACCOUNT_SVG: Operation = Operation {
    id: "report_account_svg",
    path: "/v1/reports.svg",
    summary: "The same as a picture; what is more than 31 hours or days is drawn by days or months.",
    parameters: &[FROM, TO, BY, LANGUAGE],
    answers: &[Answer::of(200, SVG, Schema::TEXT, SVG_SAYS)],
    ..PLAIN
};

/// `GET /v1/reports/compare`
pub const COMPARE: Operation = Operation {
    id: "compare_campaigns",
    path: "/v1/reports/compare",
    summary: "Campaigns beside each other.",
    parameters: &[CAMPAIGNS],
    answers: &[Answer::json(200, Schema::of::<Comparison>(), "What each came to.")],
    codes: COMPARE_CODES,
    ..PLAIN
};

/// `GET /v1/reports/compare.csv`
pub const COMPARE_CSV: Operation = Operation {
    id: "compare_campaigns_csv",
    path: "/v1/reports/compare.csv",
    summary: "The same as a table.",
    parameters: &[CAMPAIGNS, LANGUAGE],
    answers: &[Answer::of(200, CSV, Schema::TEXT, CSV_SAYS)],
    codes: COMPARE_CODES,
    ..PLAIN
};

/// `GET /v1/reports/compare.svg`
pub const COMPARE_SVG: Operation = Operation {
    id: "compare_campaigns_svg",
    path: "/v1/reports/compare.svg",
    summary: "The same as a picture.",
    parameters: &[CAMPAIGNS, LANGUAGE],
    answers: &[Answer::of(200, SVG, Schema::TEXT, SVG_SAYS)],
    codes: COMPARE_CODES,
    ..PLAIN
};

/// `GET /v1/campaigns/{campaign}/report.csv`: of [`crate::campaigns::REPORT`].
pub const CAMPAIGN_CSV: Operation = Operation {
    id: "report_campaign_csv",
    path: "/v1/campaigns/{campaign}/report.csv",
    summary: "The same as a table: the whole, each hour, each operator.",
    parameters: &[CAMPAIGN, LANGUAGE],
    answers: &[Answer::of(200, CSV, Schema::TEXT, CSV_SAYS)],
    ..PLAIN
};

/// `GET /v1/campaigns/{campaign}/report.svg`
pub const CAMPAIGN_SVG: Operation = Operation {
    id: "report_campaign_svg",
    path: "/v1/campaigns/{campaign}/report.svg",
    summary: "The same as a picture: the way from the audience to those who answered, and the hours; what is more than 31 \
        hours is drawn by days.",
    parameters: &[CAMPAIGN, LANGUAGE],
    answers: &[Answer::of(200, SVG, Schema::TEXT, SVG_SAYS)],
    ..PLAIN
};

crate::listed![
    CAMPAIGN_CSV,
    CAMPAIGN_SVG,
    ACCOUNT,
    ACCOUNT_CSV,
    ACCOUNT_SVG,
    COMPARE,
    COMPARE_CSV,
    COMPARE_SVG,
];

/// Reads a list of campaigns: one to ten, each once.
pub fn compared(text: &str) -> Option<Vec<CampaignId>> {
    if text.len() > COMPARED_LENGTH_MAX {
        return None;
    }
    let mut campaigns: Vec<CampaignId> = Vec::new();
    for part in text.split(',') {
        let campaign: CampaignId = part.parse().ok()?;
        if campaigns.contains(&campaign) || campaigns.len() == COMPARED_MAX {
            return None;
        }
        campaigns.push(campaign);
    }
    Some(campaigns)
}
