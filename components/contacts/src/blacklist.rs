//! The blacklist (R65, R66).

use api::contacts::{
    AddedToBlacklist, BLACKLIST_BYTES_MAX, BLACKLIST_MAX, NewBlacklistEntries, REASON_CHARACTERS_MAX,
    RejectedNumber,
};
use api::ids::BlacklistEntryId;
use domain::ids::IdKind;
use domain::phone::Phone;
use edge::{Answer, Call, Code, PageQuery, Problem, Result, json, no_content, try_page_of};
use store::cell::NewBlacklistEntry;

/// `POST /v1/blacklist`
pub async fn add(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let (form, _): (NewBlacklistEntries, _) = call.json_of_size(BLACKLIST_BYTES_MAX).await?;
    if form.phones.is_empty() || form.phones.len() > BLACKLIST_MAX {
        return Err(Problem::field(Code::InvalidField, "phones"));
    }
    if form.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARACTERS_MAX) {
        return Err(Problem::field(Code::InvalidField, "reason"));
    }
    let mut numbers: Vec<NewBlacklistEntry> = Vec::with_capacity(form.phones.len());
    let mut rejected = Vec::new();
    for (index, raw) in form.phones.iter().enumerate() {
        match Phone::parse_recipient(raw) {
            Ok(phone) => numbers.push(NewBlacklistEntry { phone: phone.e164().to_owned() }),
            Err(error) => rejected.push(RejectedNumber { index, code: Code::from(error) }),
        }
    }
    let added =
        caller.tenant().await?.add_to_blacklist(&caller.act, &numbers, form.reason.as_deref()).await?;
    let view = AddedToBlacklist {
        added: added.added,
        already_listed: added.already_listed,
        rejected,
        cancelled_messages: added.cancelled_messages,
    };
    json(200, &view)
}

/// `GET /v1/blacklist`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let entries = caller.tenant().await?.blacklist(page.id(IdKind::BlacklistEntry)?, page.limit).await?;
    json(200, &try_page_of(entries, shown::blacklist_entry)?)
}

/// `DELETE /v1/blacklist/{entry}`
pub async fn remove(call: Call, entry: BlacklistEntryId) -> Result<Answer> {
    let caller = call.caller().await?;
    caller.tenant().await?.remove_from_blacklist(&caller.act, &entry).await?;
    Ok(no_content())
}
