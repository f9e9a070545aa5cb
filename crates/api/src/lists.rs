//! Lists and tags: made, named, deleted, and who is in them.

use domain::audience::Audience;
use serde::{Deserialize, Serialize};

use crate::contacts::Contact;
use crate::ids::{ContactId, ImportId, ListId, TagId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Contacts or numbers that one request names.
pub const NAMED_MAX: usize = 10_000;
/// Bytes of such a request.
pub const CHANGE_BYTES_MAX: usize = 1024 * 1024;

/// What a list is called.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListName {
    /// 1 to 120 characters. No two lists have one name, in whatever case.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub name: String,
}

/// A list of contacts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct List {
    /// The list.
    pub id: ListId,
    /// What it is called.
    pub name: String,
    /// How many are in it. Of a file that is being merged its people are counted already.
    pub contacts: i64,
    /// When it was made.
    pub created_at: Time,
}

/// A word that contacts have in common.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// 1 to 40 characters without a comma. No two tags are one word, in whatever case.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 40))]
    pub tag: String,
}

/// A tag, with how many have it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Tag {
    /// The tag.
    pub id: TagId,
    /// The word.
    pub tag: String,
    /// How many have it. Of a file that is being merged its people are counted already.
    pub contacts: i64,
    /// When it was made.
    pub created_at: Time,
}

/// What is to become of contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MemberChange {
    /// They join.
    Add,
    /// They leave.
    Remove,
    /// Those who are in the list go over into another one.
    Move,
}

/// Who joins or leaves: exactly one of the four that name people is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeMembers {
    /// What is to become of them.
    pub change: MemberChange,
    /// Of lists that people are moved out of: into which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ListId>,
    /// 1 to 10,000 contacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 10_000))]
    pub contacts: Option<Vec<ContactId>>,
    /// 1 to 10,000 numbers in any spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "description", schema(min_items = 1, max_items = 10_000))]
    pub phones: Option<Vec<String>>,
    /// All that an upload brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// All whom an audience takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
}

/// What became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct MembersChanged {
    /// Contacts of the base that were meant.
    pub contacts: i64,
    /// Those of them who joined or left.
    pub changed: i64,
    /// Those of them who got no further tag, since they have 20.
    pub full: i64,
}

const LIST: Parameter = Parameter::path("list", Schema::of::<ListId>(), "The list.");
const TAG: Parameter = Parameter::path("tag", Schema::of::<TagId>(), "The tag.");
const CHANGE: Option<Body> =
    Some(Body { bytes_max: CHANGE_BYTES_MAX as u64, ..Body::json(Schema::of::<ChangeMembers>()) });
const CHANGE_CODES: &[Code] = crate::with_phone_codes![
    Code::ListUnknown,
    Code::TagUnknown,
    Code::CampaignUnknown,
    Code::CampaignBeingPrepared,
    Code::ContactsBeingMarked,
    Code::FieldUnknown,
    Code::StorageLimitUntilPayment
];
const CHANGED: &[Answer] = &[Answer::json(200, Schema::of::<MembersChanged>(), "What became of them.")];

/// `POST /v1/lists`
pub const CREATE: Operation = Operation {
    id: "create_list",
    path: "/v1/lists",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Makes a list.",
    rules: &[61],
    body: Some(Body::json(Schema::of::<ListName>())),
    answers: &[Answer::json(201, Schema::of::<List>(), "The list, with nobody in it.")],
    codes: &[Code::ListNameTaken, Code::TooManyLists],
    ..Operation::POST
};

/// `GET /v1/lists`
pub const ALL_LISTS: Operation = Operation {
    id: "list_lists",
    path: "/v1/lists",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The account's lists, with how many are in each.",
    rules: &[61],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<List>>(), "A page of them.")],
    ..Operation::GET
};

/// `GET /v1/lists/{list}`
pub const GET: Operation = Operation {
    id: "get_list",
    path: "/v1/lists/{list}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "One list.",
    rules: &[61],
    parameters: &[LIST],
    answers: &[Answer::json(200, Schema::of::<List>(), "The list.")],
    ..Operation::GET
};

