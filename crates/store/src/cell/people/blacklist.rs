//! The blacklist: numbers that are never written to (R65, R66).

use std::collections::BTreeSet;

use domain::ids::IdKind;
use domain::message::Reason;
use domain::unpaid::Kept;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::messages::counts::Response;
use crate::cell::messages::transitions::{self, Queued};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, hex, json, params, sql};

/// A number to be listed.
#[derive(Clone, Debug)]
pub struct NewBlacklistEntry {
    /// E.164.
    pub phone: String,
}

/// What became of a list of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlacklistAdded {
    /// New entries.
    pub added: i64,
    /// Numbers that were listed before.
    pub already_listed: i64,
    /// Queued messages that will not be sent now.
    pub cancelled_messages: i64,
}

/// A listed number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlacklistEntry {
    /// `bls_…`
    pub entry: String,
    /// E.164.
    pub phone: String,
    /// `account`, `service` or `opt_out`.
    pub source: String,
    /// Why, as whoever listed it wrote.
    pub reason: Option<String>,
    /// Who listed it: a session or a key, `recipient` or `staff`.
    pub actor: String,
    /// Through what.
    pub channel: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// By whom a number is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// By the account, which may take it off again.
    Account,
    /// By the person: nobody else takes that back.
    OptOut,
    /// The same, by the link in the message of this row, and so about its campaign.
    OptOutLink(i64),
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::OptOut | Self::OptOutLink(_) => "opt_out",
        }
    }

    /// The event's kind.
    const fn event(self) -> &'static str {
        match self {
            Self::Account => "blacklisted",
            Self::OptOut | Self::OptOutLink(_) => "opted_out",
        }
    }
}

/// New entries, ready to be written.
pub(crate) struct SealedEntries {
    /// JSON rows.
    rows: String,
    /// Of their numbers, in hexadecimal.
    hashes: Vec<String>,
}

/// A new entry, with its bytes in hexadecimal.
#[derive(Serialize)]
struct SealedEntry {
    hash: String,
    number: String,
    reason: Option<String>,
    /// `bls_…`
    entry: String,
}

