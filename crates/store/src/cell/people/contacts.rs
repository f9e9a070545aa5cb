//! The base of contacts: listing and deleting (R61, R67, R70).

use std::collections::BTreeMap;

use domain::message::Reason;

use crate::cell::Tenant;
use crate::cell::audience::matching::{Matching, Step as Way, Who};
use crate::cell::messages::transitions::{self, NumberKept, Queued};
use crate::database::{Database, DbError, Value};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, hex, params, sql};

/// Contacts, or messages queued for them, that one step of a deletion takes.
const DELETE_ROWS: i64 = 10_000;
/// Contacts that are chosen one by one, of which one step takes so many.
const DELETE_CHOSEN: i64 = 500;

/// A recipient in an account's base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `con_…`
    pub contact: String,
    /// E.164.
    pub phone: String,
    /// As uploaded.
    pub name: Option<String>,
    /// What else its owner keeps.
    pub fields: BTreeMap<String, String>,
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
    pub async fn contacts(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Contact>, DbError> {
        let rows = self
            .db
            .query(
                sql!("contacts.sql", "page"),
                params![&self.account, cursor.unwrap_or(""), limit as i64 + 1],
            )
            .await?;
        let contacts = rows.iter().map(|row| self.open_contact(row)).collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(contacts, limit, |contact| contact.contact.clone()))
    }

    /// A contact as its row holds it.
    pub(crate) fn open_contact(&self, row: &Row) -> Result<Contact, DbError> {
        let key = self.keys.personal()?;
        let contact = row.text("contact")?;
        let phone = key.open_text(&self.place("contact number", &contact), &row.blob("number")?)?;
        let name = row.opt_blob("name")?;
        let name =
            name.map(|sealed| key.open_text(&self.place("contact name", &contact), &sealed)).transpose()?;
        let fields = row.opt_blob("fields")?;
        let fields = fields
            .map(|sealed| key.open(&self.place("contact fields", &contact), &sealed))
            .transpose()?
            .map_or(Ok(BTreeMap::new()), |fields| serde_json::from_slice(&fields))
            .map_err(|_| DbError::Column("fields".to_owned()))?;
        Ok(Contact {
            contact,
            phone,
            name,
            fields,
            blacklisted: row.flag("is_blacklisted")?,
            import: row.text("import")?,
            created_at: row.int("created_at")?,
        })
    }

    /// Source and date of a person's consent, as they came with the contact: JSON. It is shown as long as evidence is,
    /// whatever became of the contact and of the account (R63).
    pub async fn consent_proof(&self, contact: &str) -> Result<Option<String>, DbError> {
        let rows =
            self.db.query(sql!("contacts.sql", "consent_proof"), params![&self.account, contact]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let place = self.place("contact consent", contact);
        self.keys.evidence.open_text(&place, &row.blob("consent_proof")?).map(Some)
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
            .query("SELECT max(contact) AS up_to FROM contact WHERE account = ?1", params![&self.account])
            .await?;
        let bound = rows.first().map_or(Ok(None), |row| row.opt_text("up_to"))?.unwrap_or_default();
        let mut after = String::new();
        let mut former = 0;
        loop {
            let rows = self
                .db
                .query(sql!("contacts.sql", "next_step"), params![&self.account, &after, &bound, DELETE_ROWS])
                .await?;
            let row = rows.first().ok_or(DbError::NoRow)?;
            let last = row.int("contacts")? < DELETE_ROWS;
            let to = if last { bound.clone() } else { row.text("up_to")? };
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

    /// Deletes those who are meant, in steps of a bounded number of contacts, as [`Tenant::delete_contacts`] does; the
    /// receipt is written with the last (R67).
    pub async fn delete_chosen(&self, act: &Act, who: &Who) -> Result<ContactsDeleted, StoreError> {
        let matching = self.matching_who(self.db, who).await?;
        let (mut after, mut deleted) = (String::new(), 0);
        loop {
            let way = self.next_step(self.db, &matching, &after, DELETE_ROWS).await?;
            loop {
                let gone = self.delete_some_chosen(act, who, &matching, &way).await?;
                deleted += gone;
                if gone < DELETE_CHOSEN {
                    break;
                }
            }
            if way.is_last {
                break;
            }
            after = way.up_to;
        }
        self.write(async |db| {
            let fields = serde_json::json!({"count": deleted, "all": false});
            let log_index = self.write_act(db, act, "contacts_deleted", None, fields).await?;
            Ok(ContactsDeleted { deleted, at: act.now, log_index })
        })
        .await
    }

    /// Some of them, in one transaction, each with what is queued for it.
    async fn delete_some_chosen(
        &self,
        act: &Act,
        who: &Who,
        matching: &Matching,
        way: &Way,
    ) -> Result<i64, StoreError> {
        let some = format!("{} LIMIT {}", matching.select("c.contact"), matching.behind(0));
        let parameters = [matching.parameters(&self.account, way), params![DELETE_CHOSEN]].concat();
        self.write(async |db| {
            self.check_same(db, who, matching).await?;
            let chosen = db.query(&some, parameters.clone()).await?;
            for row in &chosen {
                let contact = row.text("contact")?;
                self.delete_contact(db, &contact, act.now).await?;
            }
            Ok(chosen.len() as i64)
        })
        .await
    }

    /// Of many messages that are queued for a range of contacts, blocks all but a step's worth before
    /// the contacts go: one contact may stand in many campaigns.
    async fn block_queued_of(&self, after: &str, to: &str, now: i64) -> Result<(), StoreError> {
        loop {
            let parameters = params![&self.account, after, to, DELETE_ROWS];
            let queued = self.db.query(sql!("contacts.sql", "queued_for"), parameters).await?;
            if queued.first().map_or(Ok(0), |row| row.int("messages"))? < DELETE_ROWS {
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
        self.write(async |db| {
            let deleted = self.delete_contacts_of(db, step, act.now).await?;
            if !step.last || (deleted == 0 && step.after.is_none()) {
                return Ok(StepDone { deleted, receipt: None });
            }
            let deleted = step.former + deleted;
            let fields = serde_json::json!({"count": deleted, "all": step.after.is_some()});
            let log_index = self.write_act(db, act, "contacts_deleted", None, fields).await?;
            Ok(StepDone { deleted, receipt: Some(ContactsDeleted { deleted, at: act.now, log_index }) })
        })
        .await
    }

    /// Deletes one contact with all that hangs on it, and answers whether it was there. Belongs inside the transaction
    /// of its cause.
    pub(crate) async fn delete_contact(&self, db: &D, contact: &str, now: i64) -> Result<bool, DbError> {
        let step = Step { after: None, to: contact, former: 0, last: true };
        Ok(self.delete_contacts_of(db, &step, now).await? > 0)
    }

    async fn delete_contacts_of(&self, db: &D, step: &Step<'_>, now: i64) -> Result<i64, DbError> {
        self.keep_numbers_of_open_messages(db, step).await?;
        transitions::block(db, &step.queued(&self.account), Reason::ContactErased, now).await?;
        let [count, delete] = step.count_and_delete();
        let counted = db.query(count, step.parameters(&self.account)).await?;
        let deleted = counted.first().map_or(Ok(0), |row| row.int("contacts"))?;
        if deleted > 0 {
            db.query(delete, step.parameters(&self.account)).await?;
        }
        Ok(deleted)
    }

    /// Seals the numbers of messages that are with an operator under the evidence key, before their
    /// contacts go. A settlement without a charge clears them again.
    async fn keep_numbers_of_open_messages(&self, db: &D, step: &Step<'_>) -> Result<(), DbError> {
        let statement = match step.after {
            Some(_) => sql!("contacts.sql", "open_messages"),
            None => sql!("contacts.sql", "open_messages_of_one"),
        };
        let open = db.query(statement, step.parameters(&self.account)).await?;
        let mut numbers = Vec::with_capacity(open.len());
        for row in &open {
            let message = self.read_leased(row)?;
            let place = self.place("message number", &message.message);
            let phone = message.phone.ok_or_else(|| DbError::Column("contact_number".to_owned()))?;
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
    /// The account and the range of its contacts; of one contact alone the range is the contact itself.
    fn parameters(&self, account: &str) -> Vec<Value> {
        match self.after {
            Some(after) => params![account, after, self.to],
            None => params![account, self.to],
        }
    }

    /// Rows of a file that is being read stand among the contacts, and are none yet.
    const fn count_and_delete(&self) -> [&'static str; 2] {
        match self.after {
            Some(_) => [sql!("contacts.sql", "count_some"), sql!("contacts.sql", "delete_some")],
            None => [sql!("contacts.sql", "count_one"), sql!("contacts.sql", "delete_one")],
        }
    }

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
