//! Numbers to which no account may send: listed and taken off by staff, each with who did it and why (R65, R66).
//!
//! Cells follow the list by its versions (`cell/people/service_blacklist.rs`). Each listing and each removal is a leaf of the
//! directory's log; the number is in neither.

use std::collections::BTreeSet;

use domain::cell_name::CellName;
use domain::ids::IdKind;
use evidence::merkle::{Hash, leaf_hash};
use serde::Serialize;

use crate::database::{Database, DbError, transaction};
use crate::directory::Directory;
use crate::log::{self, DIRECTORY_LOG};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::seal::{MasterKey, SealingKey};
use crate::{Act, StoredPage, hex, json, new_id_in, params, sql};

/// What staff list.
#[derive(Clone, Debug)]
pub struct NewServiceListing {
    /// E.164.
    pub phones: Vec<String>,
    /// Who lists them.
    pub by: String,
    /// Why.
    pub basis: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceListed {
    /// New entries.
    pub added: i64,
    /// Numbers that were listed before. One that is named twice counts once.
    pub already_listed: i64,
}

/// An entry as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEntry {
    /// `bls_…`
    pub entry: String,
    /// E.164; `None` once it was taken off.
    pub phone: Option<String>,
    /// Who listed it.
    pub by: String,
    /// Why.
    pub basis: String,
    /// Unix milliseconds.
    pub listed_at: i64,
    /// The leaf of the listing in the directory's log.
    pub log_index: i64,
    /// How it was taken off again.
    pub removed: Option<ServiceRemoval>,
}

/// The end of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRemoval {
    /// Who took it off.
    pub by: String,
    /// Why.
    pub basis: String,
    /// Unix milliseconds.
    pub at: i64,
    /// The leaf of the removal in the directory's log.
    pub log_index: i64,
}

/// A change of the list, for a cell that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChange {
    /// `bls_…`
    pub entry: String,
    /// Which change it is.
    pub version: i64,
    /// The number under the directory's key, at [`number_place`]; `None` for one that was taken off.
    pub number: Option<Vec<u8>>,
}

/// Where the sealed number of an entry lives: in the directory, and in every cell that has the list.
pub(crate) fn number_place(entry: &str) -> String {
    format!("service blacklist number {entry}")
}

fn word_place(column: &str, entry: &str) -> String {
    format!("service blacklist {column} {entry}")
}

/// A new entry, with its bytes in hexadecimal.
#[derive(Serialize)]
struct SealedListing {
    entry: String,
    hash: String,
    number: String,
    by: String,
    basis: String,
}

/// The leaf of a change. The salt follows from the directory's key: whoever has that can show the event at its place in
/// the log, and nobody else can try out what is in it.
fn leaf(key: &SealingKey, kind: &str, entry: &str, act: &Act, by: &str, basis: &str) -> Hash {
    let event = serde_json::json!({
        "v": 1, "kind": kind, "entry": entry, "by": by, "basis": basis, "at": act.now,
    });
    leaf_hash(evidence::commitment(&key.salt(&format!("{kind} {entry}")), &event))
}