impl<D: Database> Tenant<'_, D> {
    /// Lists numbers and blocks what is queued for them, in one transaction with its evidence.
    pub async fn add_to_blacklist(
        &self,
        act: &Act,
        numbers: &[NewBlacklistEntry],
        reason: Option<&str>,
    ) -> Result<BlacklistAdded, StoreError> {
        self.list_numbers(act, numbers, reason, Source::Account).await
    }

    /// The rows of new entries: the number's hash, the number, the reason and the entry's id.
    pub(crate) fn sealed_entries(
        &self,
        act: &Act,
        numbers: &[NewBlacklistEntry],
        reason: Option<&str>,
    ) -> Result<SealedEntries, DbError> {
        let key = self.keys.personal()?;
        let mut rows = Vec::with_capacity(numbers.len());
        for number in numbers {
            let entry = self.new_id(IdKind::BlacklistEntry, act.now)?;
            let phone = key.seal(&self.place("blacklist number", &entry), number.phone.as_bytes())?;
            let reason = reason
                .map(|reason| key.seal(&self.place("blacklist reason", &entry), reason.as_bytes()))
                .transpose()?;
            rows.push(SealedEntry {
                hash: hex(&key.index(&number.phone)),
                number: hex(&phone),
                reason: reason.map(|reason| hex(&reason)),
                entry,
            });
        }
        let hashes = rows.iter().map(|entry| entry.hash.clone()).collect();
        Ok(SealedEntries { rows: json(&rows)?, hashes })
    }

    /// The same, by whomever.
    pub(crate) async fn list_numbers(
        &self,
        act: &Act,
        numbers: &[NewBlacklistEntry],
        reason: Option<&str>,
        source: Source,
    ) -> Result<BlacklistAdded, StoreError> {
        let entries = self.sealed_entries(act, numbers, reason)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let added = self.list_entries(db, act, &entries, source).await?;
            if source == Source::Account {
                self.check_unpaid_limit(db, Kept::Blacklisted).await?;
            }
            Ok(added)
        })
        .await
    }

    /// Lists entries and blocks what is queued for their numbers, with the event. Belongs inside the transaction of its
    /// cause.
    pub(crate) async fn list_entries(
        &self,
        db: &D,
        act: &Act,
        sealed: &SealedEntries,
        source: Source,
    ) -> Result<BlacklistAdded, DbError> {
        let SealedEntries { rows, hashes } = sealed;
        let names =
            |rows: &[Row]| rows.iter().map(|row| row.text("entry")).collect::<Result<BTreeSet<_>, _>>();
        let of_source = params![&self.account, rows, source.as_str()];
        let known = names(&db.query(sql!("blacklist.sql", "listed_by_others"), of_source).await?)?;
        let parameters = params![&self.account, rows, act.now, source.as_str(), &act.actor, act.through];
        let entries = names(&db.query(sql!("blacklist.sql", "add"), parameters).await?)?;
        let to_them = Queued::ToNumbers { account: &self.account, hashes };
        let cancelled = transitions::block(db, &to_them, Reason::Blacklisted, act.now).await?.len() as i64;
        if !entries.is_empty() {
            let fields = serde_json::json!({
                "entries": entries, "count": entries.len(), "cancelled_messages": cancelled,
            });
            self.write_act(db, act, source.event(), None, fields).await?;
            if let Source::OptOutLink(message) = source {
                let response = Response { opt_outs: 1, ..Response::default() };
                self.note_response(db, message, response, act.now).await?;
            }
        }
        let added = entries.difference(&known).count() as i64;
        let already_listed = hashes.len() as i64 - added;
        Ok(BlacklistAdded { added, already_listed, cancelled_messages: cancelled })
    }

    /// The listed numbers, newest first.
    pub async fn blacklist(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<StoredPage<BlacklistEntry>, DbError> {
        let rows = self
            .db
            .query(sql!("blacklist.sql", "page"), params![&self.account, cursor, limit as i64 + 1])
            .await?;
        let entries = rows.iter().map(|row| self.read_entry(row)).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(entries, limit, |entry| entry.entry.clone()))
    }

    /// Who lists a number, and why; nothing where nobody does.
    pub(crate) async fn entries_of(&self, db: &D, hash: &[u8; 32]) -> Result<Vec<BlacklistEntry>, DbError> {
        let rows = db.query(sql!("blacklist.sql", "of_number"), params![&self.account, hash]).await?;
        rows.iter().map(|row| self.read_entry(row)).collect()
    }

    fn read_entry(&self, row: &Row) -> Result<BlacklistEntry, DbError> {
        let key = self.keys.personal()?;
        let entry = row.text("entry")?;
        let phone = key.open_text(&self.place("blacklist number", &entry), &row.blob("number")?)?;
        let reason = row
            .opt_blob("reason")?
            .map(|sealed| key.open_text(&self.place("blacklist reason", &entry), &sealed))
            .transpose()?;
        Ok(BlacklistEntry {
            entry,
            phone,
            source: row.text("source")?,
            reason,
            actor: row.text("actor")?,
            channel: row.text("channel")?,
            created_at: row.int("created_at")?,
        })
    }

    /// Takes back the refusal of whoever has a number, by their own word: it may be written to again, unless the account
    /// or the service listed it too. Answers whether there was a refusal.
    pub(crate) async fn take_back_refusal(&self, act: &Act, phone: &str) -> Result<bool, StoreError> {
        let hash = self.keys.personal()?.index(phone);
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let parameters = params![&self.account, &hash, Source::OptOut.as_str()];
            let removed = db.query(sql!("blacklist.sql", "take_back"), parameters).await?;
            if removed.is_empty() {
                return Ok(false);
            }
            let removed = removed.iter().map(|row| row.text("entry")).collect::<Result<Vec<_>, _>>()?;
            let still = self.entries_of(db, &hash).await?;
            let still: Vec<String> = still.into_iter().map(|entry| entry.entry).collect();
            let fields = serde_json::json!({"entries": removed, "still_listed_by_others": still});
            self.write_act(db, act, "opted_in", None, fields).await?;
            Ok(true)
        })
        .await
    }

    /// Takes a number off the list. What the service or the recipient listed stays: the former is said, and the latter
    /// is nothing that the account could take off.
    pub async fn remove_from_blacklist(&self, act: &Act, entry: &str) -> Result<(), StoreError> {
        self.write(async |db| {
            let removed = db
                .query(
                    "DELETE FROM blacklist WHERE account = ?1 AND entry = ?2 AND source = 'account' RETURNING 1",
                    params![&self.account, entry],
                )
                .await?;
            if removed.is_empty() {
                let by_service = db
                    .query(
                        "SELECT 1 FROM blacklist WHERE account = ?1 AND entry = ?2 AND source = 'service'",
                        params![&self.account, entry],
                    )
                    .await?;
                let refusal = match by_service.is_empty() {
                    true => Refusal::NotFound,
                    false => Refusal::BlacklistedByService,
                };
                return Err(refusal.into());
            }
            self.write_act(db, act, "blacklist_removed", None, serde_json::json!({"entry": entry})).await?;
            Ok(())
        })
        .await
    }
}
