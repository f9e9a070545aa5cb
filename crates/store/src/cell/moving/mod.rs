//! An account moves to another cell. It stops sending, is copied while nothing of it changes, begins in the new cell,
//! and leaves nothing personal behind; nothing of it is lost, and nothing comes twice.
//!
//! A job of the old cell does it, in steps that can be repeated. While the account leaves it can be read there, and the
//! schema's triggers refuse whatever would change it. How far it is copied stands in the new cell, in the transaction
//! of the copied rows. Messages keep their rows, so links and operators' references go on naming them. The log of the
//! old cell keeps its leaves for good: in the new log they are appended again, in their order, and an event names the
//! old log with its size and root.

mod arriving;
mod leaving;
mod tables;

use domain::cell_name::CellName;
use serde::{Deserialize, Serialize};

use crate::cell::jobs::{self, Job, JobKind, NewJob, Next};
use crate::cell::{Cell, Tenant};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::{json, params};

/// What has to wait for something else is tried again after this.
const WAIT_MS: i64 = 1_000;
/// The rows in the old cell are deleted so long after the account has left: whoever looked for it there meanwhile was
/// still told that it had moved.
const CLEAR_AFTER_MS: i64 = 60_000;

/// How far a move has come: the cursor of its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    /// It waits for what is on its way to an operator; then nothing of the account changes any more.
    Stop,
    /// The new cell makes room.
    Announce,
    Copy,
    /// The account lives in the new cell.
    Arrive,
    /// The directory says so, and it has left the old one.
    Leave,
    /// What came for it to the old cell meanwhile follows it.
    Forward,
    /// Its rows in the old cell are deleted, table by table.
    Clear(usize),
}

impl Phase {
    fn read(cursor: &str) -> Result<Self, DbError> {
        if cursor.is_empty() {
            return Ok(Self::Stop);
        }
        serde_json::from_str(cursor).map_err(|_| DbError::Column("cursor".to_owned()))
    }

    fn next(self) -> Result<Next, DbError> {
        Ok(Next::Again(json(&self)?))
    }
}

/// Whether a move has come to where the directory says the new cell: whoever does the step sees to that first.
pub fn leaves_directory(cursor: &str) -> bool {
    Phase::read(cursor).is_ok_and(|phase| phase == Phase::Leave)
}

impl<D: Database> Cell<'_, D> {
    /// Writes down that an account is to move. Asked again for the same cell it changes nothing. Refused for an account
    /// that is being closed, and for one that is on its way to another cell.
    pub async fn begin_move(&self, account: &str, to: CellName, now: i64) -> Result<(), StoreError> {
        let tenant = self.tenant(account).await?.ok_or(Refusal::NotFound)?;
        transaction(self.db, async |db| {
            if tenant.is_ending(db).await? {
                return Err(Refusal::DeletionAlreadyRequested.into());
            }
            let rows = db
                .query("SELECT subject FROM job WHERE kind = 'move' AND account = ?1", params![account])
                .await?;
            match rows.first().map(|row| row.text("subject")).transpose()? {
                Some(other) if other != to.label() => Err(DbError::AccountMoving.into()),
                Some(_) => Ok(()),
                None => {
                    let label = to.label();
                    let job = NewJob { kind: JobKind::Move, account, subject: &label, due_at: now };
                    Ok(jobs::enqueue(db, &job).await?)
                }
            }
        })
        .await
    }

    /// Whether the cell has heard of the account, and it does not live here: it has left, or is not all here yet.
    pub async fn has_moved(&self, account: &str) -> Result<bool, DbError> {
        let sql = "SELECT 1 FROM account WHERE account = ?1 AND presence IN ('left', 'arriving')";
        Ok(!self.db.query(sql, params![account]).await?.is_empty())
    }
}

impl<D: Database> Tenant<'_, D> {
    /// Whether the account's end was asked for, or has come.
    async fn is_ending(&self, db: &D) -> Result<bool, DbError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE account = ?1 AND state IN ('closing', 'closed'))
               OR EXISTS (SELECT 1 FROM deletion WHERE account = ?1 AND state IN ('scheduled', 'executing')) AS is_ending";
        db.query(sql, params![&self.account]).await?.first().ok_or(DbError::NoRow)?.flag("is_ending")
    }
}

/// A move under way.
pub struct Move<'m, D> {
    /// The cell whose job it is.
    pub from: &'m Cell<'m, D>,
    /// The cell that the job's subject names.
    pub to: &'m Cell<'m, D>,
    /// The job.
    pub job: &'m Job,
}

impl<D: Database> Move<'_, D> {
    /// Does the next step, and answers how the job goes on; `None` if it is somebody else's by now.
    pub async fn step(&self, clock: DatabaseClock, now: i64) -> Result<Option<Next>, DbError> {
        let next = match Phase::read(&self.job.cursor)? {
            Phase::Stop => {
                return self.from.commit_step(self.job, clock, async |db| self.stop(db, now).await).await;
            }
            Phase::Announce => match self.announce().await? {
                true => Phase::Copy.next()?,
                false => Next::At(now + WAIT_MS),
            },
            Phase::Copy => match self.copy_some().await? {
                true => Phase::Copy.next()?,
                false => Phase::Arrive.next()?,
            },
            Phase::Arrive => {
                self.arrive(now).await?;
                Phase::Leave.next()?
            }
            Phase::Leave => {
                return self.from.commit_step(self.job, clock, async |db| self.leave(db, now).await).await;
            }
            Phase::Forward => {
                let forwarded = self.forward(now).await?;
                let forget = async |db: &D| self.forget_forwarded(db, &forwarded).await;
                return self.from.commit_step(self.job, clock, forget).await;
            }
            Phase::Clear(table) => {
                let clear = async |db: &D| self.clear(db, table, now).await;
                return self.from.commit_step(self.job, clock, clear).await;
            }
        };
        self.from.commit_step(self.job, clock, async |_| Ok(next)).await
    }

    fn account(&self) -> &str {
        &self.job.account
    }
}
