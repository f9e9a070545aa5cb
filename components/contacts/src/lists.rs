//! Lists and tags, and who is in them (R61).

use api::ids::{ListId, TagId};
use api::lists::{CHANGE_BYTES_MAX, ChangeMembers, List, ListName, MembersChanged, NAMED_MAX, NewTag, Tag};
use domain::audience::is_tag;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::ids::IdKind;
use domain::phone::Phone;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, Time, bounded, json, no_content, page_of};
use store::cell::{self, ListKind, MemberChange, Who};

use crate::audiences::audience_of;

fn list_view(list: cell::List) -> List {
    List {
        id: ListId::stored(list.list),
        name: list.name,
        contacts: list.members,
        created_at: Time::of(list.created_at),
    }
}

fn tag_view(tag: cell::List) -> Tag {
    Tag {
        id: TagId::stored(tag.list),
        tag: tag.name,
        contacts: tag.members,
        created_at: Time::of(tag.created_at),
    }
}

/// `POST /v1/lists`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: ListName = call.json().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let list = caller.working_tenant().await?.create_list(&caller.act, ListKind::List, name).await?;
    json(201, &list_view(list))
}

/// `GET /v1/lists`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let cursor = page.id(IdKind::List)?;
    json(200, &page_of(caller.tenant().await?.lists(ListKind::List, cursor, page.limit).await?, list_view))
}

/// `GET /v1/lists/{list}`
pub async fn get(call: Call, list: ListId) -> Result<Answer> {
    let caller = call.caller().await?;
    let found = caller.tenant().await?.list(&list).await?.ok_or_else(Problem::not_found)?;
    json(200, &list_view(found))
}

/// `PATCH /v1/lists/{list}`
pub async fn rename(mut call: Call, list: ListId) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: ListName = call.json().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    json(200, &list_view(caller.working_tenant().await?.rename_list(ListKind::List, &list, name).await?))
}

/// `DELETE /v1/lists/{list}`
pub async fn delete(call: Call, list: ListId) -> Result<Answer> {
    delete_either(call, &list).await
}

/// `DELETE /v1/tags/{tag}`
pub async fn delete_tag(call: Call, tag: TagId) -> Result<Answer> {
    delete_either(call, &tag).await
}

async fn delete_either(call: Call, list: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.delete_list(&caller.act, list).await?;
    Ok(no_content())
}

/// `GET /v1/lists/{list}/contacts`
pub async fn members(call: Call, list: ListId) -> Result<Answer> {
    members_of_either(call, &list).await
}

/// `GET /v1/tags/{tag}/contacts`
pub async fn tagged(call: Call, tag: TagId) -> Result<Answer> {
    members_of_either(call, &tag).await
}

async fn members_of_either(call: Call, list: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let members = caller.tenant().await?.members(list, page.id(IdKind::Contact)?, page.limit).await?;
    json(200, &page_of(members, shown::contact))
}

/// `POST /v1/lists/{list}/contacts`
pub async fn change_members(call: Call, list: ListId) -> Result<Answer> {
    change_either(call, &list, true).await
}

/// `POST /v1/tags/{tag}/contacts`
pub async fn change_tagged(call: Call, tag: TagId) -> Result<Answer> {
    change_either(call, &tag, false).await
}

async fn change_either(mut call: Call, list: &str, may_move: bool) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, _): (ChangeMembers, _) = call.json_of_size(CHANGE_BYTES_MAX).await?;
    let change = match (form.change, &form.to) {
        (api::lists::MemberChange::Add, None) => MemberChange::Add,
        (api::lists::MemberChange::Remove, None) => MemberChange::Remove,
        (api::lists::MemberChange::Move, Some(to)) if may_move && **to != *list => {
            MemberChange::MoveTo(to.to_string())
        }
        (api::lists::MemberChange::Move, _) if !may_move => {
            return Err(Problem::field(Code::InvalidField, "change"));
        }
        _ => return Err(Problem::field(Code::InvalidField, "to")),
    };
    let who = who(form)?;
    let changed = caller.working_tenant().await?.change_members(&caller.act, list, &change, &who).await?;
    let cell::MembersChanged { changed, full, contacts } = changed;
    json(200, &MembersChanged { contacts, changed, full })
}

/// Who is meant: one of the four must say it, or a slip would reach people whom nobody meant.
fn who(form: ChangeMembers) -> Result<Who> {
    let is_named = |names: usize, field: &'static str| match (1..=NAMED_MAX).contains(&names) {
        true => Ok(()),
        false => Err(Problem::field(Code::InvalidField, field)),
    };
    match (form.contacts, form.phones, form.import, form.audience) {
        (Some(contacts), None, None, None) => {
            is_named(contacts.len(), "contacts")?;
            Ok(Who::Contacts(contacts.into_iter().map(String::from).collect()))
        }
        (None, Some(phones), None, None) => {
            is_named(phones.len(), "phones")?;
            let e164 = |phone: &String| Ok(Phone::parse_recipient(phone)?.e164().to_owned());
            let phones: Result<Vec<String>, domain::phone::PhoneError> = phones.iter().map(e164).collect();
            Ok(Who::Phones(phones.map_err(|error| Problem::field(Code::from(error), "phones"))?))
        }
        (None, None, Some(import), None) => Ok(Who::Import(import.into())),
        (None, None, None, Some(audience)) => Ok(Who::Audience(audience_of(audience)?)),
        _ => Err(Problem::field(Code::InvalidField, "contacts")),
    }
}

/// `POST /v1/tags`
pub async fn create_tag(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewTag = call.json().await?;
    let word = form.tag.trim();
    if !is_tag(word) {
        return Err(Problem::field(Code::InvalidField, "tag"));
    }
    let tag = caller.working_tenant().await?.create_list(&caller.act, ListKind::Tag, word).await?;
    json(201, &tag_view(tag))
}

/// `GET /v1/tags`
pub async fn tags(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let cursor = page.id(IdKind::Tag)?;
    json(200, &page_of(caller.tenant().await?.lists(ListKind::Tag, cursor, page.limit).await?, tag_view))
}
