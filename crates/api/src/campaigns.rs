//! Campaigns: what they send, what they cost, their life and their report.

mod estimate;
mod measure;
mod report;
mod text_links;

use domain::audience::Audience;
use domain::campaign::{CampaignState, MessageClass};
use domain::documents::ByLanguage;
use domain::hours::WhyShut;
use domain::message::UnknownDecision;
use domain::money::Money;
use domain::segments::Encoding;
use domain::tariffs::Channel;
use serde::{Deserialize, Deserializer, Serialize};

use crate::consents::Attestation;
use crate::ids::{AudioId, CampaignId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::{IDEMPOTENCY_KEY, PAGE};
use crate::schema::Schema;
use crate::{Code, Page, Time};

pub use estimate::Estimate;
pub use measure::{MeasuredText, TextToMeasure};
pub use report::{CallCounts, Charged, Counts, LinkCounts, Report, ReportPart};
pub use text_links::{NewTextLink, TextLink};

/// How calls ring (R78).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CallPlan {
    /// How often a person is rung at most, 1 to 3.
    #[cfg_attr(feature = "description", schema(minimum = 1, maximum = 3))]
    pub attempts: u32,
    /// How long each attempt rings, 15 to 35 seconds.
    #[cfg_attr(feature = "description", schema(minimum = 15, maximum = 35))]
    pub ring_seconds: u32,
    /// Between two attempts, 300 to 3,600 seconds.
    #[cfg_attr(feature = "description", schema(minimum = 300, maximum = 3600))]
    pub retry_gap_seconds: u32,
}

/// A campaign that is written: a text, or a recording with a plan (R72, R73, R76).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCampaign {
    /// What its owner calls it, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub name: String,
    /// How people are reached; what stands there tells without it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(nullable = false))]
    pub channel: Option<Channel>,
    /// Of a campaign of texts: ten segments at most.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(nullable = false))]
    pub text: Option<String>,
    /// Of a campaign of calls: one of the account's recordings.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(nullable = false))]
    pub audio: Option<AudioId>,
    /// Of a campaign of calls: how they ring.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(nullable = false))]
    pub plan: Option<CallPlan>,
    /// What it is for.
    pub class: MessageClass,
    /// Whether each text ends with a link for refusing further ones; always with advertising, never with codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out_link: Option<bool>,
    /// Of a campaign of texts, but not of codes: what each `{link:name}` in the text stands for, three at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "description", schema(max_items = 3))]
    pub links: Vec<NewTextLink>,
    /// To whom it goes; everybody in the base without one. Its start fixes whom it reaches.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(nullable = false))]
    pub audience: Option<Audience>,
    /// The document `content_attestation`.
    pub attestation: Option<Attestation>,
}

/// A field that may be left out, but is not null where it is there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A campaign as its owner sees it: what is of the other channel is null.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Campaign {
    /// The campaign.
    pub id: CampaignId,
    /// What its owner calls it.
    pub name: String,
    /// What it sends.
    #[serde(flatten)]
    pub content: Content,
    /// What it is for.
    pub class: MessageClass,
    /// To whom it goes; null for everybody in the base.
    pub audience: Option<Audience>,
    /// Where it stands.
    pub state: CampaignState,
    /// When it was written.
    pub created_at: Time,
    /// When it was started.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// Of advertising: staff's last word (R79).
    pub approval: Option<Approval>,
    /// The hours that hold for it; null once it has ended.
    pub window: Option<Window>,
    /// Why nothing of it is handed over at this moment.
    pub stalled_by: Option<Stall>,
}

/// What a campaign sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Content {
    /// How people are reached.
    pub channel: Channel,
    /// The text.
    pub text: Option<String>,
    /// Segments of each message, with its link.
    pub segments: Option<u32>,
    /// The alphabet.
    pub encoding: Option<Encoding>,
    /// SHA-256 of the salt's bytes and the text's behind them.
    pub text_sha256: Option<String>,
    /// 32 bytes in hexadecimal, which stand in no row of the database.
    pub text_salt: Option<String>,
    /// Whether each message ends with a link for refusing further ones.
    pub opt_out_link: Option<bool>,
    /// What each `{link:name}` in the text stands for.
    pub links: Option<Vec<TextLink>>,
    /// The recording.
    pub audio: Option<AudioId>,
    /// How long it is.
    pub duration_ms: Option<u32>,
    /// Of its bytes as they are.
    pub audio_sha256: Option<String>,
    /// How calls ring.
    pub plan: Option<CallPlan>,
}

/// What staff say to advertising (R79).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Nothing yet.
    Awaiting,
    /// It may be sent.
    Approved,
    /// It may not.
    Refused,
}

/// Why nothing of a running campaign is handed over (R52, R86).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stall {
    /// The hours are over, or have not begun.
    WindowClosed,
    /// A Saturday or Sunday on which the operator takes none.
    Weekend,
    /// A public holiday on which it takes none.
    PublicHoliday,
    /// Staff have not approved the advertising.
    AdvertisingNotApproved,
    /// The balance does not hold the price of one message.
    BalanceEmpty,
    /// The account may not send.
    AccountBlocked,
    /// No operator carries it.
    NoOperator,
}

