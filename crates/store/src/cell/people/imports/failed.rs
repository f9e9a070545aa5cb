//! Uploads that come to nothing: refused as a whole, or stopped on their way; nothing of them is kept (R61).

use crate::cell::Tenant;
use crate::cell::jobs::Next;
use crate::cell::people::imports::packed::contacts_of;
use crate::database::{Database, DbError, transaction};
use crate::{params, sql};

/// A file that got no byte for this long is given up.
pub(super) const STALLED_MS: i64 = 24 * 60 * 60_000;
/// Why such an upload failed.
const STALLED: &str = "upload_interrupted";
/// Where its job stands once it was marked so.
const CLEARING: &str = "clearing";
/// Rows that one statement clears away, so that other writers get their turn.
const CLEAR_ROWS: i64 = 10_000;

impl<D: Database> Tenant<'_, D> {
    /// One step of the job that looks after an upload: whether it still moves, and if not, clears it away (R61).
    /// Belongs inside a transaction.
    pub async fn look_after_import(
        &self,
        db: &D,
        import: &str,
        cursor: &str,
        now: i64,
    ) -> Result<Next, DbError> {
        let rows = db.query(sql!("failed.sql", "touched"), params![&self.account, import]).await?;
        let Some(row) = rows.first() else { return Ok(Next::Done) };
        let stalls_at = row.int("touched_at")? + STALLED_MS;
        if cursor != CLEARING && !row.flag("is_refused")? {
            if stalls_at >= now {
                return Ok(Next::At(stalls_at + 1));
            }
            self.refuse_import(db, import, STALLED, None, now).await?;
        }
        if self.clear_import(db, import, now).await? {
            return Ok(Next::Again(CLEARING.to_owned()));
        }
        Ok(Next::Done)
    }

    /// Refuses a file that is too much while it comes in: nothing of it is kept. One that another request has by now, or
    /// that is whole, is left as it is. It clears away and brings nothing, so that whoever began may be signed out.
    pub async fn fail_file(
        &self,
        import: &str,
        upload: &str,
        code: &str,
        line: Option<i64>,
        now: i64,
    ) -> Result<(), DbError> {
        let parameters = params![&self.account, import, upload, code, now, line];
        if self.db.query(sql!("failed.sql", "refuse_file"), parameters).await?.is_empty() {
            return Ok(());
        }
        while transaction(self.db, async |db| self.clear_import(db, import, now).await).await? {}
        Ok(())
    }

    /// Marks an upload that is under way as refused: from here on it can neither go on nor complete.
    pub async fn refuse_import(
        &self,
        db: &D,
        import: &str,
        code: &str,
        line: Option<i64>,
        now: i64,
    ) -> Result<(), DbError> {
        db.query(sql!("failed.sql", "refuse"), params![&self.account, import, code, now, line]).await?;
        Ok(())
    }

    /// Clears away some of what came of an upload that was refused; answers whether there may be more. Behind the last
    /// of it the upload has failed. Belongs inside a transaction.
    pub async fn clear_import(&self, db: &D, import: &str, now: i64) -> Result<bool, DbError> {
        if db.query(sql!("failed.sql", "is_refused"), params![&self.account, import]).await?.is_empty() {
            return Ok(false);
        }
        let (first, last) = contacts_of(import)?;
        let parameters = params![&self.account, import, first, last, CLEAR_ROWS];
        let cleared = db.query(sql!("failed.sql", "clear_contacts"), parameters).await?;
        if cleared.len() as i64 == CLEAR_ROWS || self.forget_file(db, import).await? {
            return Ok(true);
        }
        self.clear_workings(db, import).await?;
        for statement in [
            "DELETE FROM import_problem WHERE account = ?1 AND import = ?2",
            "DELETE FROM rejected_rows WHERE account = ?1 AND import = ?2",
        ] {
            db.query(statement, params![&self.account, import]).await?;
        }
        db.query(sql!("failed.sql", "fail"), params![&self.account, import, now]).await?;
        self.wake_next_import(db, now).await?;
        Ok(false)
    }

    /// Deletes what an import leaves behind where it was being read.
    pub(super) async fn clear_workings(&self, db: &D, import: &str) -> Result<(), DbError> {
        for statement in [
            "DELETE FROM import_run WHERE account = ?1 AND import = ?2",
            "DELETE FROM contact_change WHERE account = ?1 AND import = ?2",
        ] {
            db.query(statement, params![&self.account, import]).await?;
        }
        Ok(())
    }
}
