//! Marks: by what contacts are found beside their number. Keyed hashes of their fields and of the beginnings of their
//! names' words, so that the file says neither. A job writes them behind an import, which stays as fast as without; what is
//! put in by itself is marked at once (R61).

use std::collections::{BTreeMap, BTreeSet};

use domain::audience::{Audience, Rule, Selection};
use domain::names;
use domain::unpaid::Kept;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::jobs::{self, JobKind, NewJob, Next};
use crate::cell::people::imports::batch::NewContact;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::{hex, json, params, sql};

/// Contacts that one step marks.
const STEP: i64 = 500;
/// So many that came in at once are marked with them.
const AT_ONCE: i64 = 100;
/// Bytes of a mark: one of a million others is the same by chance once in 10 trillion times.
const MARK_BYTES: usize = 8;

/// A contact with its marks.
#[derive(Serialize)]
struct Marked {
    contact: String,
    marks: BTreeSet<String>,
}

/// The name of a field.
#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Field {
    hash: String,
    sealed: String,
}

impl<D: Database> Tenant<'_, D> {
    fn mark(&self, parts: &[&str; 3]) -> Result<String, DbError> {
        let hash = self.keys.personal()?.content_hash(&parts.map(str::as_bytes));
        Ok(hex(&hash[..MARK_BYTES]))
    }

    /// The mark of everybody who has a field.
    fn field_mark(&self, name: &str) -> Result<String, DbError> {
        self.mark(&["field", name, ""])
    }

    /// The mark of everybody whose field has a value.
    pub(super) fn value_mark(&self, name: &str, value: &str) -> Result<String, DbError> {
        self.mark(&["value", name, value.trim()])
    }

    /// The mark of everybody one of whose names begins so.
    pub(super) fn name_mark(&self, beginning: &str) -> Result<String, DbError> {
        self.mark(&["name", beginning, ""])
    }

    /// One step of the job that marks contacts. Belongs inside a transaction.
    pub async fn mark_contacts(&self, db: &D) -> Result<Next, DbError> {
        match self.mark_some(db).await? == STEP {
            true => Ok(Next::Again("on".to_owned())),
            false => Ok(Next::Done),
        }
    }

    /// Contacts came in, or changed: a few are marked at once, more by a job. Belongs inside their transaction.
    pub(in crate::cell) async fn mark_soon(&self, db: &D, rows: i64, now: i64) -> Result<(), DbError> {
        if rows <= AT_ONCE {
            let _all_of_them = self.mark_some(db).await?;
        }
        let unmarked = db.query(sql!("marks.sql", "is_any_unmarked"), params![&self.account]).await?;
        if unmarked.first().ok_or(DbError::NoRow)?.flag("is_any")? {
            let job = NewJob { kind: JobKind::Marks, account: &self.account, subject: "", due_at: now };
            jobs::enqueue(db, &job).await?;
        }
        Ok(())
    }

    /// Whether some contacts are not found yet by what they have.
    async fn is_any_unmarked(&self, db: &D) -> Result<bool, DbError> {
        let rows = db.query(sql!("marks.sql", "is_any_unmarked"), params![&self.account]).await?;
        rows.first().ok_or(DbError::NoRow)?.flag("is_any")
    }

    /// Marks the next contacts; answers how many.
    async fn mark_some(&self, db: &D) -> Result<i64, DbError> {
        let rows = db.query(sql!("marks.sql", "unmarked"), params![&self.account, STEP]).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let key = self.keys.personal()?;
        let mut contacts = Vec::with_capacity(rows.len());
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        for row in &rows {
            let contact = row.text("contact")?;
            let mut marks = BTreeSet::new();
            if let Some(sealed) = row.opt_blob("name")? {
                let name = key.open_text(&self.place("contact name", &contact), &sealed)?;
                for beginning in names::beginnings(&name) {
                    marks.insert(self.name_mark(&beginning)?);
                }
            }
            if let Some(sealed) = row.opt_blob("fields")? {
                let opened = key.open(&self.place("contact fields", &contact), &sealed)?;
                let held: BTreeMap<String, String> =
                    serde_json::from_slice(&opened).map_err(|_| DbError::Column("fields".to_owned()))?;
                for (name, value) in held {
                    let mark = self.field_mark(&name)?;
                    marks.insert(self.value_mark(&name, &value)?);
                    marks.insert(mark.clone());
                    fields.entry(mark).or_insert(name);
                }
            }
            contacts.push(Marked { contact, marks });
        }
        self.write_marks(db, &contacts, fields).await?;
        Ok(contacts.len() as i64)
    }

    async fn write_marks(
        &self,
        db: &D,
        contacts: &[Marked],
        fields: BTreeMap<String, String>,
    ) -> Result<(), DbError> {
        let batch = json(&contacts)?;
        for statement in [sql!("marks.sql", "forget"), sql!("marks.sql", "add"), sql!("marks.sql", "note")] {
            db.query(statement, params![&self.account, batch.as_str()]).await?;
        }
        let key = self.keys.personal()?;
        let mut named = Vec::with_capacity(fields.len());
        for (hash, name) in fields {
            let sealed = hex(&key.seal(&self.place("field name", &hash), name.as_bytes())?);
            named.push(Field { hash, sealed });
        }
        if !named.is_empty() {
            db.query(sql!("marks.sql", "add_fields"), params![&self.account, json(&named)?]).await?;
        }
        Ok(())
    }

    /// The names of the fields that contacts have.
    pub async fn fields_in_use(&self) -> Result<Vec<String>, DbError> {
        let rows = self.db.query(sql!("marks.sql", "fields_in_use"), params![&self.account]).await?;
        let key = self.keys.personal()?;
        let name = |row: &crate::row::Row| {
            let hash = hex(&row.blob("name_hash")?);
            key.open_text(&self.place("field name", &hash), &row.blob("name")?)
        };
        let mut names = rows.iter().map(name).collect::<Result<Vec<_>, _>>()?;
        names.sort();
        Ok(names)
    }

    /// Refuses fields that nobody has, and any while contacts are not found by theirs yet: whoever should be left out
    /// would be written to.
    pub(super) async fn check_fields(&self, db: &D, audience: &Audience) -> Result<(), StoreError> {
        let fields = audience.selections().flat_map(Selection::fields);
        let marks = fields.map(|name| self.field_mark(name)).collect::<Result<BTreeSet<_>, _>>()?;
        if marks.is_empty() {
            return Ok(());
        }
        if self.is_any_unmarked(db).await? {
            return Err(Refusal::ContactsBeingMarked.into());
        }
        match self.known_fields(db, &marks).await? == marks.len() {
            true => Ok(()),
            false => Err(Refusal::FieldUnknown.into()),
        }
    }

    /// The marks by which a rule over a field is judged, a JSON array, and whether having one makes it true.
    pub(super) fn field_marks(&self, rule: &Rule) -> Result<Option<(String, bool)>, DbError> {
        let of_values = |name: &str, values: &[String]| {
            let marks: Result<BTreeSet<_>, _> =
                values.iter().map(|value| self.value_mark(name, value)).collect();
            json(&marks?)
        };
        Ok(match rule {
            Rule::FieldIs { name, values } => Some((of_values(name, values)?, true)),
            Rule::FieldIsNot { name, values } => Some((of_values(name, values)?, false)),
            Rule::FieldIsSet { name } => Some((json(&[self.field_mark(name)?])?, true)),
            Rule::FieldIsNotSet { name } => Some((json(&[self.field_mark(name)?])?, false)),
            Rule::Campaign { .. } | Rule::Score { .. } => None,
        })
    }

    /// Refuses contacts that would bring more names of fields than there may be before the first payment (R118). It is
    /// asked before they are put in: many are marked only later, when nothing can be refused any more.
    pub(in crate::cell) async fn check_unpaid_fields(
        &self,
        contacts: &[NewContact],
    ) -> Result<(), StoreError> {
        if !self.has_paid_nothing(self.db).await? {
            return Ok(());
        }
        let mut names = BTreeSet::new();
        for fields in contacts.iter().filter_map(|contact| contact.fields.as_deref()) {
            let held: BTreeMap<String, serde_json::Value> =
                serde_json::from_str(fields).map_err(|_| DbError::Column("fields".to_owned()))?;
            names.extend(held.into_keys());
        }
        let most = Kept::Fields.most_unpaid() as usize;
        if names.len() > most {
            return Err(Refusal::StorageLimitUntilPayment.into());
        }
        let marks = names.iter().map(|name| self.field_mark(name)).collect::<Result<BTreeSet<_>, _>>()?;
        let new = marks.len() - self.known_fields(self.db, &marks).await?;
        let kept = "SELECT count(*) AS fields FROM contact_field WHERE account = ?1";
        let rows = self.db.query(kept, params![&self.account]).await?;
        match rows.first().ok_or(DbError::NoRow)?.number::<usize>("fields")? + new > most && new > 0 {
            true => Err(Refusal::StorageLimitUntilPayment.into()),
            false => Ok(()),
        }
    }

    /// How many of some fields contacts have, by their marks.
    async fn known_fields(&self, db: &D, marks: &BTreeSet<String>) -> Result<usize, DbError> {
        Ok(db.query(sql!("marks.sql", "known_fields"), params![&self.account, json(&marks)?]).await?.len())
    }
}
