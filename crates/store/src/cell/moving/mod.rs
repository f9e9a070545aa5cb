//! An account moves to another cell. It stops sending, is copied while nothing of it changes, begins in the new cell,
//! and leaves nothing personal behind; nothing of it is lost, and nothing comes twice.
//!
//! A job of the old cell does it, in steps that can be repeated, and until the account has arrived it can be told to stay.
//! While it leaves it can be read, and the
//! schema's triggers refuse whatever would change it. How far it is copied stands in the new cell, in the transaction
//! of the copied rows. Messages keep their rows, so links and operators' references go on naming them. The log of the
//! old cell keeps its leaves for good: in the new log they are appended again, in their order, and an event names the
//! old log with its size and root.

mod arriving;
mod forwarding;
mod leaving;
mod tables;

use domain::cell_name::CellName;
use serde::{Deserialize, Serialize};

use crate::cell::jobs::{self, Job, JobKind, NewJob, Next};
use crate::cell::{Cell, Tenant};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
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
    /// The account is whole in the new cell, and rests there.
    Arrive,
    /// The directory says so, and it has left the old one.
    Leave,
    /// What came for it to the old cell meanwhile follows it.
    Forward,
    /// It sends from the new cell.
    Begin,
    /// What came since, from whoever had looked for it before.
    ForwardLast,
    /// Its rows in the old cell are deleted, table by table.
    Clear(usize),
    /// It stays after all: what was copied is deleted, table by table.
    Undo(usize),
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

    /// Whether the account can still stay where it is.
    const fn can_be_undone(self) -> bool {
        matches!(self, Self::Stop | Self::Announce | Self::Copy)
    }
}

/// What a move's job is about: which cell, and which move of the account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Where it goes.
    pub cell: CellName,
    /// How often the account had moved when this was asked for, by the directory.
    pub moves: i64,
}

impl Destination {
    /// The job's subject.
    fn subject(self) -> String {
        format!("{} {}", self.cell.label(), self.moves)
    }

    /// Read from the job's subject.
    pub fn of(job: &Job) -> Result<Self, DbError> {
        let read = |subject: &str| {
            let (label, moves) = subject.split_once(' ')?;
            Some(Self { cell: CellName::parse(label)?, moves: moves.parse().ok()? })
        };
        read(&job.subject).ok_or_else(|| DbError::Column("subject".to_owned()))
    }
}

/// Whether a move has come to where the directory says the new cell: whoever does the step sees to that first.
pub fn leaves_directory(cursor: &str) -> bool {
    Phase::read(cursor).is_ok_and(|phase| phase == Phase::Leave)
}

/// Whether the account has left: from then on it is wherever the directory says.
pub fn has_left(cursor: &str) -> bool {
    let follows =
        |phase| matches!(phase, Phase::Forward | Phase::Begin | Phase::ForwardLast | Phase::Clear(_));
    Phase::read(cursor).is_ok_and(follows)
}

impl<D: Database> Cell<'_, D> {
    /// Writes down that an account is to move. Asked again for the same cell it changes nothing. Refused for an account
    /// that is being closed, and for one that is on its way to another cell.
    pub async fn begin_move(&self, account: &str, to: Destination, now: i64) -> Result<(), StoreError> {
        let tenant = self.tenant(account).await?.ok_or(Refusal::NotFound)?;
        transaction(self.db, async |db| {
            if tenant.is_ending(db).await? {
                return Err(Refusal::DeletionAlreadyRequested.into());
            }
            let subject = to.subject();
            match self.move_of(db, account).await? {
                Some(row) if row.text("subject")? != subject => Err(DbError::AccountMoving.into()),
                Some(_) => Ok(()),
                None => {
                    let job = NewJob { kind: JobKind::Move, account, subject: &subject, due_at: now };
                    Ok(jobs::enqueue(db, &job).await?)
                }
            }
        })
        .await
    }

    /// An account that is to move stays after all, if it has not arrived yet. Answers whether it stays: nothing of a
    /// move is under way any more.
    pub async fn undo_move(&self, account: &str, now: i64) -> Result<bool, StoreError> {
        transaction(self.db, async |db| {
            let Some(row) = self.move_of(db, account).await? else { return Ok(true) };
            let phase = Phase::read(&row.text("cursor")?)?;
            if phase.can_be_undone() {
                // Whoever is doing a step finds that it has lost the job.
                db.query(
                    "UPDATE job SET cursor = ?2, due_at = ?3, tries = 0, lease = NULL, error = NULL WHERE id = ?1",
                    params![row.int("id")?, json(&Phase::Undo(0))?, now],
                )
                .await?;
            } else if !matches!(phase, Phase::Undo(_)) {
                return Err(DbError::AccountMoving.into());
            }
            Ok(false)
        })
        .await
    }

    async fn move_of(&self, db: &D, account: &str) -> Result<Option<Row>, DbError> {
        let sql = "SELECT id, subject, cursor FROM job WHERE kind = 'move' AND account = ?1";
        Ok(db.query(sql, params![account]).await?.into_iter().next())
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
    /// The cell that the job is about; once the account has left, the one in which it lives.
    pub to: &'m Cell<'m, D>,
    /// The job.
    pub job: &'m Job,
}

impl<D: Database> Move<'_, D> {
    /// Does the next step, and answers how the job goes on; `None` if it is somebody else's by now.
    pub async fn step(&self, clock: DatabaseClock, now: i64) -> Result<Option<Next>, DbError> {
        let next = match Phase::read(&self.job.cursor)? {
            Phase::Stop => {
                let has_room = self.has_room().await?;
                let stop = async |db: &D| self.stop(db, has_room, now).await;
                return self.from.commit_step(self.job, clock, stop).await;
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
                return self.from.commit_step(self.job, clock, async |db| self.leave(db).await).await;
            }
            Phase::Forward => return self.forward(clock, now, Phase::Begin).await,
            Phase::Begin => {
                self.begin().await?;
                Next::Later(json(&Phase::ForwardLast)?, now + CLEAR_AFTER_MS)
            }
            Phase::ForwardLast => return self.forward(clock, now, Phase::Clear(0)).await,
            Phase::Clear(table) => {
                let clear = async |db: &D| self.clear(db, table, now).await;
                return self.from.commit_step(self.job, clock, clear).await;
            }
            Phase::Undo(table) => match self.clear_copy(table).await? {
                Some(table) => Phase::Undo(table).next()?,
                None => {
                    return self.from.commit_step(self.job, clock, async |db| self.stay(db, now).await).await;
                }
            },
        };
        self.from.commit_step(self.job, clock, async |_| Ok(next)).await
    }

    fn account(&self) -> &str {
        &self.job.account
    }
}
