//! The blacklist (R65, R66).

use domain::ids::IdKind;
use domain::phone::Phone;
use edge::{Answer, Call, ListOf, PageQuery, Problem, Result, format_time, json, no_content};
use serde::{Deserialize, Serialize};
use store::cell::{BlacklistEntry, NewBlacklistEntry};

/// Numbers in one request.
const NUMBERS_MAX: usize = 1000;
/// The longest reason, in characters.
const REASON_CHARACTERS_MAX: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    phones: Vec<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct AddedView {
    added: i64,
    already_listed: i64,
    rejected: Vec<RejectedView>,
    cancelled_messages: i64,
}

#[derive(Serialize)]
struct RejectedView {
    index: usize,
    code: &'static str,
}

/// `POST /v1/blacklist`
pub async fn add(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: Add = call.json().await?;
    if form.phones.is_empty() || form.phones.len() > NUMBERS_MAX {
        return Err(Problem::field("invalid_field", "phones"));
    }
    if form.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARACTERS_MAX) {
        return Err(Problem::field("invalid_field", "reason"));
    }
    let mut numbers: Vec<NewBlacklistEntry> = Vec::with_capacity(form.phones.len());
    let mut rejected = Vec::new();
    for (index, raw) in form.phones.iter().enumerate() {
        match Phone::parse_recipient(raw) {
            Ok(phone) => numbers.push(NewBlacklistEntry { phone: phone.e164().to_owned() }),
            Err(error) => rejected.push(RejectedView { index, code: error.code() }),
        }
    }
    let added =
        caller.tenant().await?.add_to_blacklist(&caller.act, &numbers, form.reason.as_deref()).await?;
    let view = AddedView {
        added: added.added,
        already_listed: added.already_listed,
        rejected,
        cancelled_messages: added.cancelled_messages,
    };
    json(200, &view)
}

#[derive(Serialize)]
struct EntryView {
    id: String,
    phone: String,
    source: String,
    reason: Option<String>,
    created_at: String,
}

impl From<BlacklistEntry> for EntryView {
    fn from(entry: BlacklistEntry) -> Self {
        let BlacklistEntry { entry: id, phone, source, reason, created_at } = entry;
        Self { id, phone, source, reason, created_at: format_time(created_at) }
    }
}

/// `GET /v1/blacklist`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let entries = caller.tenant().await?.blacklist(page.id(IdKind::BlacklistEntry)?, page.limit).await?;
    json(200, &ListOf::of(entries, EntryView::from))
}

/// `DELETE /v1/blacklist/:id`
pub async fn remove(call: Call, entry: &str) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.remove_from_blacklist(entry).await?;
    Ok(no_content())
}
