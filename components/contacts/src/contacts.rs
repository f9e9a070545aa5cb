//! The base: listed, and deleted with a receipt (R61, R67).

use api::contacts::{DeletedContacts, FieldName};
use api::ids::{ContactId, ListId};
use domain::audience::is_tag;
use domain::ids::IdKind;
use domain::names;
use domain::phone::Phone;
use edge::{Answer, Call, Code, Items, PageQuery, Problem, Result, Time, json, page_of};
use store::cell::{ContactsDeleted, Search};

/// Words of a name that are looked for.
const NAME_WORDS_MAX: usize = 6;

/// `GET /v1/contacts`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let (cursor, tenant) = (page.id(IdKind::Contact)?, caller.tenant().await?);
    let contacts = match searched(&call)? {
        Some(search) => tenant.search(&search, cursor, page.limit).await?,
        None => tenant.contacts(cursor, page.limit).await?,
    };
    json(200, &page_of(contacts, shown::contact))
}

/// Who is looked for, if anybody in particular.
fn searched(call: &Call) -> Result<Option<Search>> {
    let invalid = |field: &'static str| Problem::field(Code::InvalidField, field);
    let phone = match call.query("phone") {
        Some(raw) => {
            let phone = Phone::parse_recipient(&raw);
            Some(phone.map_err(|error| Problem::field(Code::from(error), "phone"))?.e164().to_owned())
        }
        None => None,
    };
    let name = call.query("name").map(|name| names::words(&name));
    if name.as_ref().is_some_and(|words| words.is_empty() || words.len() > NAME_WORDS_MAX)
        || name.iter().flatten().any(|word| names::looked_up(word).is_none())
    {
        return Err(invalid("name"));
    }
    let list =
        call.query("list").map(|list| list.parse::<ListId>().map_err(|_| invalid("list"))).transpose()?;
    let tag = call.query("tag");
    if tag.as_ref().is_some_and(|tag| !is_tag(tag)) {
        return Err(invalid("tag"));
    }
    let search = Search { phone, name: name.unwrap_or_default(), list: list.map(String::from), tag };
    Ok((search != Search::default()).then_some(search))
}

/// `GET /v1/contacts/{contact}`
pub async fn get(call: Call, contact: ContactId) -> Result<Answer> {
    let caller = call.caller().await?;
    let found = caller.tenant().await?.contact(&contact).await?.ok_or_else(Problem::not_found)?;
    json(200, &shown::contact(found))
}

/// `GET /v1/contacts/fields`
pub async fn fields(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let names = caller.tenant().await?.fields_in_use().await?;
    json(200, &Items { items: names.into_iter().map(|name| FieldName { name }).collect() })
}

/// `GET /v1/contacts/{contact}/consent`
pub async fn consent_proof(call: Call, contact: ContactId) -> Result<Answer> {
    let caller = call.caller().await?;
    let proof = caller.tenant().await?.consent_proof(&contact).await?.ok_or_else(Problem::not_found)?;
    json(200, &shown::consent(&proof)?)
}

/// `DELETE /v1/contacts`
pub async fn delete_all(call: Call) -> Result<Answer> {
    delete_some(call, None).await
}

/// `DELETE /v1/contacts/{contact}`
pub async fn delete(call: Call, contact: ContactId) -> Result<Answer> {
    delete_some(call, Some(&contact)).await
}

async fn delete_some(call: Call, contact: Option<&str>) -> Result<Answer> {
    let caller = call.caller().await?;
    let receipt = caller.tenant().await?.delete_contacts(&caller.act, contact).await?;
    let ContactsDeleted { deleted, at, log_index } = receipt;
    json(200, &DeletedContacts { deleted, at: Time::of(at), log_index })
}
