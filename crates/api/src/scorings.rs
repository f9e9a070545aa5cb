//! Runs of scores: how they are made, what they cost, what came of them (R95, R97).

use domain::documents::ByLanguage;
use domain::money::Money;
use domain::number_networks::Network;
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, ScoringId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::{CURSOR, IDEMPOTENCY_KEY, LIMIT, PAGE};
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Of what a score is the chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScoringKind {
    /// That the next text is delivered or the next call is answered.
    Reach,
    /// That the contact follows the link of a message or replies to it.
    Response,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScoringState {
    /// It is being worked on; its price is held.
    Working,
    /// Its scores can be read, and are paid for.
    Completed,
    /// There are too few people to learn from; free.
    NotEnough,
    /// What is known of the contacts says no more than the average; free.
    NothingToSay,
    /// A later run of its kind is completed, and its scores are gone.
    Superseded,
    /// The account was closed meanwhile; free.
    Ended,
}

/// What is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewScoring {
    /// Of what the chance is wanted.
    pub kind: ScoringKind,
    /// The total of the estimate: more is not charged.
    pub agreed_total: Money,
}

/// What a run would cost if it began now (R49, R50).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringEstimate {
    /// Contacts in the base.
    pub contacts: i64,
    /// Those of them who consented: at most these are scored (R99).
    pub consenting: i64,
    /// The others.
    pub skipped: i64,
    /// The tariff's version.
    pub tariff: String,
    /// Of one score.
    pub price: Money,
    /// Of all.
    pub total: Money,
    /// What the account can spend.
    pub available: Money,
    /// Whether that is enough.
    pub sufficient: bool,
}

/// A run as its owner sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Scoring {
    /// The run.
    pub id: ScoringId,
    /// Of what the chance was wanted.
    pub kind: ScoringKind,
    /// Where it stands.
    pub state: ScoringState,
    /// The tariff's version.
    pub tariff: String,
    /// Of one score.
    pub price: Money,
    /// The most that it may cost.
    pub agreed_total: Money,
    /// What it cost, once it was delivered (R103).
    pub charged: Option<Money>,
    /// How many scores were delivered.
    pub scored: Option<i64>,
    /// How many contacts were skipped.
    pub skipped: Option<i64>,
    /// The model.
    pub model: Option<ScoringModel>,
    /// How good it is, measured on people whom it never saw; also where it says nothing.
    pub quality: Option<ScoringQuality>,
    /// How many people there were to learn from, where they were too few.
    pub have: Option<ScoringPeople>,
    /// How many it takes, where they were too few.
    pub needed: Option<ScoringPeople>,
    /// What scores are not, in the caller's language (R102).
    pub disclaimer: String,
    /// When it was asked for: scores are as of then.
    pub created_at: Time,
    /// When it came to its end.
    pub finished_at: Option<Time>,
}

/// How many people of each kind.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringPeople {
    /// For whom it happened.
    pub happened: u64,
    /// For whom it did not.
    pub not: u64,
}

/// A model: the log odds of a chance are `bias + Σ weight · (value − mean) / scale` (R100, R104).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringModel {
    /// The version of the rules by which it was made.
    pub rules: u32,
    /// From how many people it was learnt.
    pub people: ScoringPeople,
    /// The log odds of somebody of whom all is average.
    pub bias: f64,
    /// What it weighs.
    pub terms: Vec<ScoringTerm>,
}

/// One feature in a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringTerm {
    /// Its code.
    pub feature: String,
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub scale: f64,
    /// By how much one standard deviation moves the log odds.
    pub weight: f64,
}

