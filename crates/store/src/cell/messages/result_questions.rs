//! Last words that an operator only gives notice of: they are to be asked for (R85, R89).

use crate::cell::Cell;
use crate::cell::jobs::{self, JobKind, NewJob, Next};
use crate::database::{Database, DbError, transaction};
use crate::{json, params, sql};

/// A message whose last word is to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultQuestion {
    /// The row.
    pub id: i64,
    /// `msg_…`
    pub message: String,
    /// Which operator has it.
    pub operator: String,
    /// What that operator calls it.
    pub reference: String,
}

impl<D: Database> Cell<'_, D> {
    /// Notes that Mobizon has a last word on the message that it calls so; answers whether there is one
    /// that waits for it.
    pub async fn ask_for_result(&self, reference: &str, now: i64) -> Result<bool, DbError> {
        transaction(self.db, async |db| {
            let rows = db.query(sql!("result_questions.sql", "ask"), params![reference, now]).await?;
            if rows.is_empty() {
                return Ok(false);
            }
            let job = NewJob { kind: JobKind::Results, account: "", subject: "", due_at: now };
            jobs::enqueue(db, &job).await?;
            Ok(true)
        })
        .await
    }

    /// Whether something is on its way to an operator of which no answer is written down yet.
    pub async fn has_open_hand_overs(&self, operator: &str) -> Result<bool, DbError> {
        let rows = self
            .db
            .query(
                "SELECT EXISTS (SELECT 1 FROM message WHERE state = 'leased' AND operator = ?1)
                   OR EXISTS (SELECT 1 FROM message WHERE state = 'unknown' AND operator = ?1) AS is_open",
                params![operator],
            )
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.int("is_open"))? != 0)
    }

    /// What is to be asked, the longest waiting first.
    pub async fn result_questions(&self, limit: usize, now: i64) -> Result<Vec<ResultQuestion>, DbError> {
        let rows = self.db.query(sql!("result_questions.sql", "due"), params![now, limit as i64]).await?;
        rows.iter()
            .map(|row| {
                Ok(ResultQuestion {
                    id: row.int("id")?,
                    message: row.text("message")?,
                    operator: row.text("operator")?,
                    reference: row.text("operator_reference")?,
                })
            })
            .collect()
    }

    /// Drops the questions that are answered, puts the others that were asked off, and says when there is one to ask
    /// again. Belongs inside a transaction.
    pub async fn results_asked(&self, db: &D, messages: &[String], again_at: i64) -> Result<Next, DbError> {
        db.query(
            "DELETE FROM result_question WHERE message IN
                   (SELECT q.message FROM result_question q CROSS JOIN message m ON m.message = q.message
                    WHERE m.state <> 'handed_over')",
            params![],
        )
        .await?;
        db.query(
            "UPDATE result_question SET ask_at = ?2 WHERE message IN (SELECT value FROM json_each(?1))",
            params![json(&messages)?, again_at],
        )
        .await?;
        let rows = db.query("SELECT min(ask_at) AS ask_at FROM result_question", params![]).await?;
        let next = rows.first().ok_or(DbError::NoRow)?.opt_int("ask_at")?;
        Ok(next.map_or(Next::Done, Next::At))
    }
}