impl<D: Database> Directory<'_, D> {
    /// Lists numbers for all accounts. It counts in a cell from when the cell has followed.
    pub async fn list_for_service(
        &self,
        master: &MasterKey,
        act: &Act,
        new: &NewServiceListing,
    ) -> Result<ServiceListed, DbError> {
        let key = master.directory_key()?;
        let (mut rows, mut seen) = (Vec::with_capacity(new.phones.len()), BTreeSet::new());
        for phone in &new.phones {
            let hash = hex(&key.index(phone));
            if !seen.insert(hash.clone()) {
                continue;
            }
            let entry = new_id_in(CellName::FIRST, IdKind::BlacklistEntry, act.now)?;
            let word = |column, text: &str| key.seal(&word_place(column, &entry), text.as_bytes());
            rows.push(SealedListing {
                hash,
                number: hex(&key.seal(&number_place(&entry), phone.as_bytes())?),
                by: hex(&word("by", &new.by)?),
                basis: hex(&word("basis", &new.basis)?),
                entry,
            });
        }
        let added = self.add_listings(&key, act, new, rows).await?;
        Ok(ServiceListed { added, already_listed: seen.len() as i64 - added })
    }

    /// Writes those down that are not listed yet; answers how many.
    async fn add_listings(
        &self,
        key: &SealingKey,
        act: &Act,
        new: &NewServiceListing,
        mut rows: Vec<SealedListing>,
    ) -> Result<i64, DbError> {
        transaction(self.db, async |db| {
            let hashes: Vec<&str> = rows.iter().map(|row| row.hash.as_str()).collect();
            let listed = db.query(sql!("service_blacklist.sql", "listed"), params![json(&hashes)?]).await?;
            let listed =
                listed.iter().map(|row| row.text("hash")).collect::<Result<BTreeSet<_>, DbError>>()?;
            rows.retain(|row| !listed.contains(&row.hash));
            if rows.is_empty() {
                return Ok(0);
            }
            let leaf =
                |row: &SealedListing| leaf(key, "service_blacklisted", &row.entry, act, &new.by, &new.basis);
            let leaves: Vec<Hash> = rows.iter().map(leaf).collect();
            let first = log::append(db, DIRECTORY_LOG, &leaves).await?;
            let version = last_version(db, act.now).await?;
            let parameters = params![json(&rows)?, version, act.now, first];
            db.query(sql!("service_blacklist.sql", "add"), parameters).await?;
            Ok(rows.len() as i64)
        })
        .await
    }

    /// Takes a number off again, by its entry. The row stays, without the number.
    pub async fn unlist_for_service(
        &self,
        master: &MasterKey,
        act: &Act,
        entry: &str,
        by: &str,
        basis: &str,
    ) -> Result<ServiceEntry, StoreError> {
        let key = master.directory_key()?;
        let sealed_by = key.seal(&word_place("removed by", entry), by.as_bytes())?;
        let sealed_basis = key.seal(&word_place("removal basis", entry), basis.as_bytes())?;
        let leaf = leaf(&key, "service_blacklist_removed", entry, act, by, basis);
        let rows = transaction(self.db, async |db| {
            let is_listed = db.query(sql!("service_blacklist.sql", "is_listed"), params![entry]).await?;
            if is_listed.is_empty() {
                return Ok::<_, DbError>(Vec::new());
            }
            let version = last_version(db, act.now).await? + 1;
            let index = log::append(db, DIRECTORY_LOG, &[leaf]).await?;
            let parameters = params![entry, version, sealed_by.clone(), sealed_basis.clone(), act.now, index];
            db.query(sql!("service_blacklist.sql", "remove"), parameters).await
        })
        .await?;
        Ok(read_entry(&key, rows.first().ok_or(Refusal::NotFound)?)?)
    }

    /// The list, newest first, with what was taken off again.
    pub async fn service_blacklist(
        &self,
        master: &MasterKey,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<ServiceEntry>, DbError> {
        let key = master.directory_key()?;
        let parameters = params![cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("service_blacklist.sql", "page"), parameters).await?;
        let entries = rows.iter().map(|row| read_entry(&key, row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(entries, limit, |entry| entry.entry.clone()))
    }

    /// What changed behind a version, in the order of the changes. An entry stands there once, as it is now.
    pub async fn service_changes(&self, behind: i64, limit: usize) -> Result<Vec<ServiceChange>, DbError> {
        let parameters = params![behind, limit as i64];
        let rows = self.db.query(sql!("service_blacklist.sql", "changes"), parameters).await?;
        let change = |row: &Row| {
            Ok(ServiceChange {
                entry: row.text("entry")?,
                version: row.int("version")?,
                number: row.opt_blob("number")?,
            })
        };
        rows.iter().map(change).collect()
    }
}

/// The version before the next one. It is no less than the instant: so where the directory is restored from a backup,
/// what is changed from then on is later than all that cells have ever seen of it.
async fn last_version<D: Database>(db: &D, now: i64) -> Result<i64, DbError> {
    let sql = "SELECT max(coalesce(max(version), 0), ?1) AS version FROM service_blacklist";
    db.query(sql, params![now]).await?.first().ok_or(DbError::NoRow)?.int("version")
}

fn read_entry(key: &SealingKey, row: &Row) -> Result<ServiceEntry, DbError> {
    let entry = row.text("entry")?;
    let word = |column: &str, sealed: &[u8]| key.open_text(&word_place(column, &entry), sealed);
    let number = row.opt_blob("number")?;
    let phone = number.map(|sealed| key.open_text(&number_place(&entry), &sealed)).transpose()?;
    let removed = match row.opt_int("removed_at")? {
        None => None,
        Some(at) => Some(ServiceRemoval {
            by: word("removed by", &row.blob("removed_by")?)?,
            basis: word("removal basis", &row.blob("removal_basis")?)?,
            at,
            log_index: row.int("removal_log_index")?,
        }),
    };
    Ok(ServiceEntry {
        phone,
        by: word("by", &row.blob("listed_by")?)?,
        basis: word("basis", &row.blob("basis")?)?,
        listed_at: row.int("listed_at")?,
        log_index: row.int("log_index")?,
        removed,
        entry,
    })
}
