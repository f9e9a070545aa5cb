//! What people say of automated decisions about them: consents, objections, appeals, and reviews by a human (R99, R100,
//! R101, R210).

use serde::{Deserialize, Serialize};

use crate::contacts::RejectedNumber;
use crate::ids::{AppealId, ImportId, ScoringId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::scorings::{ScoreInputs, ScoreReason, ScoringKind};
use crate::{Code, Items, Page, Time};

/// People in one request.
pub const PEOPLE_MAX: usize = 1_000;
/// The longest that is written down of what somebody said or decided, in characters.
pub const SAID_CHARACTERS_MAX: usize = 2_000;
/// The longest name of who decides, in characters.
pub const BY_CHARACTERS_MAX: usize = 120;

/// What people say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecisionWord {
    /// They consent to automated analysis and decisions.
    Consents,
    /// They withdraw that.
    Withdraws,
    /// They object.
    Objects,
    /// They take the objection back. That is no consent yet.
    TakesObjectionBack,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecisionStance {
    /// Their contacts may be scored.
    Consented,
    /// They may not, as where nothing was said.
    Withdrawn,
    /// They may not, whatever a list says.
    Objected,
}

/// The same word of some people, or a consent of all people of an upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoteStances {
    /// What they say.
    pub word: DecisionWord,
    /// Up to 1,000 numbers, in any spelling.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_items = 1000))]
    pub phones: Vec<String>,
    /// Instead of numbers: a completed upload; the people whom it brought in consent, those known before do not.
    #[serde(default)]
    pub import: Option<ImportId>,
    /// How they said it, at most 2,000 characters; with numbers it is needed.
    #[serde(default)]
    #[cfg_attr(feature = "description", schema(max_length = 2000))]
    pub said: String,
}

/// What became of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct NotedStances {
    /// For whom something changed.
    pub changed: i64,
    /// Who objected before and was left so: only they themselves take that back.
    pub objectors: i64,
    /// What is no number.
    pub rejected: Vec<RejectedNumber>,
}

/// Who is asked about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskStance {
    /// A number, in any spelling. It stands in the body, so that no log of addresses holds it.
    pub phone: String,
}

/// Where one person stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct StanceOfPerson {
    /// E.164.
    pub phone: String,
    /// Where they stand.
    pub stance: DecisionStance,
    /// How they said it.
    pub said: Option<String>,
    /// The upload that says it.
    pub import: Option<ImportId>,
    /// Since when.
    pub at: Time,
}

/// What a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealKind {
    /// That a decision is changed.
    Appeal,
    /// That a human looks at it.
    Review,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealOutcome {
    /// The decision stands.
    DecisionStands,
    /// It was changed.
    DecisionChanged,
}

/// An appeal that came to the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// What the person wants.
    pub kind: AppealKind,
    /// Their number, in any spelling.
    pub phone: String,
    /// What they say, 1 to 2,000 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 2000))]
    pub said: String,
}

/// An appeal as its account sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Appeal {
    /// The appeal.
    pub id: AppealId,
    /// What the person wants.
    pub kind: AppealKind,
    /// E.164.
    pub phone: String,
    /// What they say.
    pub said: String,
    /// The scores that it is about, as they were: they are void since.
    pub contested: Vec<ContestedScore>,
    /// When it came.
    pub received_at: Time,
    /// By when the person is answered: the end of the third working day.
    pub due_at: Time,
    /// Whether that is past, and nothing was decided.
    pub overdue: bool,
    /// What a human decided.
    pub decision: Option<AppealDecision>,
}

/// A score that somebody appeals against.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ContestedScore {
    /// The run.
    pub scoring: ScoringId,
    /// Of what it was the chance.
    pub kind: ScoringKind,
    /// The version of the rules.
    pub rules: u32,
    /// The chance.
    pub score: f64,
    /// The strongest reasons.
    pub reasons: Vec<ScoreReason>,
    /// What it was made of.
    pub inputs: ScoreInputs,
}

/// What a human decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AppealDecision {
    /// What came of it.
    pub outcome: AppealOutcome,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// A human's decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideAppeal {
    /// What comes of it.
    pub outcome: AppealOutcome,
    /// Who decides, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// Why, 1 to 2,000 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 2000))]
    pub reason: String,
}

