//! The blacklist of the whole service, which staff keep (R65, R66).

use api::contacts::{
    AddedToServiceBlacklist, NewServiceBlacklistEntries, RejectedNumber, SERVICE_BLACKLIST_MAX,
    ServiceBlacklistEntry, ServiceBlacklistRemoval,
};
use api::decisions::Revoke;
use api::ids::BlacklistEntryId;
use domain::ids::IdKind;
use domain::phone::Phone;
use edge::{Answer, Call, Code, Deployment, PageQuery, Problem, Result, Time, json, page_of, said_by_staff};
use store::directory::{NewServiceListing, ServiceEntry};

/// `GET /internal/blacklist`
pub async fn list(call: Call) -> Result<Answer> {
    call.staff().await?;
    let page = PageQuery::of(&call)?;
    let deployment = call.deployment().await?;
    let cursor = page.id(IdKind::BlacklistEntry)?;
    let entries = deployment.directory().service_blacklist(deployment.keys(), cursor, page.limit).await?;
    json(200, &page_of(entries, view))
}

/// `POST /internal/blacklist`
pub async fn add(mut call: Call) -> Result<Answer> {
    let act = call.staff().await?;
    let form: NewServiceBlacklistEntries = call.json().await?;
    let (by, basis) = said_by_staff(&form.by, &form.basis)?;
    if form.phones.is_empty() || form.phones.len() > SERVICE_BLACKLIST_MAX {
        return Err(Problem::field(Code::InvalidField, "phones"));
    }
    let (mut phones, mut rejected) = (Vec::with_capacity(form.phones.len()), Vec::new());
    for (index, raw) in form.phones.iter().enumerate() {
        match Phone::parse_recipient(raw) {
            Ok(phone) => phones.push(phone.e164().to_owned()),
            Err(error) => rejected.push(RejectedNumber { index, code: Code::from(error) }),
        }
    }
    let deployment = call.deployment().await?;
    let new = NewServiceListing { phones, by, basis };
    let listed = deployment.directory().list_for_service(deployment.keys(), &act, &new).await?;
    // Only where a cell has the list its leases know it: the answer promises that all have.
    let behind = spread(&deployment).await;
    if !behind.is_ok_and(|cells| cells.is_empty()) {
        return Err(Problem::new(Code::BlacklistNotEverywhere).retry_after(1));
    }
    let (added, already_listed) = (listed.added, listed.already_listed);
    json(200, &AddedToServiceBlacklist { added, already_listed, rejected })
}

/// `DELETE /internal/blacklist/{entry}`
pub async fn remove(mut call: Call, entry: BlacklistEntryId) -> Result<Answer> {
    let act = call.staff().await?;
    let form: Revoke = call.json().await?;
    let (by, basis) = said_by_staff(&form.by, &form.basis)?;
    let deployment = call.deployment().await?;
    let directory = deployment.directory();
    let removed = directory.unlist_for_service(deployment.keys(), &act, &entry, &by, &basis).await?;
    // A cell that is not reached keeps the number back a while longer, which harms nobody: its next tick follows.
    let _followed_by_ticks = spread(&deployment).await;
    json(200, &view(removed))
}

/// Has every cell take the list over; answers the labels of those that could not.
async fn spread(deployment: &Deployment) -> Result<Vec<String>> {
    let directory = &deployment.directory();
    let take = async |cell: store::cell::Cell<'_, store::SpinDatabase>| {
        Ok(cell.take_service_blacklist(directory, deployment.now()).await?)
    };
    deployment.in_each_cell("the service's blacklist", take).await
}

fn view(entry: ServiceEntry) -> ServiceBlacklistEntry {
    let removed = entry.removed.map(|removed| ServiceBlacklistRemoval {
        by: removed.by,
        basis: removed.basis,
        at: Time::of(removed.at),
        log_index: removed.log_index,
    });
    ServiceBlacklistEntry {
        id: BlacklistEntryId::stored(entry.entry),
        phone: entry.phone,
        by: entry.by,
        basis: entry.basis,
        listed_at: Time::of(entry.listed_at),
        log_index: entry.log_index,
        removed,
    }
}
