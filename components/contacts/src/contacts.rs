//! The base: listed, and deleted with a receipt (R61, R67).

use api::contacts::DeletedContacts;
use api::ids::ContactId;
use domain::ids::IdKind;
use edge::{Answer, Call, PageQuery, Problem, Result, Time, json, page_of};
use store::cell::ContactsDeleted;

/// `GET /v1/contacts`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let contacts = caller.tenant().await?.contacts(page.id(IdKind::Contact)?, page.limit).await?;
    json(200, &page_of(contacts, shown::contact))
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
