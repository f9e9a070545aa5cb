//! The base of contacts: listing and deleting (R61, R67, R70).

use domain::message::Reason;

use crate::cell::Tenant;
use crate::cell::messages::transitions::{self, NumberKept, Queued};
use crate::database::{Database, DbError, Value};
use crate::refusal::{Refusal, StoreError};
use crate::{Act, Page, hex, params};

/// Contacts, or messages queued for them, that one step of a deletion takes.
const DELETE_ROWS: i64 = 10_000;

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
    ///
    /// All contacts go in steps of a bounded number of rows, so that nobody else waits for the end of a
    /// million; those that are uploaded meanwhile stay. The receipt is written with the last step.
    pub async fn delete_contacts(
        &self,
        act: &Act,
        contact: Option<&str>,
    ) -> Result<ContactsDeleted, StoreError> {
        if let Some(contact) = contact {
            let step =
                self.delete_step(act, &Step { after: None, to: contact, former: 0, last: true }).await?;
            return step.receipt.ok_or_else(|| Refusal::NotFound.into());
        }
        let rows = self
            .db
            .query("SELECT max(contact) FROM contact WHERE account = ?1", params![&self.account])
            .await?;
        let bound = rows.first().map_or(Ok(None), |row| row.opt_text(0))?.unwrap_or_default();
        let mut after = String::new();
        let mut former = 0;
        loop {
            let rows = self
                .db
                .query(
                    "SELECT max(contact), count(*) FROM (SELECT contact FROM contact
                     WHERE account = ?1 AND contact > ?2 AND contact <= ?3 ORDER BY contact LIMIT ?4)",
                    params![&self.account, &after, &bound, DELETE_ROWS],
                )
                .await?;
            let row = rows.first().ok_or(DbError::NoRow)?;
            let last = row.int(1)? < DELETE_ROWS;
            let to = if last { bound.clone() } else { row.text(0)? };
            self.block_queued_of(&after, &to, act.now).await?;
            let step = Step { after: Some(&after), to: &to, former, last };
            let done = self.delete_step(act, &step).await?;
            if let Some(receipt) = done.receipt {
                return Ok(receipt);
            }
            former += done.deleted;
            after = to;
        }
    }

    /// Of many messages that are queued for a range of contacts, blocks all but a step's worth before
    /// the contacts go: one contact may stand in many campaigns.
    async fn block_queued_of(&self, after: &str, to: &str, now: i64) -> Result<(), StoreError> {
        const QUEUED: &str = "SELECT id FROM message WHERE account = ?1 AND state = 'queued'
             AND contact > ?2 AND contact <= ?3 LIMIT ?4";
        let parameters = || params![&self.account, after, to, DELETE_ROWS];
        loop {
            let queued = self.db.query(&format!("SELECT count(*) FROM ({QUEUED})"), parameters()).await?;
            if queued.first().map_or(Ok(0), |row| row.int(0))? < DELETE_ROWS {
                return Ok(());
            }
            let queued = Queued::ToContacts { account: &self.account, after, to, limit: DELETE_ROWS };
            self.write(async |db| {
                transitions::block(db, &queued, Reason::ContactErased, now).await?;
                Ok(())
            })
            .await?;
        }
    }

    /// One step, in one transaction; the last one records the whole.
    async fn delete_step(&self, act: &Act, step: &Step<'_>) -> Result<StepDone, StoreError> {
        // Of one contact alone the range is the contact itself.
        let range = if step.after.is_some() {
            "contact > ?2 AND contact <= ?3"
        } else {
            "?2 IS NULL AND contact = ?3"
        };
        let parameters = || params![&self.account, step.after, step.to];
        self.write(async |db| {
            self.keep_numbers_of_open_messages(db, range, parameters()).await?;
            let queued = step.queued(&self.account);
            transitions::block(db, &queued, Reason::ContactErased, act.now).await?;
            let count = format!("SELECT count(*) FROM contact WHERE account = ?1 AND {range}");
            let deleted = db.query(&count, parameters()).await?.first().map_or(Ok(0), |row| row.int(0))?;
            if deleted == 0 && step.after.is_none() {
                return Ok(StepDone { deleted, receipt: None });
            }
            db.query(&format!("DELETE FROM contact WHERE account = ?1 AND {range}"), parameters()).await?;
            if !step.last {
                return Ok(StepDone { deleted, receipt: None });
            }
            let deleted = step.former + deleted;
            let fields = serde_json::json!({"count": deleted, "all": step.after.is_some()});
            let log_index = self.write_act(db, act, "contacts_deleted", None, fields).await?;
            Ok(StepDone { deleted, receipt: Some(ContactsDeleted { deleted, at: act.now, log_index }) })
        })
        .await
    }

    /// Seals the numbers of messages that are with an operator under the evidence key, before their
    /// contacts go. A settlement without a charge clears them again.
    async fn keep_numbers_of_open_messages(
        &self,
        db: &D,
        range: &str,
        parameters: Vec<Value>,
    ) -> Result<(), DbError> {
        let open = format!(
            // The few that are with an operator come first, by the index that has only them.
            "WITH open AS MATERIALIZED
               (SELECT id, message, contact FROM message INDEXED BY message_open
                WHERE account = ?1 AND state IN ('leased', 'unknown') AND {range})
             SELECT o.id, o.message, o.contact, c.number FROM open o
             CROSS JOIN contact c ON c.account = ?1 AND c.contact = o.contact"
        );
        let open = db.query(&open, parameters).await?;
        let mut numbers = Vec::with_capacity(open.len());
        for row in &open {
            let message = self.read_leased(row)?;
            let place = self.place("message number", &message.message);
            let phone = message.phone.ok_or(DbError::Column(3))?;
            let number = hex(&self.keys.evidence.seal(&place, phone.as_bytes())?);
            numbers.push(NumberKept { id: message.id, number });
        }
        transitions::keep_numbers(db, &self.account, &numbers).await
    }
}

/// Which contacts one step of a deletion takes.
struct Step<'s> {
    /// Those behind this one; `None` for `to` alone.
    after: Option<&'s str>,
    to: &'s str,
    /// How many went in the steps before.
    former: i64,
    last: bool,
}

impl Step<'_> {
    /// What is queued for these contacts.
    fn queued<'q>(&'q self, account: &'q str) -> Queued<'q> {
        match self.after {
            Some(after) => Queued::ToContacts { account, after, to: self.to, limit: -1 },
            None => Queued::ToContact { account, contact: self.to },
        }
    }
}

struct StepDone {
    deleted: i64,
    receipt: Option<ContactsDeleted>,
}
