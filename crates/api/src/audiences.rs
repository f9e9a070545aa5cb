//! Audiences: counted before anything is written, kept under a name, and deleted from the base.

use domain::audience::Audience;
use serde::{Deserialize, Serialize};

use crate::contacts::DeletedContacts;
use crate::ids::AudienceId;
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// An audience that is to be kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAudience {
    /// What it is called, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub name: String,
    /// Whom it takes.
    pub audience: Audience,
}

/// An audience that is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct SavedAudience {
    /// The audience.
    pub id: AudienceId,
    /// What it is called.
    pub name: String,
    /// Whom it takes. What it names may be gone by now.
    pub audience: Audience,
    /// When it was made.
    pub created_at: Time,
}

/// An audience that is meant at this moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MeantAudience {
    /// Whom it takes.
    pub audience: Audience,
}

/// An audience whose people are to be counted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CountedAudience {
    /// Whom it takes.
    pub audience: Audience,
    /// Whether an estimate will do. Of a base of a million contacts it comes at once, while counting takes seconds.
    #[serde(default)]
    pub estimate: bool,
}

/// How many an audience takes at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct AudienceCount {
    /// Contacts.
    pub contacts: i64,
    /// Of these on the blacklist.
    pub blacklisted: i64,
    /// Between which the count lies, where it is an estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Between>,
}

/// Between which a count lies, in 95 of 100 estimates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Between {
    /// So many at least.
    pub at_least: i64,
    /// So many at most.
    pub at_most: i64,
}

const AUDIENCE: Parameter = Parameter::path("audience", Schema::of::<AudienceId>(), "The audience.");
/// What an audience may be refused for.
const CODES: &[Code] = crate::with_phone_codes![
    Code::ListUnknown,
    Code::TagUnknown,
    Code::CampaignUnknown,
    Code::CampaignBeingPrepared,
    Code::ContactsBeingMarked,
    Code::FieldUnknown,
    Code::TooManyAudiences
];

/// The same of one that is kept.
const CREATE_CODES: &[Code] = crate::with_phone_codes![
    Code::ListUnknown,
    Code::TagUnknown,
    Code::CampaignUnknown,
    Code::CampaignBeingPrepared,
    Code::ContactsBeingMarked,
    Code::FieldUnknown,
    Code::TooManyAudiences,
    Code::StorageLimitUntilPayment
];

/// `POST /v1/audiences/count`
pub const COUNT: Operation = Operation {
    id: "count_audience",
    path: "/v1/audiences/count",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "How many an audience takes.",
    rules: &[50, 66],
    body: Some(Body::json(Schema::of::<CountedAudience>())),
    answers: &[Answer::json(200, Schema::of::<AudienceCount>(), "The count.")],
    codes: CODES,
    ..Operation::POST
};

/// `POST /v1/audiences`
pub const CREATE: Operation = Operation {
    id: "create_audience",
    path: "/v1/audiences",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Keeps an audience under a name; at most 500, and 20 before the first payment.",
    rules: &[61],
    body: Some(Body::json(Schema::of::<NewAudience>())),
    answers: &[Answer::json(201, Schema::of::<SavedAudience>(), "The audience.")],
    codes: CREATE_CODES,
    ..Operation::POST
};

/// `GET /v1/audiences`
pub const LIST: Operation = Operation {
    id: "list_audiences",
    path: "/v1/audiences",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The audiences that are kept.",
    rules: &[61],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<SavedAudience>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/audiences/{audience}`
pub const GET: Operation = Operation {
    id: "get_audience",
    path: "/v1/audiences/{audience}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "One audience.",
    rules: &[61],
    parameters: &[AUDIENCE],
    answers: &[Answer::json(200, Schema::of::<SavedAudience>(), "The audience.")],
    ..Operation::GET
};

/// `PUT /v1/audiences/{audience}`
pub const CHANGE: Operation = Operation {
    id: "change_audience",
    path: "/v1/audiences/{audience}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Says anew whom an audience takes. Campaigns that were written with it stay as they are.",
    rules: &[61],
    parameters: &[AUDIENCE],
    body: Some(Body::json(Schema::of::<NewAudience>())),
    answers: &[Answer::json(200, Schema::of::<SavedAudience>(), "The audience.")],
    codes: CODES,
    ..Operation::PUT
};

/// `DELETE /v1/audiences/{audience}`
pub const DELETE: Operation = Operation {
    id: "delete_audience",
    path: "/v1/audiences/{audience}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Forgets an audience; contacts and campaigns stay.",
    rules: &[61],
    parameters: &[AUDIENCE],
    answers: &[Answer::empty("It is gone.")],
    ..Operation::DELETE
};

/// `POST /v1/contacts/deletions`
pub const DELETE_CONTACTS: Operation = Operation {
    id: "delete_contacts_of_audience",
    path: "/v1/contacts/deletions",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Deletes the contacts that an audience takes, in steps: asked again after an error, it goes on. One that \
              says nothing is refused, since everybody would go.",
    rules: &[67],
    body: Some(Body::json(Schema::of::<MeantAudience>())),
    answers: &[Answer::json(200, Schema::of::<DeletedContacts>(), "The receipt.")],
    codes: CODES,
    ..Operation::POST
};

crate::listed![COUNT, CREATE, LIST, GET, CHANGE, DELETE, DELETE_CONTACTS];
