//! Imports of contacts: a file is kept (`file`), its owner may say how it is written (`format`), then it is read in batches (`batch`), of which nothing counts before all of
//! it was read, and then merged into the base (`merge`); or a few contacts are put in at once (`put`) (R61, R62, R66,
//! R70).

pub mod batch;
mod failed;
pub mod file;
mod format;
mod merge;
pub(in crate::cell) mod packed;
pub mod put;

use domain::ids::IdKind;
use domain::unpaid::Kept;

use crate::cell::Tenant;
use crate::cell::audience::lists::Joined;
use crate::cell::idempotency::{self, Repeatable};
use crate::cell::people::consents::{self, Acceptance};
use crate::cell::people::imports::batch::{RejectedRow, RowProblem};
use crate::cell::proof::events::NewEvent;
use crate::database::{Database, DbError};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{Act, StoredPage, params, sql};

/// An upload as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// `imp_…`
    pub import: String,
    /// What its owner calls it.
    pub name: String,
    /// `awaiting_file`, `receiving`, `awaiting_format`, `queued`, `reading`, `completed`, `failed`.
    pub state: String,
    /// Bytes of the file that are here.
    pub received_bytes: u64,
    /// Whether its owner says how the file is written before it is read.
    pub confirms: bool,
    /// Whether the file is a workbook.
    pub is_workbook: bool,
    /// Bytes of the text that is read: those of the file, or of what a workbook was turned into.
    pub text_bytes: u64,
    /// Whether that is the text of all of the sheet that is read.
    pub is_text_whole: bool,
    /// The sheets of a workbook, in the words of whoever turned it into text.
    pub sheets: Option<serde_json::Value>,
    /// Data rows read. Once it is complete each is one of the six below.
    pub rows: i64,
    /// Rows that became contacts.
    pub imported: i64,
    /// Rows that said something else of a contact.
    pub updated: i64,
    /// Rows that said nothing else of a contact.
    pub unchanged: i64,
    /// Rows whose number an earlier row has, or that was put in while the file was read.
    pub duplicates: i64,
    /// Rows without a number that can be written to.
    pub rejected: i64,
    /// Rows whose number stands in the blacklist: they are not taken in.
    pub blacklisted: i64,
    /// Imported rows of which only the first of several numbers was taken.
    pub several: i64,
    /// Rows that say that their person consents to automated decisions (R99).
    pub decision_consents: i64,
    /// Rows that say that they do not.
    pub decision_refusals: i64,
    /// Rows that say something of it that is neither.
    pub decision_unclear: i64,
    /// What the file turned out to be, in the words of whoever reads it; nothing before it is read.
    pub format: Option<serde_json::Value>,
    /// Why the whole file was refused.
    pub problem_code: Option<String>,
    /// The line of the file on which that was seen, if it was one line.
    pub problem_line: Option<i64>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub finished_at: Option<i64>,
}

