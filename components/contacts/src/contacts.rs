//! The base: listed, and deleted with a receipt (R61, R67).

use domain::ids::IdKind;
use edge::{Answer, Call, ListOf, PageQuery, Result, format_time, json};
use serde::Serialize;
use store::cell::Contact;

#[derive(Serialize)]
struct ContactView {
    id: String,
    phone: String,
    name: Option<String>,
    blacklisted: bool,
    import: String,
    created_at: String,
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.contact,
            phone: contact.phone,
            name: contact.name,
            blacklisted: contact.blacklisted,
            import: contact.import,
            created_at: format_time(contact.created_at),
        }
    }
}

/// `GET /v1/contacts`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let contacts = caller.tenant().await?.contacts(page.id(IdKind::Contact)?, page.limit).await?;
    json(200, &ListOf::of(contacts, ContactView::from))
}

#[derive(Serialize)]
struct DeletedView {
    deleted: i64,
    at: String,
    log_index: i64,
}

/// `DELETE /v1/contacts`, `DELETE /v1/contacts/:id`
pub async fn delete(call: Call, contact: Option<&str>) -> Result<Answer> {
    let caller = call.caller().await?;
    let receipt = caller.tenant().await?.delete_contacts(&caller.act, contact).await?;
    json(
        200,
        &DeletedView { deleted: receipt.deleted, at: format_time(receipt.at), log_index: receipt.log_index },
    )
}