/// How good a model is, by people whom neither its training nor its calibration saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringQuality {
    /// How many they are.
    pub people: u64,
    /// For how many of them it happened.
    pub happened: u64,
    /// The mean loss in natural units.
    pub log_loss: f64,
    /// That of whoever gives everybody the average.
    pub log_loss_of_average: f64,
    /// How often of two people, of whom it happened for one, that one has the higher chance.
    pub auc: f64,
    /// The same at the least, three standard errors below.
    pub auc_at_least: f64,
    /// The mean squared error.
    pub brier: f64,
    /// That of whoever gives everybody the average.
    pub brier_of_average: f64,
    /// By how much chances and what happened differ, on the mean over the bins.
    pub calibration_error: f64,
    /// By tenths of the chance.
    pub curve: Vec<ScoringBin>,
}

/// People whose chances lie in one tenth.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringBin {
    /// How many they are.
    pub people: u64,
    /// Their mean chance.
    pub expected: f64,
    /// The share for which it happened.
    pub happened: f64,
}

/// Which way a reason moves a chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScoreEffect {
    /// Up.
    Raises,
    /// Down.
    Lowers,
}

/// Why a score is above or below that of somebody of whom all is average.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoreReason {
    /// What moves it.
    pub code: String,
    /// Which way.
    pub effect: ScoreEffect,
    /// By how much, in log odds.
    pub log_odds: f64,
    /// The same as a sentence, in the caller's language.
    pub words: String,
}

/// What happened with a contact, as often as it did.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ScoreCounts {
    /// Texts that came to the phone.
    pub texts_delivered: u32,
    /// Texts that the network refused.
    pub texts_undelivered: u32,
    /// Texts that were kept in vain.
    pub texts_expired: u32,
    /// Calls that a person took.
    pub calls_answered: u32,
    /// Calls that nobody took.
    pub calls_not_answered: u32,
    /// Calls that could not be put through.
    pub calls_failed: u32,
    /// Messages to which one could respond.
    pub offers: u32,
    /// And to which the contact did.
    pub responses: u32,
    /// Texts and calls that reached the contact from 17:00 on.
    pub reached_in_evening: u32,
}

/// What is known of a contact beside what happened.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ScoreAbout {
    /// The network to which the number's range was given out; numbers move, so it is an approximation.
    pub network: Option<Network>,
    /// Whether the account knows a name.
    pub name_known: bool,
    /// Whether the account has noted how the contact consented to messages.
    pub consent_evidence_known: bool,
}

/// What a score was made of (R104).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ScoreInputs {
    /// How often what happened.
    pub counts: ScoreCounts,
    /// Full days since the last try.
    pub days_since_tried: Option<u32>,
    /// Full days since the contact was reached.
    pub days_since_reached: Option<u32>,
    /// Whether the last try reached the contact.
    pub last_reached: Option<bool>,
    /// What is known beside that.
    pub about: ScoreAbout,
}

/// A contact's score.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoredContact {
    /// The contact.
    pub contact: ContactId,
    /// E.164.
    pub phone: String,
    /// The chance, between nought and one, in steps of a millionth.
    pub score: f64,
    /// The strongest reasons, at most three.
    pub reasons: Vec<ScoreReason>,
    /// What it was made of.
    pub inputs: ScoreInputs,
}

/// Why a contact is not scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkippedReason {
    /// They did not consent, or do not any more (R99).
    NoConsent,
    /// They consented after the run was asked for, and more are not scored than was agreed to.
    BeyondAgreement,
    /// They object (R100).
    Objected,
    /// They are not written to anyway.
    Blacklisted,
}

/// A contact that is not scored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct SkippedContact {
    /// The contact.
    pub contact: ContactId,
    /// E.164.
    pub phone: String,
    /// Why.
    pub reason: SkippedReason,
}

/// How scores are made: what the account passes on to the people concerned (R100).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringLogic {
    /// The version of the rules.
    pub rules: u32,
    /// Each kind, as people are told of it.
    pub kinds: Vec<ScoringKindLogic>,
    /// What is weighed, by its group.
    pub features: Vec<ScoringFeature>,
    /// From how many people a model is learnt at least.
    pub needed: ScoringPeople,
    /// What scores are not, and what a person may do (R102).
    pub disclaimer: ByLanguage<String>,
}