/// What the hours of a class say now, with the operator that carries it (R80, R81, R82).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Window {
    /// Whether messages may leave.
    pub open: bool,
    /// Why not.
    pub why: Option<WhyShut>,
    /// The public holiday of today.
    pub holiday: Option<ByLanguage<String>>,
    /// When it opens; null while it is open, and where the calendars do not reach so far.
    pub opens_at: Option<Time>,
    /// Of today, `09:00-20:00`; null on a day that is shut as a whole.
    pub hours: Option<String>,
    /// The versions that judged: `hours kz-2024-03-01; calendar 2026-11-20; override dcn_…`.
    pub rule: String,
}

/// What its owner starts a campaign by.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The total of an estimate.
    pub agreed_total: Money,
}

/// The owner's decision about a campaign's `undecided` messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideUnknown {
    /// The decision.
    pub decision: UnknownDecision,
}

/// What the decision came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct DecidedUnknown {
    /// The decision.
    pub decision: UnknownDecision,
    /// How many messages it was about; a repeat finds none.
    pub messages: i64,
}

pub(crate) const CAMPAIGN: Parameter =
    Parameter::path("campaign", Schema::of::<CampaignId>(), "The campaign.");
const SHOWN: &str = "The campaign.";

/// `POST /v1/texts/measure`
pub const MEASURE: Operation = Operation {
    id: "measure_text",
    path: "/v1/texts/measure",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "How long a text is and what it costs, before anything is stored.",
    rules: &[47, 50],
    body: Some(Body::json(Schema::of::<TextToMeasure>())),
    answers: &[Answer::json(200, Schema::of::<MeasuredText>(), "Its measure and price.")],
    codes: &[Code::PublicUrlNotConfigured, Code::NoOperator, Code::AmountTooLarge],
    ..Operation::POST
};

/// `POST /v1/campaigns`
pub const CREATE: Operation = Operation {
    id: "create_campaign",
    path: "/v1/campaigns",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "Writes a campaign with the attestation of its content. What is of the other channel is refused.",
    rules: &[72, 73, 76, 77, 78, 96],
    parameters: &[IDEMPOTENCY_KEY],
    body: Some(Body::json(Schema::of::<NewCampaign>())),
    answers: &[Answer::json(201, Schema::of::<Campaign>(), "A draft.")],
    codes: crate::with_phone_codes![
        Code::NotFound,
        Code::TextLengthInvalid,
        Code::AttemptsOutOfBounds,
        Code::RingSecondsOutOfBounds,
        Code::RetryGapSecondsOutOfBounds,
        Code::OptOutLinkNeeded,
        Code::OptOutLinkNotForCodes,
        Code::PublicUrlNotConfigured,
        Code::CodeTextTooLong,
        Code::CodeMissing,
        Code::LinkAddressInvalid,
        Code::LinkAddressNotPublic,
        Code::LinkAddressOurs,
        Code::LinkExpiryOutOfBounds,
        Code::LinkNameInvalid,
        Code::LinkNotGiven,
        Code::LinkNotInText,
        Code::TooManyLinks,
        Code::ListUnknown,
        Code::TagUnknown,
        Code::CampaignUnknown,
        Code::CampaignBeingPrepared,
        Code::ContactsBeingMarked,
        Code::FieldUnknown,
        Code::AttestationNotGiven,
        Code::DocumentVersionStale,
        Code::DocumentTextMismatch,
        Code::DocumentNotInForce,
        Code::StorageLimitUntilPayment,
        Code::IdempotencyKeyReused,
        Code::AmountTooLarge
    ],
    ..Operation::POST
};

/// `GET /v1/campaigns`
pub const LIST: Operation = Operation {
    id: "list_campaigns",
    path: "/v1/campaigns",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "The account's campaigns.",
    rules: &[94],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Campaign>>(), "A page of them.")],
    codes: &[Code::AmountTooLarge],
    ..Operation::GET
};

/// `GET /v1/campaigns/{campaign}`
pub const GET: Operation = Operation {
    id: "get_campaign",
    path: "/v1/campaigns/{campaign}",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "One campaign.",
    rules: &[94],
    parameters: &[CAMPAIGN],
    answers: &[Answer::json(200, Schema::of::<Campaign>(), SHOWN)],
    codes: &[Code::AmountTooLarge],
    ..Operation::GET
};

/// `DELETE /v1/campaigns/{campaign}`
pub const DELETE: Operation = Operation {
    id: "delete_campaign",
    path: "/v1/campaigns/{campaign}",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "Deletes a draft.",
    rules: &[72],
    parameters: &[CAMPAIGN],
    answers: &[Answer::empty("It is gone.")],
    codes: &[Code::CampaignNotDraft],
    ..Operation::DELETE
};