impl<D: Database> Tenant<'_, D> {
    /// Begins an upload with its attestation (R62), and with the lists and tags that its people join. `confirms`: the file
    /// is not read before its owner said how. A repeat under the same key finds the first.
    pub async fn create_import(
        &self,
        act: &Act,
        name: &str,
        mut attestation: Acceptance,
        joined: &Joined,
        confirms: bool,
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
                    sql!("mod.sql", "create"),
                    params![
                        &self.account,
                        &import,
                        sealed.clone(),
                        consent.consent,
                        act.now,
                        &act.actor,
                        act.through,
                        i64::from(confirms)
                    ],
                )
                .await?;
                self.check_unpaid_limit(db, Kept::Imports).await?;
                self.note_joined(db, &import, joined, act.now).await?;
                Ok(import.clone())
            })
            .await?;
        self.import(&made).await?.ok_or_else(|| Refusal::NotFound.into())
    }

    /// One upload.
    pub async fn import(&self, import: &str) -> Result<Option<Import>, DbError> {
        let rows = self.db.query(sql!("mod.sql", "one"), params![&self.account, import]).await?;
        rows.first().map(|row| self.read_import(row)).transpose()
    }

    /// The uploads, newest first.
    pub async fn imports(&self, cursor: Option<&str>, limit: usize) -> Result<StoredPage<Import>, DbError> {
        let parameters = params![&self.account, cursor, limit as i64 + 1];
        let rows = self.db.query(sql!("mod.sql", "page"), parameters).await?;
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
        let open = |what: &str, sealed: Option<Vec<u8>>| {
            let Some(sealed) = sealed else { return Ok(None) };
            let opened = self.keys.personal()?.open(&self.place(what, &import), &sealed)?;
            serde_json::from_slice(&opened).map(Some).map_err(|_| DbError::Seal)
        };
        let format = open("import format", row.opt_blob("format")?)?;
        let sheets = open("import sheets", row.opt_blob("sheets")?)?;
        let is_workbook = row.flag("is_workbook")?;
        Ok(Import {
            import,
            name,
            state: row.text("state")?,
            received_bytes: row.number("received_bytes")?,
            confirms: row.flag("confirms")?,
            is_workbook,
            text_bytes: row.number(if is_workbook { "text_bytes" } else { "received_bytes" })?,
            is_text_whole: row.flag("is_text_whole")?,
            sheets,
            rows: row.int("rows_read")?,
            imported: row.int("imported")?,
            updated: row.int("updated")?,
            unchanged: row.int("unchanged")?,
            duplicates: row.int("duplicates")?,
            rejected: row.int("rejected")?,
            blacklisted: row.int("blacklisted")?,
            several: row.int("several")?,
            decision_consents: row.int("decision_consents")?,
            decision_refusals: row.int("decision_refusals")?,
            decision_unclear: row.int("decision_unclear")?,
            format,
            problem_code: row.opt_text("problem_code")?,
            problem_line: row.opt_int("problem_line")?,
            created_at: row.int("created_at")?,
            finished_at: row.opt_int("finished_at")?,
        })
    }

    /// Begins to read a file that is whole, unless another one of the account is being read. Belongs inside a
    /// transaction.
    pub async fn begin_reading(&self, db: &D, import: &str, now: i64) -> Result<bool, DbError> {
        let begun = db.query(sql!("mod.sql", "begin_reading"), params![&self.account, import, now]).await?;
        Ok(!begun.is_empty())
    }

    /// Deletes some pieces of the text that were read, up to a byte; answers whether there may be more. Belongs inside a
    /// transaction.
    pub async fn forget_read(&self, db: &D, import: &str, up_to: u64) -> Result<bool, DbError> {
        self.delete_pieces(db, import, false, i64::try_from(up_to).unwrap_or(i64::MAX)).await
    }

    /// Makes the rows count, once all of them are merged. Belongs inside a transaction. Answers whether the import was
    /// still being read.
    pub async fn complete_import(&self, db: &D, import: &str, now: i64) -> Result<bool, DbError> {
        self.clear_workings(db, import).await?;
        let done = db.query(sql!("mod.sql", "complete"), params![&self.account, import, now]).await?;
        let Some(done) = done.first() else { return Ok(false) };
        let fields = serde_json::json!({
            "import": import, "rows": done.int("rows_read")?, "imported": done.int("imported")?,
            "updated": done.int("updated")?, "unchanged": done.int("unchanged")?,
            "duplicates": done.int("duplicates")?, "rejected": done.int("rejected")?,
            "blacklisted": done.int("blacklisted")?, "actor": done.text("actor")?, "channel": done.text("channel")?,
        });
        let event = NewEvent { kind: "import_completed", campaign: None, fields };
        self.recorder().record(db, now, vec![event]).await?;
        self.mark_soon(db, done.int("rows_read")?, now).await?;
        self.wake_next_import(db, now).await?;
        Ok(true)
    }

    /// What waited for this import goes on. Belongs inside the transaction of its end.
    pub(super) async fn wake_next_import(&self, db: &D, now: i64) -> Result<(), DbError> {
        db.query(sql!("mod.sql", "wake_next"), params![&self.account, now]).await?;
        Ok(())
    }

    /// The rejected rows of the next batch that has some, behind a line, in their order. The cursor of the next page is
    /// the batch's first line.
    pub async fn rejected_rows(
        &self,
        import: &str,
        after: i64,
    ) -> Result<StoredPage<RejectedRow>, StoreError> {
        self.import(import).await?.ok_or(Refusal::NotFound)?;
        let parameters = params![&self.account, import, after];
        let rows = self.db.query(sql!("mod.sql", "rejected"), parameters).await?;
        let Some(row) = rows.first() else { return Ok(StoredPage { items: Vec::new(), next_cursor: None }) };
        let first_line = row.int("first_line")?;
        let place = self.place("rejected rows", &format!("{import} {first_line}"));
        let sealed = self.keys.personal()?.open(&place, &row.blob("sealed")?)?;
        let rows: Vec<(i64, String, String)> =
            serde_json::from_slice(&sealed).map_err(|_| DbError::Column("sealed".to_owned()))?;
        let items = rows.into_iter().map(|(line, code, original)| RejectedRow {
            problem: RowProblem { line, code },
            original: Some(original),
            ended_consent: None,
        });
        Ok(StoredPage { items: items.collect(), next_cursor: Some(first_line.to_string()) })
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
            .query(sql!("mod.sql", "problems"), params![&self.account, import, after, limit as i64 + 1])
            .await?;
        let problems = rows
            .iter()
            .map(|row| Ok(RowProblem { line: row.int("line")?, code: row.text("code")? }))
            .collect::<Result<Vec<_>, DbError>>()?;
        Ok(StoredPage::cut(problems, limit, |problem| problem.line.to_string()))
    }
}
