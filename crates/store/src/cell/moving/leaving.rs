//! The old cell's part of a move: it stops the account, lets it go, and forgets it.

use serde::{Deserialize, Serialize};

use crate::cell::jobs::{self, JobKind, NewJob, Next};
use crate::cell::messages::turns::IDLE_MS;
use crate::cell::moving::tables::{TABLES, Table};
use crate::cell::moving::{CLEAR_AFTER_MS, Move, Phase, WAIT_MS};
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{json, params, sql};

/// Rows that one step deletes, so that other writers get their turn.
const CLEAR_ROWS: i64 = 10_000;
/// An account that is waited for has no turn for so long: one that was only put behind is looked at where nobody waits.
const REST_MS: i64 = IDLE_MS + 10 * WAIT_MS;

/// What came to the old cell and followed: it is forgotten there.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Forwarded {
    /// Messages on which a report waited.
    reports: Vec<String>,
    /// Messages whose last word is to be asked for.
    questions: Vec<String>,
}

impl<D: Database> Move<'_, D> {
    /// Once nothing of the account is on its way to an operator, nothing of it changes here any more. Until then it
    /// takes nothing new for sending. Belongs inside the transaction of the step.
    pub(super) async fn stop(&self, db: &D, now: i64) -> Result<Next, DbError> {
        let rows = db.query(sql!("leaving.sql", "may_leave"), params![self.account()]).await?;
        let row = rows.first().ok_or(DbError::NoRow)?;
        // Its end was asked for meanwhile.
        if row.flag("is_ending")? {
            return Ok(Next::Done);
        }
        if row.flag("is_sending")? {
            let rest = "UPDATE turn SET not_before = max(not_before, ?2) WHERE account = ?1";
            db.query(rest, params![self.account(), now + REST_MS]).await?;
            return Ok(Next::At(now + WAIT_MS));
        }
        for statement in [
            "UPDATE account SET presence = 'leaving', elsewhere = ?2 WHERE account = ?1 AND presence = 'here'",
            // Its campaigns cannot change while it leaves, so it stays out of every line.
            "UPDATE turn SET due_at = NULL WHERE account = ?1 AND ?2 IS NOT NULL",
        ] {
            db.query(statement, params![self.account(), &self.job.subject]).await?;
        }
        Phase::Announce.next()
    }

    /// The account has left. Refusals that wait stay here: whoever lists them finds out where the account lives.
    /// Belongs inside the transaction of the step.
    pub(super) async fn leave(&self, db: &D, now: i64) -> Result<Next, DbError> {
        let left = db
            .query(
                "UPDATE account SET presence = 'left' WHERE account = ?1 AND presence = 'leaving' RETURNING 1",
                params![self.account()],
            )
            .await?;
        if left.is_empty() {
            return Phase::Forward.next();
        }
        db.query(
            "DELETE FROM job WHERE account = ?1 AND kind NOT IN ('move', 'refusal')",
            params![self.account()],
        )
        .await?;
        Ok(Next::At(now + CLEAR_AFTER_MS))
    }

    /// Takes what came for the account to the old cell while it moved into the new one. What was taken is only
    /// forgotten after this, and what comes twice changes nothing.
    pub(super) async fn forward(&self, now: i64) -> Result<Forwarded, DbError> {
        let account = self.account();
        let reports = self.from.db.query(sql!("leaving.sql", "reports"), params![account]).await?;
        let questions = self.from.db.query(sql!("leaving.sql", "questions"), params![account]).await?;
        let named = |rows: &[Row]| rows.iter().map(|row| row.text("message")).collect::<Result<Vec<_>, _>>();
        let forwarded = Forwarded { reports: named(&reports)?, questions: named(&questions)? };
        transaction(self.to.db, async |db| {
            for row in &reports {
                db.query(sql!("leaving.sql", "take_report"), params![row.text("report")?]).await?;
            }
            if !forwarded.questions.is_empty() {
                let parameters = params![json(&forwarded.questions)?, now];
                db.query(sql!("leaving.sql", "take_questions"), parameters).await?;
                let job = NewJob { kind: JobKind::Results, account: "", subject: "", due_at: now };
                jobs::enqueue(db, &job).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        Ok(forwarded)
    }

    pub(super) async fn forget_forwarded(&self, db: &D, forwarded: &Forwarded) -> Result<Next, DbError> {
        for (table, messages) in
            [("waiting_report", &forwarded.reports), ("result_question", &forwarded.questions)]
        {
            let sql = format!("DELETE FROM {table} WHERE message IN (SELECT value FROM json_each(?1))");
            db.query(&sql, params![json(messages)?]).await?;
        }
        Phase::Clear(0).next()
    }

    /// Deletes the next rows of the account, the last table's first. Credited payments stay: a bank that repeats one
    /// is answered from here. Belongs inside the transaction of the step.
    pub(super) async fn clear(&self, db: &D, table: usize, now: i64) -> Result<Next, DbError> {
        let account = self.account();
        let Some(next) = TABLES.iter().rev().filter(|table| table.name != "payment").nth(table) else {
            return self.end(db, now).await;
        };
        let more = next.delete(db, account, rows_at_once(next)).await?;
        Phase::Clear(if more { table } else { table + 1 }).next()
    }

    /// The last rows, and both keys: what is left of the account opens nothing and names nobody. What stood in the
    /// file may still stand in its write-ahead log, which is cut (R158).
    async fn end(&self, db: &D, now: i64) -> Result<Next, DbError> {
        for statement in [
            "DELETE FROM event WHERE account = ?1",
            "DELETE FROM shown_log WHERE account = ?1",
            "DELETE FROM turn WHERE account = ?1",
            "UPDATE personal_key SET wrapped = zeroblob(length(wrapped))
             WHERE id = (SELECT personal_key FROM account WHERE account = ?1)",
            "UPDATE account SET profile = NULL, personal_key = NULL, evidence_key = zeroblob(length(evidence_key))
             WHERE account = ?1",
        ] {
            db.query(statement, params![self.account()]).await?;
        }
        let cut = NewJob { kind: JobKind::LogFile, account: "", subject: self.account(), due_at: now };
        jobs::enqueue(db, &cut).await?;
        Ok(Next::Done)
    }
}

/// A recording's pieces fill many pages each.
fn rows_at_once(table: &Table) -> i64 {
    if table.name == "audio_piece" { 20 } else { CLEAR_ROWS }
}