/// One kind of score, and the account's own model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringKindLogic {
    /// Of what a score is the chance.
    pub kind: ScoringKind,
    /// How it is made, in plain words.
    pub explanation: ByLanguage<String>,
    /// The run whose scores can be read now.
    pub scoring: Option<ScoringId>,
    /// Its model, with the weights.
    pub model: Option<ScoringModel>,
}

/// Something that is weighed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ScoringFeature {
    /// Its code, as it stands in a model.
    pub feature: String,
    /// The code by which reasons name it.
    pub reason: String,
    /// What it is about, in plain words.
    pub words: ByLanguage<String>,
}

const SCORING: Parameter = Parameter::path("scoring", Schema::of::<ScoringId>(), "The run.");

/// `GET /v1/scoring/logic`
pub const LOGIC: Operation = Operation {
    id: "get_scoring_logic",
    path: "/v1/scoring/logic",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "How scores are made: features, weights and version, in plain words, for the people concerned too.",
    rules: &[95, 98, 100, 102],
    answers: &[Answer::json(200, Schema::of::<ScoringLogic>(), "The logic.")],
    ..Operation::GET
};

/// `GET /v1/scoring/estimate`
pub const ESTIMATE: Operation = Operation {
    id: "estimate_scoring",
    path: "/v1/scoring/estimate",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "What a run would cost if it began now, and over whom it would go.",
    rules: &[49, 50, 99],
    answers: &[Answer::json(200, Schema::of::<ScoringEstimate>(), "The estimate.")],
    codes: &[Code::ScoringNotSold, Code::AmountTooLarge],
    ..Operation::GET
};

/// `POST /v1/scorings`
pub const CREATE: Operation = Operation {
    id: "start_scoring",
    path: "/v1/scorings",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Scores the contacts who consented. The price is held, and charged when the scores are delivered; whatever \
              else comes of it is free.",
    rules: &[49, 95, 97, 98, 99, 103],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<NewScoring>())),
    answers: &[Answer::json(201, Schema::of::<Scoring>(), "The run.")],
    codes: &[
        Code::ScoringNotSold,
        Code::AmountMalformed,
        Code::AmountTooLarge,
        Code::NobodyConsented,
        Code::EstimateChanged,
        Code::BalanceInsufficient,
        Code::ScoringInProgress,
        Code::IdempotencyKeyReused,
    ],
    ..Operation::POST
};

/// `GET /v1/scorings`
pub const LIST: Operation = Operation {
    id: "list_scorings",
    path: "/v1/scorings",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "The account's runs, newest first.",
    rules: &[97],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Scoring>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/scorings/{scoring}`
pub const GET: Operation = Operation {
    id: "get_scoring",
    path: "/v1/scorings/{scoring}",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "One run: where it stands, its model, how good it is, what it cost.",
    rules: &[97, 102, 103, 104],
    parameters: &[SCORING],
    answers: &[Answer::json(200, Schema::of::<Scoring>(), "The run.")],
    ..Operation::GET
};

/// `GET /v1/scorings/{scoring}/results`
pub const RESULTS: Operation = Operation {
    id: "list_scores",
    path: "/v1/scorings/{scoring}/results",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "The scores of a completed run, each with its reasons and what it was made of; none of whoever objects.",
    rules: &[95, 97, 100, 104],
    parameters: &[SCORING, CURSOR, LIMIT],
    answers: &[Answer::json(200, Schema::of::<Page<ScoredContact>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/scorings/{scoring}/skipped`
pub const SKIPPED: Operation = Operation {
    id: "list_skipped_contacts",
    path: "/v1/scorings/{scoring}/skipped",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Whom a run leaves out, and why.",
    rules: &[99, 100],
    parameters: &[SCORING, CURSOR, LIMIT],
    answers: &[Answer::json(200, Schema::of::<Page<SkippedContact>>(), "A page of them.")],
    ..Operation::GET
};

crate::listed![LOGIC, ESTIMATE, CREATE, LIST, GET, RESULTS, SKIPPED];
