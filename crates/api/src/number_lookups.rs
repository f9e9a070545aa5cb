//! Look-ups of numbers: an operator asks their networks whether they are in service, and where (R95, R97).

use domain::money::Money;
use domain::number_lookup::SubscriberStatus;
use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, LookupId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::{CURSOR, IDEMPOTENCY_KEY, LIMIT, PAGE};
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Numbers in one look-up.
pub const NUMBERS_MAX: usize = 1_000;

/// What is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewNumberLookup {
    /// 1 to 1,000 numbers of contacts, in any spelling.
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 1000))]
    pub phones: Vec<String>,
    /// The most that it may cost: the published price for each of them. What is not answered is given back.
    pub agreed_total: Money,
}

/// Where a look-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberLookupState {
    /// It is being worked on; its price is held.
    Working,
    /// Its answers can be read, and are paid for.
    Completed,
    /// The account was closed meanwhile; free.
    Ended,
}

/// A look-up of numbers (R49, R103).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct NumberLookup {
    /// The look-up.
    pub id: LookupId,
    /// Where it stands.
    pub state: NumberLookupState,
    /// The operator that asks the networks.
    pub operator: String,
    /// How many numbers are looked up.
    pub numbers: i64,
    /// The tariff's version.
    pub tariff: String,
    /// The price of one answer.
    pub price: Money,
    /// The most that it may cost.
    pub agreed_total: Money,
    /// What it cost: the price of each answer.
    pub charged: Option<Money>,
    /// How many were answered.
    pub answered: Option<i64>,
    /// When it was asked for.
    pub created_at: Time,
    /// When its answers were delivered.
    pub finished_at: Option<Time>,
}

/// Why a number is not looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LookupSkip {
    /// It is no number that can be looked up: `code` says why.
    NotANumber,
    /// It is no contact's.
    NotInBase,
    /// They did not consent to automated decisions (R99).
    NoConsent,
    /// They object.
    Objected,
    /// They are not written to anyway.
    Blacklisted,
}

/// A number that is not looked up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct SkippedNumber {
    /// Its place in the request, from zero.
    pub index: usize,
    /// Why.
    pub reason: LookupSkip,
    /// What is wrong with the number.
    pub code: Option<Code>,
}

/// A look-up that was begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct NumberLookupBegun {
    /// The look-up.
    pub lookup: NumberLookup,
    /// Which numbers are left out, and why.
    pub skipped: Vec<SkippedNumber>,
}

/// Whose word an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerSource {
    /// An operator's, which asked the network. It is nothing that the account's own history says.
    Operator,
}

/// What the network of a number said of it, as an operator tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct NumberAnswer {
    /// Whether the phone can be reached.
    pub status: SubscriberStatus,
    /// The operator's own code of why not.
    pub error: Option<i64>,
    /// The mobile country code of its home network.
    pub mcc: Option<u16>,
    /// The mobile network code.
    pub mnc: Option<u16>,
    /// The country of its home network, in the operator's words.
    pub country: Option<String>,
    /// Its home network, in the operator's words: also where the number was carried over.
    pub network: Option<String>,
    /// Where the phone is abroad, in which country.
    pub roaming_country: Option<String>,
    /// And in whose network.
    pub roaming_network: Option<String>,
    /// Whose word it is.
    pub source: AnswerSource,
    /// The operator.
    pub operator: String,
    /// When the network said so; where the operator does not say, when it was delivered.
    pub answered_at: Time,
}

/// A contact whose number was looked up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct LookedUpNumber {
    /// The contact.
    pub contact: ContactId,
    /// E.164.
    pub phone: String,
    /// What was said.
    pub answer: NumberAnswer,
}

const LOOKUP: Parameter = Parameter::path("lookup", Schema::of::<LookupId>(), "The look-up.");

/// `POST /v1/number-lookups`
pub const CREATE: Operation = Operation {
    id: "start_number_lookup",
    path: "/v1/number-lookups",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "Has an operator ask the networks of contacts' numbers whether they are in service, and where (HLR). Only of \
              contacts who consented to automated decisions. The price is held, and charged for what was answered when \
              the answers are delivered; what is not answered within an hour is free. Nothing reaches the phone, so it \
              is done at any hour. What it says decides nothing by itself: whom to write to is the account's decision.",
    rules: &[49, 95, 97, 98, 99, 102, 103],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<NewNumberLookup>())),
    answers: &[Answer::json(
        201,
        Schema::of::<NumberLookupBegun>(),
        "The look-up, and which numbers are left out.",
    )],
    codes: &[
        Code::LookupNotAvailable,
        Code::LookupNotSold,
        Code::LookupInProgress,
        Code::NobodyToLookUp,
        Code::AmountMalformed,
        Code::AmountTooLarge,
        Code::EstimateChanged,
        Code::BalanceInsufficient,
        Code::IdempotencyKeyReused,
    ],
    ..Operation::POST
};

/// `GET /v1/number-lookups`
pub const LIST: Operation = Operation {
    id: "list_number_lookups",
    path: "/v1/number-lookups",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "The account's look-ups, newest first.",
    rules: &[97],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<NumberLookup>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/number-lookups/{lookup}`
pub const GET: Operation = Operation {
    id: "get_number_lookup",
    path: "/v1/number-lookups/{lookup}",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "One look-up: where it stands, and what it cost.",
    rules: &[97, 103],
    parameters: &[LOOKUP],
    answers: &[Answer::json(200, Schema::of::<NumberLookup>(), "The look-up.")],
    ..Operation::GET
};

/// `GET /v1/number-lookups/{lookup}/results`
pub const RESULTS: Operation = Operation {
    id: "list_number_answers",
    path: "/v1/number-lookups/{lookup}/results",
    component: Component::Scoring,
    who: Who::SessionOrKey,
    summary: "The answers of a completed look-up, by their contacts; none of whoever objects or is a contact no more.",
    rules: &[95, 97, 100, 104],
    parameters: &[LOOKUP, CURSOR, LIMIT],
    answers: &[Answer::json(200, Schema::of::<Page<LookedUpNumber>>(), "A page of them.")],
    ..Operation::GET
};

crate::listed![CREATE, LIST, GET, RESULTS];
