//! What came for an account to the cell that it left follows it: nobody sends it again.

use crate::cell::jobs::{self, JobKind, NewJob, Next};
use crate::cell::moving::{Move, Phase};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{StoreError, json, params, sql};

/// What followed: it is forgotten in the old cell.
struct Forwarded {
    /// Messages on which a report waited.
    reports: Vec<String>,
    /// Messages whose last word is to be asked for.
    questions: Vec<String>,
    /// Acts, by their rows.
    acts: Vec<i64>,
}

impl<D: Database> Move<'_, D> {
    /// Takes to the new cell what waits in the old one, and then forgets it there. Before the account begins to send, so
    /// that whoever refused is written to no more, and what was reported on is not sent again. What is taken twice
    /// changes nothing.
    pub(super) async fn forward(
        &self,
        clock: DatabaseClock,
        now: i64,
        next: Phase,
    ) -> Result<Option<Next>, DbError> {
        for cell in [self.from, self.to] {
            match cell.list_waiting_refusals_of(self.account(), self.to, now).await {
                Ok(()) => {}
                Err(StoreError::Db(error)) => return Err(error),
                Err(StoreError::Refused(refusal)) => return Err(DbError::Other(format!("{refusal:?}"))),
            }
        }
        let acts = self.forward_acts().await?;
        let forwarded = self.forward_reports(acts, now).await?;
        self.from
            .commit_step(self.job, clock, async |db| {
                self.forget(db, &forwarded).await?;
                next.next()
            })
            .await
    }

    async fn forward_reports(&self, acts: Vec<i64>, now: i64) -> Result<Forwarded, DbError> {
        let account = self.account();
        let reports = self.from.db.query(sql!("forwarding.sql", "reports"), params![account]).await?;
        let questions = self.from.db.query(sql!("forwarding.sql", "questions"), params![account]).await?;
        let named = |rows: &[Row]| rows.iter().map(|row| row.text("message")).collect::<Result<Vec<_>, _>>();
        let forwarded = Forwarded { reports: named(&reports)?, questions: named(&questions)?, acts };
        transaction(self.to.db, async |db| {
            for row in &reports {
                db.query(sql!("forwarding.sql", "take_report"), params![row.text("report")?]).await?;
            }
            if !forwarded.questions.is_empty() {
                let parameters = params![json(&forwarded.questions)?, now];
                db.query(sql!("forwarding.sql", "take_questions"), parameters).await?;
                let job = NewJob { kind: JobKind::Results, account: "", subject: "", due_at: now };
                jobs::enqueue(db, &job).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        self.block_what_was_reported_on(&forwarded.reports, now).await?;
        Ok(forwarded)
    }

    /// A message that was believed not to be with its operator, and is queued again, must not go out again.
    async fn block_what_was_reported_on(&self, messages: &[String], now: i64) -> Result<(), DbError> {
        if messages.is_empty() {
            return Ok(());
        }
        let rows =
            self.to.db.query(sql!("forwarding.sql", "reported_while_queued"), params![json(&messages)?]);
        for row in &rows.await? {
            self.to.block_as_reported(row.int("id")?, now).await?;
        }
        Ok(())
    }

    /// Records the acts that came while the account left; answers their rows.
    async fn forward_acts(&self) -> Result<Vec<i64>, DbError> {
        let account = self.account();
        let rows = self.from.db.query(sql!("forwarding.sql", "acts"), params![account]).await?;
        let mut acts = Vec::with_capacity(rows.len());
        if rows.is_empty() {
            return Ok(acts);
        }
        let tenant = self.to.tenant(account).await?.ok_or(DbError::AccountMoving)?;
        for row in &rows {
            let sealed = row.blob("sealed")?;
            tenant.record_waiting_act(&sealed, &self.from.open_act(account, &sealed)?).await?;
            acts.push(row.int("id")?);
        }
        Ok(acts)
    }

    async fn forget(&self, db: &D, forwarded: &Forwarded) -> Result<(), DbError> {
        let Forwarded { reports, questions, acts } = forwarded;
        for (statement, rows) in [
            ("DELETE FROM waiting_report WHERE message IN (SELECT value FROM json_each(?1))", json(reports)?),
            (
                "DELETE FROM result_question WHERE message IN (SELECT value FROM json_each(?1))",
                json(questions)?,
            ),
            ("DELETE FROM waiting_act WHERE id IN (SELECT value FROM json_each(?1))", json(acts)?),
        ] {
            db.query(statement, params![rows]).await?;
        }
        Ok(())
    }
}
