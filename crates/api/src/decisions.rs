//! What staff decide about an account: advertising, and other hours. Each decision names who decides and on what, is
//! an event in the account's log, and is never erased.

use chrono::NaiveDate;
use domain::weekdays::Weekdays;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, CampaignId, DecisionId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::schema::Schema;
use crate::{Code, Items, Time};

/// The longest name of who decides, in characters.
pub const BY_CHARACTERS_MAX: usize = 120;
/// The longest basis, in characters.
pub const BASIS_CHARACTERS_MAX: usize = 500;

/// The service's word on sending this very text or recording as advertising (R79).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideAdvertising {
    /// The campaign.
    pub campaign: CampaignId,
    /// Of the text or recording that was looked at: another one is not approved with it.
    pub content_sha256: String,
    /// Consent, or refusal.
    pub approved: bool,
    /// Who decides, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// On what, 1 to 500 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 500))]
    pub basis: String,
}

/// A decision on advertising as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AdvertisingDecision {
    /// The decision.
    pub id: DecisionId,
    /// The campaign.
    pub campaign: CampaignId,
    /// Of the text or recording that was looked at.
    pub content_sha256: String,
    /// Consent, or refusal.
    pub approved: bool,
    /// Who decided.
    pub by: String,
    /// On what.
    pub basis: String,
    /// When.
    pub decided_at: Time,
}

/// Other hours for an account (R82, R83).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideWindow {
    /// The account.
    pub account: AccountId,
    /// The first local day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// On which days of the week.
    pub days: Weekdays,
    /// When the hours begin: `08:00`.
    pub opens: String,
    /// When they end: `21:00`.
    pub closes: String,
    /// Who decides, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// On what, 1 to 500 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 500))]
    pub basis: String,
}

/// Hours that were agreed on, as they stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct WindowDecision {
    /// The decision.
    pub id: DecisionId,
    /// The first local day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// On which days of the week.
    pub days: Weekdays,
    /// When the hours begin.
    pub opens: String,
    /// When they end.
    pub closes: String,
    /// Who decided.
    pub by: String,
    /// On what.
    pub basis: String,
    /// When.
    pub decided_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// Who revokes a decision, and on what.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Who decides, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub by: String,
    /// On what, 1 to 500 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 500))]
    pub basis: String,
}

/// `POST /internal/decisions/advertising-approvals`
pub const DECIDE_ADVERTISING: Operation = Operation {
    id: "decide_advertising",
    path: "/internal/decisions/advertising-approvals",
    component: Component::Campaigns,
    who: Who::Staff,
    summary: "Consents to send this very content as advertising, or refuses; the last decision holds, and a refusal \
              stops a campaign that runs.",
    rules: &[79],
    body: Some(Body::json(Schema::of::<DecideAdvertising>())),
    answers: &[Answer::json(201, Schema::of::<AdvertisingDecision>(), "The decision.")],
    codes: &[Code::NotFound, Code::CampaignNotAdvertising, Code::TextMismatch, Code::CampaignStateConflict],
    ..Operation::POST
};

/// `GET /internal/decisions/advertising-approvals`
pub const ADVERTISING: Operation = Operation {
    id: "list_advertising_decisions",
    path: "/internal/decisions/advertising-approvals",
    component: Component::Campaigns,
    who: Who::Staff,
    summary: "The decisions about a campaign's advertising, newest first.",
    rules: &[79],
    parameters: &[Parameter::query("campaign", Schema::of::<CampaignId>(), "The campaign.").required()],
    answers: &[Answer::json(200, Schema::of::<Items<AdvertisingDecision>>(), "All of them.")],
    codes: &[Code::NotFound],
    ..Operation::GET
};

/// `POST /internal/decisions/window-overrides`
pub const DECIDE_WINDOW: Operation = Operation {
    id: "decide_window",
    path: "/internal/decisions/window-overrides",
    component: Component::Campaigns,
    who: Who::Staff,
    summary: "On these local days, both ends included, these hours take the place of the offer's for this account; of \
              several decisions about a day the last one holds. An operator's calendar is not changed by it.",
    rules: &[82, 83],
    body: Some(Body::json(Schema::of::<DecideWindow>())),
    answers: &[Answer::json(201, Schema::of::<WindowDecision>(), "The decision.")],
    codes: &[Code::NotFound, Code::WindowOverrideEntersNight, Code::WindowOverrideEndsBeforeItBegins],
    ..Operation::POST
};

/// `GET /internal/decisions/window-overrides`
pub const WINDOWS: Operation = Operation {
    id: "list_window_decisions",
    path: "/internal/decisions/window-overrides",
    component: Component::Campaigns,
    who: Who::Staff,
    summary: "The decisions about an account's hours, newest first, the revoked ones included.",
    rules: &[82],
    parameters: &[Parameter::query("account", Schema::of::<AccountId>(), "The account.").required()],
    answers: &[Answer::json(200, Schema::of::<Items<WindowDecision>>(), "All of them.")],
    codes: &[Code::NotFound],
    ..Operation::GET
};

/// `DELETE /internal/decisions/window-overrides/{decision}`
pub const REVOKE_WINDOW: Operation = Operation {
    id: "revoke_window",
    path: "/internal/decisions/window-overrides/{decision}",
    component: Component::Campaigns,
    who: Who::Staff,
    summary: "Revokes a decision from now on; it stays.",
    rules: &[82],
    parameters: &[Parameter::path("decision", Schema::of::<DecisionId>(), "The decision.")],
    body: Some(Body::json(Schema::of::<Revoke>())),
    answers: &[Answer::json(200, Schema::of::<WindowDecision>(), "The decision.")],
    ..Operation::DELETE
};

crate::listed![DECIDE_ADVERTISING, ADVERTISING, DECIDE_WINDOW, WINDOWS, REVOKE_WINDOW];
