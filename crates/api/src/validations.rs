//! Validation of numbers: what can be said of each by itself, and how it was reached before (R95, R97).

use domain::number_networks::Network;
use serde::{Deserialize, Serialize};

use crate::ids::ScoringId;
use crate::operation::{Answer, Body, Component, Operation, Who};
use crate::schema::Schema;
use crate::scorings::ScoreInputs;
use crate::{Code, Items, Time};

/// Numbers in one request.
pub const NUMBERS_MAX: usize = 1_000;

/// Numbers to be looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Validate {
    /// 1 to 1,000, in any spelling.
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 1000))]
    pub phones: Vec<String>,
}

/// Whether a text is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberVerdict {
    /// A number that the numbering plan of its country knows.
    Valid,
    /// Read as a number, but no plan has it.
    Invalid,
    /// Not a number at all, or several.
    Unparseable,
}

/// What lies behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// A mobile phone.
    Mobile,
    /// A fixed line: it takes calls only.
    FixedLine,
    /// Either, in countries whose plan does not tell them apart.
    FixedLineOrMobile,
    /// Paid for by the called side.
    TollFree,
    /// Premium rate, internet telephony and the like.
    Other,
}

/// A network by a number's range.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct NumberNetwork {
    /// The network.
    pub network: Network,
    /// As people know it.
    pub name: String,
    /// Always: numbers are carried over between networks.
    pub approximate: bool,
}

/// How a number was reached before, from the account's last run of scores; of people who consented to that alone (R98,
/// R99).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Reachability {
    /// The run.
    pub scoring: ScoringId,
    /// Of when it is.
    pub as_of: Time,
    /// The chance that the next text is delivered or the next call is answered.
    pub score: f64,
    /// What happened before.
    pub inputs: ScoreInputs,
}

/// A number that was looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Validation {
    /// Its place in the request, from zero.
    pub index: usize,
    /// Whether it is a number.
    pub verdict: NumberVerdict,
    /// Why it cannot be a recipient.
    pub code: Option<Code>,
    /// E.164.
    pub phone: Option<String>,
    /// Two letters of its country.
    pub region: Option<String>,
    /// What lies behind it.
    pub kind: Option<NumberKind>,
    /// Of a number of Kazakhstan, the three digits behind the country's.
    pub range: Option<String>,
    /// To which network the range was given out.
    pub network: Option<NumberNetwork>,
    /// Whether texts can be sent to it.
    pub takes_texts: bool,
    /// How it was reached before.
    pub reachability: Option<Reachability>,
}

/// `POST /v1/validations`
pub const VALIDATE: Operation = Operation {
    id: "validate_numbers",
    path: "/v1/validations",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Looks at numbers: format, country, kind, range, network by range, and how they were reached before by the \
              account's last run of scores. Free.",
    rules: &[95, 97, 98],
    body: Some(Body::json(Schema::of::<Validate>())),
    answers: &[Answer::json(
        200,
        Schema::of::<Items<Validation>>(),
        "Each of them, in the order of the request.",
    )],
    ..Operation::POST
};

crate::listed![VALIDATE];
