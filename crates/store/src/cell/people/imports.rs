//! Uploads of contacts: one at a time for an account, in batches, all or nothing (R61, R62, R66, R70).

use std::collections::HashSet;

use domain::columns::ChosenColumns;
use domain::ids::IdKind;
use domain::routing::number_range;
use domain::unpaid::Kept;
use serde::Serialize;

use crate::cell::Tenant;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::jobs::{self, JobKind, NewJob};
use crate::cell::people::consents::{self, Acceptance};
use crate::cell::people::failed_imports::{STALLED, STALLED_MS};
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, hex, json, params, random, sql};

/// Lines of one upload that are listed with what is wrong with them; the counts go on.
const PROBLEMS_MAX: i64 = 10_000;

/// The code of a line whose number is in the blacklist.
const BLACKLISTED: &str = "blacklisted";

/// An upload as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// `imp_…`
    pub import: String,
    /// The file's name.
    pub name: String,
    /// `awaiting_file`, `receiving`, `completed`, `failed`.
    pub state: String,
    /// Data rows read: `imported + duplicates + rejected`.
    pub rows: i64,
    /// Rows that became contacts.
    pub imported: i64,
    /// Rows whose number the file or the base had already.
    pub duplicates: i64,
    /// Rows without a number that can be written to.
    pub rejected: i64,
    /// Imported rows whose number stands in the blacklist.
    pub blacklisted: i64,
    /// Imported rows of which only the first of several numbers was taken.
    pub several: i64,
    /// The columns that were kept, once the upload is complete.
    pub columns: Option<ChosenColumns>,
    /// Columns that were not kept (R70).
    pub dropped_columns: Vec<String>,
    /// Why the whole file was refused.
    pub problem_code: Option<String>,
    /// The line of the file on which that was seen, if it was one line.
    pub problem_line: Option<i64>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
}

/// A row that became a contact, unless its number is known.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// The line of the file that it begins on.
    pub line: i64,
    /// E.164.
    pub phone: String,
    /// As written in the file.
    pub name: Option<String>,
    /// Source and date of the recipient's consent, as written in the file (R62, R63).
    pub consent_proof: Option<String>,
    /// Whether its cell holds other numbers too, that were passed over.
    pub several: bool,
}

/// Something about one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// The line of the file.
    pub line: i64,
    /// The stable code.
    pub code: String,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    /// New contacts.
    pub imported: i64,
    /// Known numbers.
    pub duplicates: i64,
    /// Of the new ones, those in the blacklist.
    pub blacklisted: i64,
    /// Of the new ones, those whose cell holds several numbers.
    pub several: i64,
    /// New ones that are listed for that alone.
    pub noted: i64,
}

/// A row that is to become a contact, its bytes in hexadecimal.
#[derive(Serialize)]
struct SealedContact<'c> {
    /// `con_…`
    contact: String,
    hash: String,
    number: String,
    range: &'c str,
    name: Option<String>,
    proof: Option<String>,
}

/// What is known of a number of a batch.
#[derive(Clone, Default)]
struct Known {
    /// Whether the base or an earlier line has it: the stable code.
    duplicate: Option<String>,
    is_blacklisted: bool,
}

/// Counts the rows of a batch, and lists the lines of which there is something to say.
fn count(contacts: &[NewContact], known: Vec<Known>) -> (BatchOutcome, Vec<RowProblem>) {
    let (mut outcome, mut problems) = (BatchOutcome::default(), Vec::new());
    let mut seen = HashSet::with_capacity(contacts.len());
    for (contact, known) in contacts.iter().zip(known) {
        let mut list = |code: &str| problems.push(RowProblem { line: contact.line, code: code.to_owned() });
        let is_repeated = !seen.insert(contact.phone.as_str());
        let duplicate = known.duplicate.as_deref().or(is_repeated.then_some("duplicate_in_file"));
        if let Some(code) = duplicate {
            outcome.duplicates += 1;
            list(code);
            continue;
        }
        outcome.imported += 1;
        outcome.several += i64::from(contact.several);
        if known.is_blacklisted {
            outcome.blacklisted += 1;
            list(BLACKLISTED);
        } else if contact.several {
            outcome.noted += 1;
            list("phone_several");
        }
    }
    (outcome, problems)
}

