//! Uploads that come to nothing: refused as a whole, or stopped on their way; nothing of them is kept (R61).

use crate::cell::Tenant;
use crate::cell::jobs::Next;
use crate::database::{Database, DbError, transaction};
use crate::{params, sql};

/// An upload that has not moved for this long is dead: its rows are cleared away by its job, or by the next upload.
pub(super) const STALLED_MS: i64 = 60_000;
/// Why such an upload failed.
pub(super) const STALLED: &str = "upload_interrupted";
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
        let rows = db.query(sql!("failed_imports.sql", "touched"), params![&self.account, import]).await?;
        let Some(row) = rows.first() else { return Ok(Next::Done) };
        let stalls_at = row.int("touched_at")? + STALLED_MS;
        if cursor != CLEARING {
            if stalls_at >= now {
                return Ok(Next::At(stalls_at + 1));
            }
            self.mark_failed(db, import, STALLED, None, now).await?;
        }
        if !self.clear_rows(db, import).await? {
            return Ok(Next::Again(CLEARING.to_owned()));
        }
        self.end_failed(db, import, now).await?;
        Ok(Next::Done)
    }

    /// Refuses the whole file: nothing of it is kept. An upload that is not under way is left as it is. It clears
    /// away and brings nothing, so that whoever began may be signed out by now.
    pub async fn fail_import(
        &self,
        import: &str,
        code: &str,
        line: Option<i64>,
        now: i64,
    ) -> Result<(), DbError> {
        if !self.mark_failed(self.db, import, code, line, now).await? {
            return Ok(());
        }
        while !self.clear_rows(self.db, import).await? {}
        transaction(self.db, async |db| self.end_failed(db, import, now).await).await
    }

    /// Answers whether the upload was under way.
    async fn mark_failed(
        &self,
        db: &D,
        import: &str,
        code: &str,
        line: Option<i64>,
        now: i64,
    ) -> Result<bool, DbError> {
        let marked = db
            .query(sql!("failed_imports.sql", "mark_failed"), params![&self.account, import, code, now, line])
            .await?;
        Ok(!marked.is_empty())
    }

    /// Deletes contacts of an upload; answers whether they were the last.
    async fn clear_rows(&self, db: &D, import: &str) -> Result<bool, DbError> {
        let cleared = db
            .query(sql!("failed_imports.sql", "clear_contacts"), params![&self.account, import, CLEAR_ROWS])
            .await?;
        Ok((cleared.len() as i64) < CLEAR_ROWS)
    }

    /// Belongs inside a transaction.
    async fn end_failed(&self, db: &D, import: &str, now: i64) -> Result<(), DbError> {
        db.query(
            "DELETE FROM import_problem WHERE account = ?1 AND import = ?2",
            params![&self.account, import],
        )
        .await?;
        db.query(sql!("failed_imports.sql", "fail"), params![&self.account, import, now]).await?;
        Ok(())
    }
}