/// `POST /v1/campaigns/{campaign}/estimate`
pub const ESTIMATE: Operation = Operation {
    id: "estimate_campaign",
    path: "/v1/campaigns/{campaign}/estimate",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "What the campaign would cost if it started now: at most, by the dearest operator in use.",
    rules: &[50],
    parameters: &[CAMPAIGN],
    answers: &[Answer::json(200, Schema::of::<Estimate>(), "The estimate.")],
    codes: &[
        Code::ListUnknown,
        Code::TagUnknown,
        Code::CampaignUnknown,
        Code::CampaignBeingPrepared,
        Code::ContactsBeingMarked,
        Code::FieldUnknown,
        Code::AmountTooLarge,
        Code::NoOperator,
    ],
    ..Operation::POST
};

/// `POST /v1/campaigns/{campaign}/start`
pub const START: Operation = Operation {
    id: "start_campaign",
    path: "/v1/campaigns/{campaign}/start",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "Starts a draft at the total of an estimate: if that has changed, nothing starts. Count, price, balance \
              and start are one transaction, and no more is sent than was agreed to. Whom an audience takes is fixed \
              by the start: who joins it later is not written to.",
    rules: &[50, 79],
    parameters: &[CAMPAIGN],
    body: Some(Body::json(Schema::of::<Start>())),
    answers: &[Answer::json(202, Schema::of::<Campaign>(), "It is being prepared.")],
    codes: &[
        Code::ListUnknown,
        Code::TagUnknown,
        Code::CampaignUnknown,
        Code::CampaignBeingPrepared,
        Code::ContactsBeingMarked,
        Code::FieldUnknown,
        Code::AmountMalformed,
        Code::AmountTooLarge,
        Code::CampaignNotDraft,
        Code::CampaignStateConflict,
        Code::NoContacts,
        Code::BalanceInsufficient,
        Code::AdvertisingNotApproved,
        Code::NoOperator,
        Code::EstimateChanged,
        Code::TooManyCampaigns,
        Code::CodeRecipientsTooMany,
    ],
    ..Operation::POST
};

/// `POST /v1/campaigns/{campaign}/pause`
pub const PAUSE: Operation = Operation {
    id: "pause_campaign",
    path: "/v1/campaigns/{campaign}/pause",
    summary: "Holds a running campaign.",
    answers: &[Answer::json(200, Schema::of::<Campaign>(), SHOWN)],
    ..LIFE
};

/// `POST /v1/campaigns/{campaign}/resume`
pub const RESUME: Operation = Operation {
    id: "resume_campaign",
    path: "/v1/campaigns/{campaign}/resume",
    summary: "Lets a held campaign go on.",
    answers: &[Answer::json(200, Schema::of::<Campaign>(), SHOWN)],
    ..LIFE
};

/// `POST /v1/campaigns/{campaign}/cancel`
pub const CANCEL: Operation = Operation {
    id: "cancel_campaign",
    path: "/v1/campaigns/{campaign}/cancel",
    summary: "Ends a campaign: what is queued is not sent.",
    answers: &[Answer::json(200, Schema::of::<Campaign>(), SHOWN)],
    ..LIFE
};

/// What pause, resume and cancel share.
const LIFE: Operation = Operation {
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    rules: &[94],
    parameters: &[CAMPAIGN],
    codes: &[Code::CampaignStateConflict, Code::AdvertisingNotApproved, Code::AmountTooLarge],
    ..Operation::POST
};

/// `POST /v1/campaigns/{campaign}/unknown`
pub const DECIDE_UNKNOWN: Operation = Operation {
    id: "decide_unknown_messages",
    path: "/v1/campaigns/{campaign}/unknown",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "Decides about messages of which the operator has not said in 72 hours whether it took them: they are \
              sent again, or left. What was held is given back either way.",
    rules: &[48, 85, 87],
    parameters: &[CAMPAIGN],
    body: Some(Body::json(Schema::of::<DecideUnknown>())),
    answers: &[Answer::json(200, Schema::of::<DecidedUnknown>(), "How many it was about.")],
    codes: &[Code::CampaignStateConflict],
    ..Operation::POST
};

/// `GET /v1/campaigns/{campaign}/report`
pub const REPORT: Operation = Operation {
    id: "report_campaign",
    path: "/v1/campaigns/{campaign}/report",
    component: Component::Campaigns,
    who: Who::SessionOrKey,
    summary: "What became of every message, how often its links were opened, and the money; also by hour and operator.",
    rules: &[94, 96, 97],
    parameters: &[CAMPAIGN],
    answers: &[Answer::json(200, Schema::of::<Report>(), "The report.")],
    ..Operation::GET
};

crate::listed![
    MEASURE,
    CREATE,
    LIST,
    GET,
    DELETE,
    ESTIMATE,
    START,
    PAUSE,
    RESUME,
    CANCEL,
    DECIDE_UNKNOWN,
    REPORT,
];