/// `PATCH /v1/lists/{list}`
pub const RENAME: Operation = Operation {
    id: "rename_list",
    path: "/v1/lists/{list}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Gives a list another name.",
    rules: &[61],
    parameters: &[LIST],
    body: Some(Body::json(Schema::of::<ListName>())),
    answers: &[Answer::json(200, Schema::of::<List>(), "The list.")],
    codes: &[Code::ListNameTaken],
    ..Operation::PATCH
};

/// `DELETE /v1/lists/{list}`
pub const DELETE: Operation = Operation {
    id: "delete_list",
    path: "/v1/lists/{list}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Deletes a list; its contacts stay. A campaign that names it is not started any more.",
    rules: &[61],
    parameters: &[LIST],
    answers: &[Answer::empty("It is gone.")],
    ..Operation::DELETE
};

/// `GET /v1/lists/{list}/contacts`
pub const MEMBERS: Operation = Operation {
    id: "list_members",
    path: "/v1/lists/{list}/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Who is in a list.",
    rules: &[61],
    parameters: &[LIST, crate::page::CURSOR, crate::page::LIMIT],
    answers: &[Answer::json(200, Schema::of::<Page<Contact>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /v1/lists/{list}/contacts`
pub const CHANGE_MEMBERS: Operation = Operation {
    id: "change_members",
    path: "/v1/lists/{list}/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Contacts join a list, leave it, or go over into another one: named, all of an upload, or all whom an \
              audience takes. Large ones go in steps: asked again after an error, it goes on.",
    rules: &[61],
    parameters: &[LIST],
    body: CHANGE,
    answers: CHANGED,
    codes: CHANGE_CODES,
    ..Operation::POST
};

/// `POST /v1/tags`
pub const CREATE_TAG: Operation = Operation {
    id: "create_tag",
    path: "/v1/tags",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Makes a tag. An upload makes those that it names.",
    rules: &[61],
    body: Some(Body::json(Schema::of::<NewTag>())),
    answers: &[Answer::json(201, Schema::of::<Tag>(), "The tag, which nobody has.")],
    codes: &[Code::ListNameTaken, Code::TooManyTags],
    ..Operation::POST
};

/// `GET /v1/tags`
pub const TAGS: Operation = Operation {
    id: "list_tags",
    path: "/v1/tags",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "The account's tags, with how many have each.",
    rules: &[61],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<Tag>>(), "A page of them.")],
    ..Operation::GET
};

/// `DELETE /v1/tags/{tag}`
pub const DELETE_TAG: Operation = Operation {
    id: "delete_tag",
    path: "/v1/tags/{tag}",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Deletes a tag; the contacts that have it stay. A campaign that names it is not started any more.",
    rules: &[61],
    parameters: &[TAG],
    answers: &[Answer::empty("It is gone.")],
    ..Operation::DELETE
};

/// `GET /v1/tags/{tag}/contacts`
pub const TAGGED: Operation = Operation {
    id: "list_tagged",
    path: "/v1/tags/{tag}/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Who has a tag.",
    rules: &[61],
    parameters: &[TAG, crate::page::CURSOR, crate::page::LIMIT],
    answers: &[Answer::json(200, Schema::of::<Page<Contact>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /v1/tags/{tag}/contacts`
pub const CHANGE_TAGGED: Operation = Operation {
    id: "change_tagged",
    path: "/v1/tags/{tag}/contacts",
    component: Component::Contacts,
    who: Who::SessionOrKey,
    summary: "Contacts get a tag or lose it: named, all of an upload, or all whom an audience takes. Whoever has 20 \
              tags gets no more, and is counted.",
    rules: &[61],
    parameters: &[TAG],
    body: CHANGE,
    answers: CHANGED,
    codes: CHANGE_CODES,
    ..Operation::POST
};

crate::listed![
    CREATE,
    ALL_LISTS,
    GET,
    RENAME,
    DELETE,
    MEMBERS,
    CHANGE_MEMBERS,
    CREATE_TAG,
    TAGS,
    DELETE_TAG,
    TAGGED,
    CHANGE_TAGGED,
];
