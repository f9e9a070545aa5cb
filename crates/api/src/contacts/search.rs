//! Contacts that are looked for, by their number, their name and what they belong to (R61, R69).

use serde::{Deserialize, Serialize};

use crate::contacts::{CONTACT, Contact};
use crate::ids::ListId;
use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::schema::Schema;
use crate::{Code, Items, Page};

/// A field that contacts have.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct FieldName {
    /// What it is called.
    pub name: String,
}

/// `GET /v1/contacts`
pub const LIST: Operation = Operation {
    id: "list_contacts",
    path: "/v1/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The base, or of it those who are looked for: all that is asked must be true of them. Names of a fresh \
              upload, and fields, are found once the job behind it has marked them: a minute for some 100,000. A page \
              of a search by name may be short though more follow.",
    rules: &[61, 69],
    parameters: &[
        crate::page::CURSOR,
        crate::page::LIMIT,
        Parameter::query("phone", Schema::TEXT, "Their number, in any spelling."),
        Parameter::query(
            "name",
            Schema::TEXT,
            "Words with which words of their name begin, of at least 2 letters, in whatever case.",
        ),
        Parameter::query("list", Schema::of::<ListId>(), "They are in this list."),
        Parameter::query("tag", Schema::TEXT, "They have this tag."),
    ],
    answers: &[Answer::json(200, Schema::of::<Page<Contact>>(), "A page of it.")],
    codes: SEARCH_CODES,
    ..Operation::GET
};

const SEARCH_CODES: &[Code] = crate::with_phone_codes![Code::ListUnknown, Code::TagUnknown];

/// `GET /v1/contacts/{contact}`
pub const GET: Operation = Operation {
    id: "get_contact",
    path: "/v1/contacts/{contact}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "One contact.",
    rules: &[61, 69],
    parameters: &[CONTACT],
    answers: &[Answer::json(200, Schema::of::<Contact>(), "The contact.")],
    ..Operation::GET
};

/// `GET /v1/contacts/fields`
pub const FIELDS: Operation = Operation {
    id: "list_fields",
    path: "/v1/contacts/fields",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The names of the fields that contacts have, by which audiences can choose.",
    rules: &[61, 70],
    answers: &[Answer::json(200, Schema::of::<Items<FieldName>>(), "All of them.")],
    ..Operation::GET
};