impl<D: Database> Tenant<'_, D> {
    /// Begins an upload with its attestation (R62). A repeat under the same key finds the first.
    pub async fn create_import(
        &self,
        act: &Act,
        name: &str,
        mut attestation: Acceptance,
        repeat: Option<&Repeatable>,
    ) -> Result<Import, StoreError> {
        let import = self.new_id(IdKind::Import, act.now)?;
        let key = self.keys.personal()?;
        let sealed = key.seal(&self.place("import name", &import), name.as_bytes())?;
        attestation.subject = Some(import.clone());
        let made = self
            .write(async |db| {
                self.refuse_if_closed(db).await?;
                if let Some(first) =
                    idempotency::claim(db, &self.account, key, repeat, &import, act.now).await?
                {
                    return Ok(first);
                }
                let consent = consents::record(db, &self.recorder(), act, &attestation).await?;
                db.query(
                    sql!("imports.sql", "create"),
                    params![&self.account, &import, sealed.clone(), consent.consent, act.now],
                )
                .await?;
                self.check_unpaid_limit(db, Kept::Imports).await?;
                Ok(import.clone())
            })
            .await?;
        self.import(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One upload.
    pub async fn import(&self, import: &str) -> Result<Option<Import>, DbError> {
        let rows = self.db.query(sql!("imports.sql", "one"), params![&self.account, import]).await?;
        rows.first().map(|row| self.read_import(row)).transpose()
    }

    /// The uploads, newest first.
    pub async fn imports(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Import>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("imports.sql", "page"), parameters).await?;
        let imports = rows.iter().map(|row| self.read_import(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage::cut(imports, limit, |import| import.import.clone()))
    }

    fn read_import(&self, row: &Row) -> Result<Import, DbError> {
        let import = row.text("import")?;
        let name = match row.opt_blob("name")? {
            Some(sealed) => self.keys.personal()?.open_text(&self.place("import name", &import), &sealed)?,
            None => String::new(),
        };
        // Names of columns come from outside: somebody may have put a number where a name belongs.
        let (columns, dropped_columns) = match row.opt_blob("columns")? {
            Some(sealed) => {
                let names = self.keys.personal()?.open(&self.place("import columns", &import), &sealed)?;
                serde_json::from_slice(&names).map_err(|_| DbError::Seal)?
            }
            None => (None, Vec::new()),
        };
        Ok(Import {
            import,
            name,
            state: row.text("state")?,
            rows: row.int("rows_read")?,
            imported: row.int("imported")?,
            duplicates: row.int("duplicates")?,
            rejected: row.int("rejected")?,
            blacklisted: row.int("blacklisted")?,
            several: row.int("several")?,
            columns,
            dropped_columns,
            problem_code: row.opt_text("problem_code")?,
            problem_line: row.opt_int("problem_line")?,
            created_at: row.int("created_at")?,
            finished_at: row.opt_int("finished_at")?,
        })
    }

    /// Takes the file's place: from here on only this upload writes contacts of the account.
    pub async fn begin_receiving(&self, import: &str, now: i64) -> Result<(), StoreError> {
        let stalled =
            self.db.query(sql!("imports.sql", "stalled"), params![&self.account, now - STALLED_MS]).await?;
        for row in &stalled {
            self.fail_import(&row.text("import")?, STALLED, None, now).await?;
        }
        let state = self.import(import).await?.ok_or(Refusal::NotFound)?.state;
        if state != "awaiting_file" {
            return Err(Refusal::ImportAlreadyHasFile.into());
        }
        self.write(async |db| {
            let taken =
                db.query(sql!("imports.sql", "take_file"), params![&self.account, import, now]).await?;
            if taken.is_empty() {
                return Err(Refusal::ImportInProgress.into());
            }
            let (kind, due_at) = (JobKind::StalledImport, now + STALLED_MS);
            let job = NewJob { kind, account: &self.account, subject: import, due_at };
            Ok(jobs::enqueue(db, &job).await?)
        })
        .await
    }

    /// Says that an upload still moves.
    pub async fn touch_import(&self, import: &str, now: i64) -> Result<(), StoreError> {
        let still_ours =
            self.db.query(sql!("imports.sql", "touch"), params![&self.account, import, now]).await?;
        if still_ours.is_empty() { Err(Refusal::ImportInProgress.into()) } else { Ok(()) }
    }

    /// Stores one batch with what is wrong in it. The rows count only once the upload is complete. Of
    /// what is wrong the first 10,000 lines are kept.
    pub async fn add_batch(
        &self,
        import: &str,
        contacts: &[NewContact],
        rejected: &[RowProblem],
        now: i64,
    ) -> Result<BatchOutcome, StoreError> {
        let rows = json(&self.sealed_contacts(contacts, now)?)?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let listed = self.listed_problems(db, import).await?;
            let known = self.known_numbers(db, import, &rows, contacts.len()).await?;
            let (outcome, mut problems) = count(contacts, known);
            problems.extend_from_slice(rejected);
            db.query(sql!("imports.sql", "add_contacts"), params![&self.account, &rows, import, now]).await?;
            self.check_unpaid_limit(db, Kept::Contacts).await?;
            problems.sort_by_key(|problem| problem.line);
            problems.truncate(usize::try_from(PROBLEMS_MAX - listed).unwrap_or(0));
            db.query(sql!("imports.sql", "add_problems"), params![&self.account, import, json(&problems)?])
                .await?;
            let read = (contacts.len() + rejected.len()) as i64;
            let still_ours = db
                .query(
                    sql!("imports.sql", "count_batch"),
                    params![
                        &self.account,
                        import,
                        read,
                        outcome.imported,
                        outcome.duplicates,
                        rejected.len() as i64,
                        outcome.blacklisted,
                        now,
                        outcome.several,
                        outcome.noted
                    ],
                )
                .await?;
            if still_ours.is_empty() { Err(Refusal::ImportInProgress.into()) } else { Ok(outcome) }
        })
        .await
    }

    /// The rows of contacts, each sealed in its own place.
    fn sealed_contacts<'c>(
        &self,
        contacts: &'c [NewContact],
        now: i64,
    ) -> Result<Vec<SealedContact<'c>>, StoreError> {
        let key = self.keys.personal()?;
        let mut rows = Vec::with_capacity(contacts.len());
        for contact in contacts {
            let id = contact_id(now, contact.line)?;
            let seal = |column: &str, value: &str| -> Result<String, DbError> {
                Ok(hex(&key.seal(&self.place(column, &id), value.as_bytes())?))
            };
            let proof = contact.consent_proof.as_deref();
            rows.push(SealedContact {
                hash: hex(&key.index(&contact.phone)),
                number: seal("contact number", &contact.phone)?,
                range: number_range(&contact.phone).unwrap_or_default(),
                name: contact.name.as_deref().map(|name| seal("contact name", name)).transpose()?,
                proof: proof.map(|proof| seal("contact consent", proof)).transpose()?,
                contact: id,
            });
        }
        Ok(rows)
    }

    /// Which numbers of a batch the base or an earlier line has, and which the blacklist has, before anything is
    /// written.
    async fn known_numbers(
        &self,
        db: &D,
        import: &str,
        rows: &str,
        contacts: usize,
    ) -> Result<Vec<Known>, DbError> {
        let found = db.query(sql!("imports.sql", "known_numbers"), params![&self.account, rows, import]);
        let mut known = vec![Known::default(); contacts];
        for row in &found.await? {
            let code = row.text("code")?;
            let Some(known) = known.get_mut(row.number::<usize>("place")?) else { continue };
            if code == BLACKLISTED {
                known.is_blacklisted = true;
            } else {
                known.duplicate = Some(code);
            }
        }
        Ok(known)
    }

    /// How many lines of an upload under way are listed already: every repeated, refused or blacklisted
    /// row is one, and every row that is only noted.
    async fn listed_problems(&self, db: &D, import: &str) -> Result<i64, StoreError> {
        let rows = db.query(sql!("imports.sql", "listed"), params![&self.account, import]).await?;
        Ok(rows.first().ok_or(Refusal::NotFound)?.int("lines")?)
    }

    /// Makes the uploaded rows count.
    pub async fn complete_import(
        &self,
        act: &Act,
        import: &str,
        columns: Option<&ChosenColumns>,
        dropped_columns: &[String],
    ) -> Result<Import, StoreError> {
        let names = json(&(columns, dropped_columns))?;
        let sealed = self.keys.personal()?.seal(&self.place("import columns", import), names.as_bytes())?;
        self.write(async |db| {
            self.refuse_if_closed(db).await?;
            let done = db
                .query(
                    sql!("imports.sql", "complete"),
                    params![&self.account, import, act.now, sealed.clone()],
                )
                .await?;
            let done = done.first().ok_or(Refusal::ImportInProgress)?;
            let fields = serde_json::json!({
                "import": import, "rows": done.int("rows_read")?, "imported": done.int("imported")?,
                "duplicates": done.int("duplicates")?, "rejected": done.int("rejected")?,
                "blacklisted": done.int("blacklisted")?,
            });
            self.write_act(db, act, "import_completed", None, fields).await?;
            jobs::withdraw(db, JobKind::StalledImport, &self.account, import).await?;
            Ok(())
        })
        .await?;
        self.import(import).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// What was wrong with single lines, in their order.
    pub async fn import_problems(
        &self,
        import: &str,
        after: i64,
        limit: usize,
    ) -> Result<StoredPage<RowProblem>, StoreError> {
        self.import(import).await?.ok_or(Refusal::NotFound)?;
        let rows = self
            .db
            .query(sql!("imports.sql", "problems"), params![&self.account, import, after, limit as i64 + 1])
            .await?;
        let problems = rows
            .iter()
            .map(|row| Ok(RowProblem { line: row.int("line")?, code: row.text("code")? }))
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(problems, limit, |problem| problem.line.to_string()))
    }
}

/// An id whose leading random bits are the line instead, as RFC 9562 (6.2) allows, so that contacts of one
/// file that come in within one millisecond are listed in the file's order.
fn contact_id(now: i64, line: i64) -> Result<String, DbError> {
    let mut bits: [u8; 10] = random()?;
    // Of the first bytes the version takes the upper half of the first and two bits of the third.
    bits[0] = (line >> 30) as u8;
    bits[1] = (line >> 22) as u8;
    bits[2] = ((line >> 16) & 0x3f) as u8;
    bits[3] = (line >> 8) as u8;
    bits[4] = line as u8;
    Ok(IdKind::Contact.new_id(now, bits, None))
}
