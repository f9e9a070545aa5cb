//! Documents, what was agreed to, and cookie choices.

use domain::documents::{ByLanguage, DocumentKind, DocumentState};
use domain::language::Language;
use serde::{Deserialize, Serialize};

use crate::ids::ConsentId;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Cookie choices of one network in a minute: anybody may make one, and each is kept for good.
pub const COOKIE_CHOICES_PER_MINUTE: u32 = 60;

/// The documents that are announced or in force, and those before them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Documents {
    /// All of them.
    pub documents: Vec<Document>,
}

/// One version of a document (R24).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Document {
    /// What it is for.
    pub kind: DocumentKind,
    /// The version.
    pub version: String,
    /// The title.
    pub title: ByLanguage<String>,
    /// When the site first told of it.
    pub announced_at: Time,
    /// When the text could be read.
    pub published_at: Time,
    /// From when on it is in force.
    pub effective_at: Time,
    /// What it is now.
    pub state: DocumentState,
    /// Of the texts, in hexadecimal.
    pub sha256: ByLanguage<String>,
}

/// The text of a document in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct DocumentText {
    /// What it is for.
    pub kind: DocumentKind,
    /// The version.
    pub version: String,
    /// The language.
    pub language: Language,
    /// Of the text, in hexadecimal.
    pub sha256: String,
    /// The title.
    pub title: String,
    /// In Markdown.
    pub text: String,
    /// From when on it is in force.
    pub effective_at: Time,
}

/// The attestation that goes with an upload or a campaign (R62, R76).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The version.
    pub version: String,
    /// Of the text that was shown, in hexadecimal.
    pub sha256: String,
    /// The act.
    #[serde(default)]
    pub accepted: bool,
}

/// Whether a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// It stands.
    Given,
    /// It was taken back.
    Withdrawn,
}

/// The receipt of an act.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The record.
    pub id: ConsentId,
    /// What was agreed to.
    pub document: DocumentKind,
    /// In which version.
    pub version: String,
    /// Of the text that was shown, in hexadecimal.
    pub sha256: String,
    /// In which language.
    pub language: Language,
    /// Always given.
    pub state: ConsentState,
    /// When.
    pub at: Time,
    /// Its place in the log.
    pub log_index: i64,
}

/// A consent as its giver sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Consent {
    /// The record.
    pub id: ConsentId,
    /// What was agreed to.
    pub document: DocumentKind,
    /// In which version.
    pub version: String,
    /// Of the text that was shown, in hexadecimal.
    pub sha256: String,
    /// In which language.
    pub language: Language,
    /// Whether it stands.
    pub state: ConsentState,
    /// When it was given.
    pub at: Time,
    /// When it was taken back.
    pub withdrawn_at: Option<Time>,
    /// Its place in the log.
    pub log_index: i64,
}

/// The optional consent, given (R36).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// `marketing_consent`: the mandatory ones are given at sign-up, attestations with what they are about.
    pub document: DocumentKind,
    /// The version.
    pub version: String,
    /// Of the text that was shown, in hexadecimal.
    pub sha256: String,
    /// In which language.
    pub language: Language,
    /// The act.
    #[serde(default)]
    pub given: bool,
}

/// Where a cookie choice was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Where a visitor is asked first.
    Banner,
    /// Where they change their mind.
    Preferences,
}

impl Surface {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Preferences => "preferences",
        }
    }
}

/// A cookie choice that is made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCookieChoice {
    /// Whether cookies of convenience are allowed.
    pub functional: bool,
    /// Whether those of measurement are.
    pub analytics: bool,
    /// Whether those of advertising are.
    pub marketing: bool,
    /// In which language the policy was shown.
    pub language: Language,
    /// Where.
    pub surface: Surface,
}

/// A cookie choice (R173).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct CookieChoice {
    /// The record.
    pub id: ConsentId,
    /// Whether cookies of convenience are allowed.
    pub functional: bool,
    /// Whether those of measurement are.
    pub analytics: bool,
    /// Whether those of advertising are.
    pub marketing: bool,
    /// The policy that was in force.
    pub policy_version: String,
    /// When.
    pub at: Time,
    /// Until when it holds.
    pub expires_at: Time,
    /// Whether the browser's own signal said no (R181).
    pub gpc: bool,
    /// Its place in the log.
    pub log_index: i64,
}

const KIND: Parameter = Parameter::path("kind", Schema::of::<DocumentKind>(), "What the document is for.");
const CONSENT: Parameter = Parameter::path("consent", Schema::of::<ConsentId>(), "The consent.");

