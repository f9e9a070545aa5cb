//! The base: listed, and deleted with a receipt (R61, R67).

use api::contacts::{ConsentProof, Contact, DeletedContacts};
use api::ids::{ContactId, ImportId};
use domain::ids::IdKind;
use edge::{Answer, Call, PageQuery, Problem, Result, Time, json, page_of};
use store::cell::ContactsDeleted;

fn view(contact: store::cell::Contact) -> Contact {
    Contact {
        id: ContactId::stored(contact.contact),
        phone: contact.phone,
        name: contact.name,
        fields: contact.fields,
        blacklisted: contact.blacklisted,
        import: ImportId::stored(contact.import),
        created_at: Time::of(contact.created_at),
    }
}

/// `GET /v1/contacts`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let contacts = caller.tenant().await?.contacts(page.id(IdKind::Contact)?, page.limit).await?;
    json(200, &page_of(contacts, view))
}

/// `GET /v1/contacts/{contact}/consent`
pub async fn consent_proof(call: Call, contact: ContactId) -> Result<Answer> {
    let caller = call.caller().await?;
    let proof = caller.tenant().await?.consent_proof(&contact).await?.ok_or_else(Problem::not_found)?;
    let proof: ConsentProof =
        serde_json::from_str(&proof).map_err(|error| Problem::internal("a consent's proof", &error))?;
    json(200, &proof)
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
