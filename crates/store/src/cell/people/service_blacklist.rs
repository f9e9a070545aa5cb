//! Numbers that the service listed for all accounts (R66): the cell has its own copy of the list, and each account follows
//! it with rows of its own blacklist, under its own hashes.
//!
//! The list is the directory's. Every change of it has a number, its version: a cell takes the changes over in their order
//! and notes how far it has come, and so does an account. The lease takes nothing for an account that is behind its cell
//! (`transitions/queued.sql`): so from the moment on that a cell has a change, no message to such a number can be taken,
//! however long the accounts need to follow.

use domain::message::Reason;
use serde::Serialize;

use crate::cell::jobs::{JobKind, Next};
use crate::cell::messages::transitions::{self, Queued};
use crate::cell::{Cell, Tenant};
use crate::database::{Database, DbError, transaction};
use crate::directory::{Directory, ServiceChange, number_place};
use crate::{Act, hex, json, params, sql};

/// Changes that one transaction takes over.
const STEP: usize = 500;

/// A change on its way into a cell.
#[derive(Serialize)]
struct TakenChange {
    entry: String,
    version: i64,
    /// In hexadecimal; `None` for one that was taken off.
    number: Option<String>,
}

/// An entry for the account's blacklist.
#[derive(Serialize)]
struct FollowedEntry {
    entry: String,
    /// Bytes in hexadecimal, as the next.
    hash: String,
    number: String,
}

/// What an account has to do with one step of changes.
#[derive(Default)]
struct Unseen {
    listed: Vec<FollowedEntry>,
    removed: Vec<String>,
    /// The version of the last of them; `None` where there are none.
    up_to: Option<i64>,
    is_last: bool,
}

/// Writes down that accounts of the cell with contacts are to follow its list, if they are behind it: one of them, or all.
/// Belongs inside the transaction by which they are. One that is being copied elsewhere follows where it lives then.
pub(crate) async fn enqueue<D: Database>(db: &D, account: Option<&str>, due_at: i64) -> Result<(), DbError> {
    let parameters = params![JobKind::ServiceBlacklist.as_str(), due_at, account];
    db.query(sql!("service_blacklist.sql", "enqueue"), parameters).await?;
    Ok(())
}

impl<D: Database> Cell<'_, D> {
    /// Takes over what changed in the directory's list since the cell last looked. Once it is done, nothing is taken
    /// for sending in this cell that the list forbids. Repeated, and by several at once, it comes to the same.
    pub async fn take_service_blacklist(
        &self,
        directory: &Directory<'_, D>,
        now: i64,
    ) -> Result<(), DbError> {
        loop {
            let rows =
                self.db.query("SELECT service_blacklist_version FROM cell WHERE one = 1", vec![]).await?;
            // A database without its row was opened for something else than a cell's work.
            let Some(known) = rows.first().map(|row| row.int("service_blacklist_version")).transpose()?
            else {
                return Ok(());
            };
            let changes = directory.service_changes(known, STEP).await?;
            let Some(last) = changes.last().map(|change| change.version) else { return Ok(()) };
            let taken: Vec<TakenChange> = changes.into_iter().map(TakenChange::of).collect();
            transaction(self.db, async |db| {
                let noted =
                    db.query(sql!("service_blacklist.sql", "note_taken"), params![known, last]).await?;
                // Somebody else took the same over meanwhile.
                if noted.is_empty() {
                    return Ok(());
                }
                db.query(sql!("service_blacklist.sql", "take"), params![json(&taken)?]).await?;
                enqueue(db, None, now).await
            })
            .await?;
        }
    }
}

impl TakenChange {
    fn of(change: ServiceChange) -> Self {
        let ServiceChange { entry, version, number } = change;
        Self { entry, version, number: number.map(|number| hex(&number)) }
    }
}

impl<D: Database> Cell<'_, D> {
    /// Brings an account up to the cell's list, if it is behind: whoever sends, or counts the blacklisted, does it first
    /// and so need not wait for the job.
    pub async fn follow_service_blacklist(&self, tenant: &Tenant<'_, D>, now: i64) -> Result<(), DbError> {
        let behind = sql!("service_blacklist.sql", "is_behind");
        if self.db.query(behind, params![&tenant.account]).await?.is_empty() {
            return Ok(());
        }
        let some = async || transaction(self.db, async |db| self.follow_some(db, tenant, now).await).await;
        while some().await? != Next::Done {}
        Ok(())
    }

    /// One step of the same: lists what the service listed, blocks what is queued for it, and takes off what the service
    /// took off. Belongs inside a transaction.
    pub async fn follow_some(&self, db: &D, tenant: &Tenant<'_, D>, now: i64) -> Result<Next, DbError> {
        let account = &tenant.account;
        let unseen = self.unseen(db, tenant).await?;
        let Some(up_to) = unseen.up_to else { return Ok(Next::Done) };
        // Those that were taken off first: one of the others may have the same number again.
        let off = params![account, json(&unseen.removed)?];
        db.query(sql!("service_blacklist.sql", "take_off"), off).await?;
        let act = Act { now, actor: "staff".to_owned(), through: "staff" };
        let rows = params![account, json(&unseen.listed)?, now, &act.actor, act.through];
        db.query(sql!("service_blacklist.sql", "list"), rows).await?;
        let hashes: Vec<String> = unseen.listed.iter().map(|entry| entry.hash.clone()).collect();
        let to_them = Queued::ToNumbers { account, hashes: &hashes };
        let cancelled = transitions::block(db, &to_them, Reason::Blacklisted, now).await?.len();
        // A number to which nothing of the account was on its way is no event of its own.
        if cancelled > 0 {
            let fields = serde_json::json!({"source": "service", "cancelled_messages": cancelled});
            tenant.write_act(db, &act, "blacklisted", None, fields).await?;
        }
        let checked = "UPDATE account SET service_blacklist_version = max(service_blacklist_version, ?2) WHERE account = ?1";
        db.query(checked, params![account, up_to]).await?;
        Ok(if unseen.is_last { Next::Done } else { Next::Again(String::new()) })
    }

    /// The next changes that an account has not followed; none for one that is closed, whose blacklist is gone.
    async fn unseen(&self, db: &D, tenant: &Tenant<'_, D>) -> Result<Unseen, DbError> {
        let Some(personal) = &tenant.keys.personal else { return Ok(Unseen::default()) };
        let parameters = params![&tenant.account, STEP as i64];
        let rows = db.query(sql!("service_blacklist.sql", "unseen"), parameters).await?;
        let mut unseen = Unseen { is_last: rows.len() < STEP, ..Unseen::default() };
        let key = self.keys.directory_key()?;
        for row in &rows {
            let entry = row.text("entry")?;
            unseen.up_to = Some(row.int("version")?);
            let Some(sealed) = row.opt_blob("number")? else {
                unseen.removed.push(entry);
                continue;
            };
            let phone = key.open_text(&number_place(&entry), &sealed)?;
            let number = personal.seal(&tenant.place("blacklist number", &entry), phone.as_bytes())?;
            let (hash, number) = (hex(&personal.index(&phone)), hex(&number));
            unseen.listed.push(FollowedEntry { entry, hash, number });
        }
        Ok(unseen)
    }
}
