//! The base of contacts: listing and deleting (R61, R67, R70).

use crate::cell::Tenant;
use crate::cell::events::{self, NewEvent};
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, Page, hex, json, params};

/// A recipient in an account's base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `con_…`
    pub contact: String,
    /// E.164.
    pub phone: String,
    /// As uploaded.
    pub name: Option<String>,
    /// Whether the number stands in the blacklist.
    pub blacklisted: bool,
    /// The upload that brought it.
    pub import: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// The receipt of a deletion (R67).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactsDeleted {
    /// How many.
    pub deleted: i64,
    /// Unix milliseconds.
    pub at: i64,
    /// The leaf that proves it.
    pub log_index: i64,
}

impl<D: Database> Tenant<'_, D> {
    /// The contacts of completed uploads, oldest first.
    pub async fn contacts(&self, cursor: Option<&str>, limit: usize) -> Result<Page<Contact>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT c.contact, c.number, c.name, c.import, c.created_at,
                   EXISTS (SELECT 1 FROM blacklist b WHERE b.account = c.account AND b.number_hash = c.number_hash)
                 FROM contact c JOIN import i ON i.account = c.account AND i.import = c.import AND i.state = 'completed'
                 WHERE c.account = ?1 AND c.contact > ?2 ORDER BY c.contact LIMIT ?3",
                params![&self.account, cursor.unwrap_or(""), limit as i64 + 1],
            )
            .await?;
        let key = self.keys.personal()?;
        let contacts = rows
            .iter()
            .map(|row| {
                let contact = row.text(0)?;
                let phone = key.open_text(&self.place("contact number", &contact), &row.blob(1)?)?;
                let name = row.opt_blob(2)?;
                let name = name
                    .map(|sealed| key.open_text(&self.place("contact name", &contact), &sealed))
                    .transpose()?;
                let (import, created_at, blacklisted) = (row.text(3)?, row.int(4)?, row.int(5)? != 0);
                Ok(Contact { contact, phone, name, blacklisted, import, created_at })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(Page::cut(contacts, limit, |contact| contact.contact.clone()))
    }

    /// Deletes one contact, or all with `None`, and cancels what is queued for them. A message that is
    /// with an operator at this moment keeps its own record, and its number for that (R89, R92).
    pub async fn delete_contacts(
        &self,
        act: &Act,
        contact: Option<&str>,
    ) -> Result<ContactsDeleted, StoreError> {
        transaction(self.db, async |db| {
            self.keep_numbers_of_open_messages(db, contact).await?;
            db.query(
                "UPDATE message SET state = 'blocked', reason = 'contact_erased', contact = NULL
                 WHERE account = ?1 AND state = 'queued' AND (?2 IS NULL OR contact = ?2)",
                params![&self.account, contact],
            )
            .await?;
            let counted = db
                .query(
                    "SELECT count(*) FROM contact WHERE account = ?1 AND (?2 IS NULL OR contact = ?2)",
                    params![&self.account, contact],
                )
                .await?;
            let deleted = counted.first().map_or(Ok(0), |row| row.int(0))?;
            if deleted == 0 && contact.is_some() {
                return Err(Refusal::NotFound.into());
            }
            db.query(
                "DELETE FROM contact WHERE account = ?1 AND (?2 IS NULL OR contact = ?2)",
                params![&self.account, contact],
            )
            .await?;
            let fields = serde_json::json!({"count": deleted, "all": contact.is_none(), "actor": act.actor});
            let event = NewEvent { kind: "contacts_deleted", campaign: None, fields };
            let log_index =
                events::record(db, &self.account, &self.keys.evidence, act.now, vec![event]).await?;
            Ok(ContactsDeleted { deleted, at: act.now, log_index })
        })
        .await
    }

    /// Seals the numbers of messages that are with an operator under the evidence key, before their
    /// contacts go. A settlement without a charge clears them again.
    async fn keep_numbers_of_open_messages(&self, db: &D, contact: Option<&str>) -> Result<(), DbError> {
        let open = db
            .query(
                "SELECT m.id, m.message, m.contact, c.number FROM message m
                 JOIN contact c ON c.account = m.account AND c.contact = m.contact
                 WHERE m.account = ?1 AND m.state IN ('leased', 'unknown') AND (?2 IS NULL OR m.contact = ?2)",
                params![&self.account, contact],
            )
            .await?;
        let mut numbers = Vec::with_capacity(open.len());
        for row in &open {
            let message = self.read_leased(row)?;
            let place = self.place("message number", &message.message);
            let phone = message.phone.ok_or(DbError::Column(3))?;
            numbers.push((message.id, hex(&self.keys.evidence.seal(&place, phone.as_bytes())?)));
        }
        db.query(
            "UPDATE message SET number = unhex(j.value ->> 1) FROM json_each(?2) j
             WHERE message.id = j.value ->> 0 AND +account = ?1",
            params![&self.account, json(&numbers)?],
        )
        .await?;
        Ok(())
    }
}