const APPEAL: Parameter = Parameter::path("appeal", Schema::of::<AppealId>(), "The appeal.");
/// What an appeal may be refused for.
const APPEAL_CODES: &[Code] = crate::with_phone_codes![Code::StorageLimitUntilPayment];

/// The same of somebody who may have said nothing.
const LOOKUP_CODES: &[Code] = crate::with_phone_codes![Code::NotFound];

/// `POST /v1/decision-stances`
pub const NOTE: Operation = Operation {
    id: "note_decision_stances",
    path: "/v1/decision-stances",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Writes down what people said of automated decisions about them. Whoever objects or withdraws has no scores \
              from that moment on; a list of consents leaves whoever objected as they are. Before the first payment \
              how they said it may have 1,000 bytes.",
    rules: &[99, 100, 101],
    body: Some(Body::json(Schema::of::<NoteStances>())),
    answers: &[Answer::json(200, Schema::of::<NotedStances>(), "What became of the list.")],
    codes: &[Code::NotFound, Code::StorageLimitUntilPayment, Code::ImportSaysWhoConsents],
    ..Operation::POST
};

/// `POST /v1/decision-stances/lookup`
pub const STANCE: Operation = Operation {
    id: "look_decision_stance_up",
    path: "/v1/decision-stances/lookup",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "What one person said last; not found where they said nothing.",
    rules: &[99, 100],
    body: Some(Body::json(Schema::of::<AskStance>())),
    answers: &[Answer::json(200, Schema::of::<StanceOfPerson>(), "Where they stand.")],
    codes: LOOKUP_CODES,
    ..Operation::POST
};

/// `POST /v1/appeals`
pub const APPEAL_RECEIVED: Operation = Operation {
    id: "receive_appeal",
    path: "/v1/appeals",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Takes a person's appeal against an automated decision, or their wish that a human reviews one. They are \
              excluded from scores at once, and are answered by the end of the third working day.",
    rules: &[101, 210],
    body: Some(Body::json(Schema::of::<NewAppeal>())),
    answers: &[Answer::json(201, Schema::of::<Appeal>(), "The appeal, with the scores that it is about.")],
    codes: APPEAL_CODES,
    ..Operation::POST
};

/// `GET /v1/appeals`
pub const APPEALS: Operation = Operation {
    id: "list_appeals",
    path: "/v1/appeals",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Appeals and reviews, newest first.",
    rules: &[101, 210],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Appeal>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/appeals/open`
pub const APPEALS_OPEN: Operation = Operation {
    id: "list_open_appeals",
    path: "/v1/appeals/open",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Those that nobody has decided: the 500 most urgent first.",
    rules: &[101, 210],
    answers: &[Answer::json(200, Schema::of::<Items<Appeal>>(), "What waits.")],
    ..Operation::GET
};

/// `GET /v1/appeals/{appeal}`
pub const APPEAL_GET: Operation = Operation {
    id: "get_appeal",
    path: "/v1/appeals/{appeal}",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "One appeal.",
    rules: &[101, 210],
    parameters: &[APPEAL],
    answers: &[Answer::json(200, Schema::of::<Appeal>(), "The appeal.")],
    ..Operation::GET
};

/// `POST /v1/appeals/{appeal}/decision`
pub const APPEAL_DECIDE: Operation = Operation {
    id: "decide_appeal",
    path: "/v1/appeals/{appeal}/decision",
    component: Component::Scoring,
    who: Who::Session,
    summary: "Writes down what a human decided, once. A program has no say in it.",
    rules: &[101, 210],
    parameters: &[APPEAL],
    body: Some(Body::json(Schema::of::<DecideAppeal>())),
    answers: &[Answer::json(200, Schema::of::<Appeal>(), "The appeal.")],
    codes: &[Code::AppealDecided],
    ..Operation::POST
};

crate::listed![NOTE, STANCE, APPEAL_RECEIVED, APPEALS, APPEALS_OPEN, APPEAL_GET, APPEAL_DECIDE];
