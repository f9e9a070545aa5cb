//! The blacklist: numbers that are never written to (R65, R66).

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
    /// Why, as its owner wrote.
    pub reason: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// By whom a number is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// By the account, which may take it off again.
    Account,
    /// By the recipient: nobody else takes that back.
    OptOut {
        /// The row of the message whose link they used; `None` for a reply, which names no message.
        by_link_of: Option<i64>,
    },
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::OptOut { .. } => "opt_out",
        }
    }

    /// The event's kind.
    const fn event(self) -> &'static str {
        match self {
            Self::Account => "blacklisted",
            Self::OptOut { .. } => "opted_out",
        }
    }
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
    fn sealed_entries(
        &self,
        act: &Act,
        numbers: &[NewBlacklistEntry],
        reason: Option<&str>,
    ) -> Result<Vec<SealedEntry>, StoreError> {
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
        Ok(rows)
    }

    /// The same, by whomever. What the account had listed becomes the recipient's own refusal.
    pub(crate) async fn list_numbers(
        &self,
        act: &Act,
        numbers: &[NewBlacklistEntry],
        reason: Option<&str>,
        source: Source,
    ) -> Result<BlacklistAdded, StoreError> {
        let sealed = self.sealed_entries(act, numbers, reason)?;
        let hashes: Vec<String> = sealed.iter().map(|entry| entry.hash.clone()).collect();
        let rows = json(&sealed)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let added = db
                .query(sql!("blacklist.sql", "add"), params![&self.account, &rows, act.now, source.as_str()])
                .await?;
            if source == Source::Account {
                self.check_unpaid_limit(db, Kept::Blacklisted).await?;
            }
            let entries = added.iter().map(|row| row.text("entry")).collect::<Result<Vec<_>, _>>()?;
            if source == Source::Account {
                // What a recipient refused is the account's will from now on, too.
                db.query(sql!("blacklist.sql", "also_by_account"), params![&self.account, json(&hashes)?])
                    .await?;
            }
            let to_them = Queued::ToNumbers { account: &self.account, hashes: &hashes };
            let cancelled = transitions::block(db, &to_them, Reason::Blacklisted, act.now).await?;
            let added = entries.len() as i64;
            if added > 0 {
                let fields = serde_json::json!({
                    "entries": entries, "count": added, "cancelled_messages": cancelled.len(),
                });
                self.write_act(db, act, source.event(), None, fields).await?;
                if let Source::OptOut { by_link_of: Some(message) } = source {
                    let response = Response { opt_outs: 1, ..Response::default() };
                    self.note_response(db, message, response, act.now).await?;
                }
            }
            Ok(BlacklistAdded {
                added,
                already_listed: numbers.len() as i64 - added,
                cancelled_messages: cancelled.len() as i64,
            })
        })
        .await
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
        let key = self.keys.personal()?;
        let entries = rows
            .iter()
            .map(|row| {
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
                    created_at: row.int("created_at")?,
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(entries, limit, |entry| entry.entry.clone()))
    }

    /// Takes back the refusal of whoever has a number, by their own word: it comes off the list, unless the account
    /// listed it too. What the account or the service listed stays. Answers whether there was a refusal.
    pub(crate) async fn take_back_refusal(&self, act: &Act, phone: &str) -> Result<bool, StoreError> {
        let hash = self.keys.personal()?.index(phone);
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let given_back =
                db.query(sql!("blacklist.sql", "back_to_account"), params![&self.account, &hash]).await?;
            let removed = db
                .query(
                    "DELETE FROM blacklist WHERE account = ?1 AND number_hash = ?2 AND source = 'opt_out'
                     RETURNING entry",
                    params![&self.account, &hash],
                )
                .await?;
            let names =
                |rows: &[Row]| rows.iter().map(|row| row.text("entry")).collect::<Result<Vec<_>, _>>();
            let fields = serde_json::json!({
                "entries": names(&removed)?, "still_listed_by_account": names(&given_back)?,
            });
            let was_refused = !removed.is_empty() || !given_back.is_empty();
            if was_refused {
                self.write_act(db, act, "opted_in", None, fields).await?;
            }
            Ok(was_refused)
        })
        .await
    }

    /// Takes a number off the list. What the service or the recipient listed stays.
    pub async fn remove_from_blacklist(&self, act: &Act, entry: &str) -> Result<(), StoreError> {
        self.write(async |db| {
            let removed = db
                .query(
                    "DELETE FROM blacklist WHERE account = ?1 AND entry = ?2 AND source = 'account' RETURNING 1",
                    params![&self.account, entry],
                )
                .await?;
            if removed.is_empty() {
                return Err(Refusal::NotFound.into());
            }
            self.write_act(db, act, "blacklist_removed", None, serde_json::json!({"entry": entry})).await?;
            Ok(())
        })
        .await
    }
}