/// `GET /v1/documents`
pub const DOCUMENTS: Operation = Operation {
    id: "list_documents",
    path: "/v1/documents",
    component: Component::Consent,
    who: Who::Public,
    summary: "The documents, with their versions and hashes.",
    rules: &[2, 24, 35],
    answers: &[Answer::json(200, Schema::of::<Documents>(), "Every version that was announced.")],
    ..Operation::GET
};

/// `GET /v1/documents/{kind}`
pub const DOCUMENT: Operation = Operation {
    id: "get_document",
    path: "/v1/documents/{kind}",
    component: Component::Consent,
    who: Who::Public,
    summary: "A document's text.",
    rules: &[2, 24, 35],
    parameters: &[
        KIND,
        Parameter::query("version", Schema::TEXT, "A version; the one in force without it."),
        Parameter::query(
            "language",
            Schema::of::<Language>(),
            "The language; that of `Accept-Language` without it.",
        ),
    ],
    answers: &[Answer::json(200, Schema::of::<DocumentText>(), "The text.")],
    ..Operation::GET
};

/// `POST /v1/cookie-choices`
pub const CHOOSE_COOKIES: Operation = Operation {
    id: "choose_cookies",
    path: "/v1/cookie-choices",
    component: Component::Consent,
    who: Who::Public,
    summary: "Records a choice about cookies for twelve months and sets the necessary cookie that holds it.",
    rules: &[163, 164, 165, 166, 167, 168, 169, 171, 172, 173, 174, 175, 176, 177, 181],
    parameters: &[Parameter::header("sec-gpc", Schema::TEXT, "`1` forces every optional category off.")],
    body: Some(Body::json(Schema::of::<NewCookieChoice>())),
    answers: &[Answer::json(201, Schema::of::<CookieChoice>(), "The choice.").with(&[Parameter::header(
        "set-cookie",
        Schema::TEXT,
        "The signed cookie that holds the choice's id.",
    )])],
    codes: &[Code::DocumentNotInForce],
    per_minute: Some(COOKIE_CHOICES_PER_MINUTE),
    ..Operation::POST
};

/// `GET /v1/cookie-choices/current`
pub const COOKIE_CHOICE: Operation = Operation {
    id: "get_cookie_choice",
    path: "/v1/cookie-choices/current",
    component: Component::Consent,
    who: Who::Public,
    summary: "The choice in force, by its cookie; without one, ask first.",
    rules: &[30, 168, 177],
    answers: &[Answer::json(200, Schema::of::<CookieChoice>(), "The choice.")],
    codes: &[Code::NoCookieChoice],
    ..Operation::GET
};

/// `DELETE /v1/cookie-choices/current`
pub const WITHDRAW_COOKIES: Operation = Operation {
    id: "withdraw_cookie_choice",
    path: "/v1/cookie-choices/current",
    component: Component::Consent,
    who: Who::Public,
    summary: "Takes the choice back.",
    rules: &[174],
    answers: &[Answer::empty("Nothing optional is allowed any more.")],
    codes: &[Code::NoCookieChoice],
    ..Operation::DELETE
};

/// `GET /v1/consents`
pub const LIST: Operation = Operation {
    id: "list_consents",
    path: "/v1/consents",
    component: Component::Consent,
    who: Who::SessionOrKey,
    summary: "What the account agreed to.",
    rules: &[142],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Consent>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /v1/consents`
pub const GIVE: Operation = Operation {
    id: "give_consent",
    path: "/v1/consents",
    component: Component::Consent,
    who: Who::Session,
    summary: "Gives the optional consent.",
    rules: &[36],
    body: Some(Body::json(Schema::of::<NewConsent>())),
    answers: &[Answer::json(201, Schema::of::<Consent>(), "The consent.")],
    codes: &[Code::DocumentVersionStale, Code::DocumentTextMismatch, Code::DocumentNotInForce],
    ..Operation::POST
};

/// `DELETE /v1/consents/{consent}`
pub const WITHDRAW: Operation = Operation {
    id: "withdraw_consent",
    path: "/v1/consents/{consent}",
    component: Component::Consent,
    who: Who::Session,
    summary: "Takes the optional consent back; the mandatory ones end with the agreement, attestations stand.",
    rules: &[36],
    parameters: &[CONSENT],
    answers: &[Answer::empty("It is taken back.")],
    codes: &[Code::ConsentMandatory, Code::AttestationStands],
    ..Operation::DELETE
};

crate::listed![DOCUMENTS, DOCUMENT, CHOOSE_COOKIES, COOKIE_CHOICE, WITHDRAW_COOKIES, LIST, GIVE, WITHDRAW,];
