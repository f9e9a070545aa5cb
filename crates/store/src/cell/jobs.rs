//! Durable jobs: work for later, written in the transaction of its cause and carried out in steps.
//!
//! A job is taken under a lease by the database's clock. Whoever holds it does one step, whose effect and whose
//! next cursor are one transaction ([`Cell::commit_step`]); so a host that is killed at any instant has done the
//! step or has not, and when its lease runs out another one goes on from there. What fails is put off, longer each
//! time, and is seen in [`Cell::jobs_at_hand`]; all others go on.

use crate::cell::Cell;
use crate::cell::messages::turns::PUT_OFF_MS;
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError, transaction};
use crate::row::Row;
use crate::{hex, params, random, sql};

/// How long a step may take before another host may do it.
const LEASE_MS: i64 = 120_000;
/// A job that failed waits for so long, twice as long each time, and never longer than [`JobKind::wait_ms_max`].
const WAIT_MS: i64 = 60_000;
const WAIT_MS_MAX: i64 = 6 * 60 * 60_000;
/// A busy database is tried again after this.
const MOMENT_MS: i64 = 1_000;
/// Jobs that are shown at once.
const SHOWN_MAX: i64 = 500;

/// What there is to do later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobKind {
    /// Carries out the deletion of an account once its day has come.
    Deletion,
    /// Cuts the write-ahead log after an erasure, so that nothing that was overwritten stands there.
    LogFile,
    /// Signs a checkpoint of the log, which has grown.
    Checkpoint,
    /// Asks operators for last words of which they only gave notice.
    Results,
    /// Reads a file of contacts, and merges it into the base.
    Import,
    /// Clears away an upload that stopped moving.
    StalledImport,
    /// Lists a refusal that could not be listed for an account when it came.
    Refusal,
    /// Moves an account to the cell that its subject names.
    Move,
    /// Learns from what happened, and scores contacts.
    Scoring,
    /// Marks contacts by what they are found by.
    Marks,
    /// Brings an account's blacklist up to the service's blacklist.
    ServiceBlacklist,
    /// Has an operator ask the networks of numbers about them.
    Lookup,
}

impl JobKind {
    /// Each of them.
    pub const ALL: [Self; 12] = [
        Self::Deletion,
        Self::LogFile,
        Self::Checkpoint,
        Self::Results,
        Self::Import,
        Self::StalledImport,
        Self::Refusal,
        Self::Move,
        Self::Scoring,
        Self::Marks,
        Self::ServiceBlacklist,
        Self::Lookup,
    ];

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deletion => "deletion",
            Self::LogFile => "log_file",
            Self::Checkpoint => "checkpoint",
            Self::Results => "results",
            Self::Import => "import",
            Self::StalledImport => "stalled_import",
            Self::Refusal => "refusal",
            Self::Move => "move",
            Self::Scoring => "scoring",
            Self::Marks => "marks",
            Self::ServiceBlacklist => "service_blacklist",
            Self::Lookup => "lookup",
        }
    }

    /// How long one that fails waits at most. While a refusal waits its account may send again, and while an account
    /// moves, or is behind the service's blacklist, it may not send: they are tried as often as what is broken with an account
    /// is.
    const fn wait_ms_max(self) -> i64 {
        match self {
            Self::Refusal | Self::Move | Self::ServiceBlacklist => PUT_OFF_MS,
            _ => WAIT_MS_MAX,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A job to be written down.
pub(crate) struct NewJob<'j> {
    pub kind: JobKind,
    /// `acc_…`; empty for work of the whole cell.
    pub account: &'j str,
    /// What it is about, where an account can have several of a kind; else empty.
    pub subject: &'j str,
    /// Unix milliseconds.
    pub due_at: i64,
}

/// A job under the lease of whoever took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its row.
    pub id: i64,
    /// What is to be done.
    pub kind: JobKind,
    /// `acc_…`; empty for work of the whole cell.
    pub account: String,
    /// What it is about; may be empty.
    pub subject: String,
    /// How far it has come, in the words of its kind; empty at the beginning.
    pub cursor: String,
    lease: String,
    /// Whether whoever has it goes on with it: its lease begins anew with each step, and nobody else takes it between.
    is_kept: bool,
}

impl Job {
    /// The same job, one step further.
    pub fn at(self, cursor: String) -> Self {
        Self { cursor, ..self }
    }
}

/// How a job goes on after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// At once, behind all others that are due, from this cursor.
    Again(String),
    /// Not before an instant, Unix milliseconds.
    At(i64),
    /// From this cursor, and not before an instant.
    Later(String, i64),
    /// It is over.
    Done,
}

/// A job as whoever keeps the deployment sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobAtHand {
    /// What is to be done.
    pub kind: JobKind,
    /// `acc_…`; empty for work of the whole cell.
    pub account: String,
    /// What it is about; may be empty.
    pub subject: String,
    /// When it goes on, Unix milliseconds.
    pub due_at: i64,
    /// How often it failed in a row.
    pub tries: i64,
    /// Why it failed last.
    pub error: Option<String>,
}

/// Writes a job down, or moves one of the same kind, account and subject forward that waits for its time. It
/// belongs into the transaction of its cause. One that is being done, or failed, keeps its time: what a step
/// leaves undone it finds when it commits.
pub(crate) async fn enqueue<D: Database>(db: &D, job: &NewJob<'_>) -> Result<(), DbError> {
    db.query(sql!("jobs.sql", "enqueue"), params![job.kind.as_str(), job.account, job.subject, job.due_at])
        .await?;
    Ok(())
}

/// Forgets a job whose cause was taken back. It belongs into the transaction that does.
pub(crate) async fn withdraw<D: Database>(
    db: &D,
    kind: JobKind,
    account: &str,
    subject: &str,
) -> Result<(), DbError> {
    db.query(
        "DELETE FROM job WHERE kind = ?1 AND account = ?2 AND subject = ?3",
        params![kind.as_str(), account, subject],
    )
    .await?;
    Ok(())
}

impl<D: Database> Cell<'_, D> {
    /// Takes the job that is due longest, if one is. Its try is counted now, so that one that kills whoever takes it
    /// waits longer each time too.
    pub async fn take_job(&self, clock: DatabaseClock) -> Result<Option<Job>, DbError> {
        if self.db.query(sql!("jobs.sql", "due"), params![clock.shift_ms]).await?.is_empty() {
            return Ok(None);
        }
        let lease = hex(&random::<16>()?);
        let parameters = params![clock.shift_ms, &lease, LEASE_MS, WAIT_MS, WAIT_MS_MAX, PUT_OFF_MS];
        let rows = self.db.query(sql!("jobs.sql", "take"), parameters).await?;
        rows.first().map(|row| read(row, lease, false)).transpose()
    }

    /// Takes that very job, if nobody has it, to do several steps of it: whoever caused it may do some of it at once.
    /// `None` where another has it, or it is over. What is left is left to others ([`Cell::leave_job`]).
    pub async fn take_job_of(
        &self,
        kind: JobKind,
        account: &str,
        subject: &str,
        clock: DatabaseClock,
    ) -> Result<Option<Job>, DbError> {
        let lease = hex(&random::<16>()?);
        let parameters = params![clock.shift_ms, &lease, LEASE_MS, kind.as_str(), account, subject];
        let rows = self.db.query(sql!("jobs.sql", "take_one"), parameters).await?;
        rows.first().map(|row| read(row, lease, true)).transpose()
    }

    /// Does what a step changes, and writes down how the job goes on, in one transaction. `work` looks at what is left
    /// itself, so that no cause that came meanwhile is forgotten. `None` if the lease ran out and somebody else has
    /// the job, or it was withdrawn: then nothing is done.
    pub async fn commit_step<E: From<DbError>>(
        &self,
        job: &Job,
        clock: DatabaseClock,
        work: impl AsyncFnOnce(&D) -> Result<Next, E>,
    ) -> Result<Option<Next>, E> {
        transaction(self.db, async |db| {
            let held = db
                .query("SELECT 1 FROM job WHERE id = ?1 AND lease = ?2", params![job.id, &job.lease])
                .await?;
            if held.is_empty() {
                return Ok(None);
            }
            let next = work(db).await?;
            go_on(db, job, &next, clock).await?;
            Ok(Some(next))
        })
        .await
    }

    /// Writes down what a step is about to do outside of the cell and must not do twice, under the job's lease, which is
    /// held still and lasts for so long at least. `None` if it does not: then nothing may leave.
    pub async fn note_before<T, E: From<DbError>>(
        &self,
        job: &Job,
        clock: DatabaseClock,
        lasts_ms: i64,
        work: impl AsyncFnOnce(&D) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        transaction(self.db, async |db| {
            let parameters = params![job.id, &job.lease, clock.shift_ms, lasts_ms];
            if db.query(sql!("jobs.sql", "lasts"), parameters).await?.is_empty() {
                return Ok(None);
            }
            work(db).await.map(Some)
        })
        .await
    }

    /// Puts a job off that failed. It keeps its cursor, and waits longer each time.
    pub async fn put_job_off(&self, job: &Job, error: &str, clock: DatabaseClock) -> Result<(), DbError> {
        let parameters = params![job.id, &job.lease, error, clock.shift_ms, WAIT_MS, job.kind.wait_ms_max()];
        self.db.query(sql!("jobs.sql", "put_off"), parameters).await?;
        Ok(())
    }

    /// Gives a job back that was not tried for no fault of its own, such as a busy database. It waits a moment.
    pub async fn give_job_back(&self, job: &Job, clock: DatabaseClock) -> Result<(), DbError> {
        let parameters = params![job.id, &job.lease, clock.shift_ms, MOMENT_MS];
        self.db.query(sql!("jobs.sql", "give_back"), parameters).await?;
        Ok(())
    }

    /// Leaves a job of which several steps were done ([`Cell::take_job_of`]) to whoever takes it next: it is due at once.
    pub async fn leave_job(&self, job: &Job, clock: DatabaseClock) -> Result<(), DbError> {
        self.db.query(sql!("jobs.sql", "leave"), params![job.id, &job.lease, clock.shift_ms]).await?;
        Ok(())
    }

    /// The jobs that there are: those that fail first, then the next that are due.
    pub async fn jobs_at_hand(&self) -> Result<Vec<JobAtHand>, DbError> {
        let rows = self.db.query(sql!("jobs.sql", "at_hand"), params![SHOWN_MAX]).await?;
        let at_hand = |row: &Row| {
            Ok(JobAtHand {
                kind: row.read("kind", JobKind::parse)?,
                account: row.text("account")?,
                subject: row.text("subject")?,
                due_at: row.int("due_at")?,
                tries: row.int("tries")?,
                error: row.opt_text("error")?,
            })
        };
        rows.iter().map(at_hand).collect()
    }
}

/// Writes down how a job goes on. Belongs inside the transaction of the step.
async fn go_on<D: Database>(db: &D, job: &Job, next: &Next, clock: DatabaseClock) -> Result<(), DbError> {
    let (cursor, due_at) = match next {
        Next::Done => {
            db.query("DELETE FROM job WHERE id = ?1", params![job.id]).await?;
            return Ok(());
        }
        Next::Again(cursor) if job.is_kept => {
            let parameters = params![job.id, cursor, clock.shift_ms, LEASE_MS];
            db.query(sql!("jobs.sql", "keep_on"), parameters).await?;
            return Ok(());
        }
        Next::Again(cursor) => (cursor.as_str(), None),
        Next::At(due_at) => (job.cursor.as_str(), Some(*due_at)),
        Next::Later(cursor, due_at) => (cursor.as_str(), Some(*due_at)),
    };
    db.query(sql!("jobs.sql", "go_on"), params![job.id, cursor, due_at, clock.shift_ms]).await?;
    Ok(())
}

fn read(row: &Row, lease: String, is_kept: bool) -> Result<Job, DbError> {
    Ok(Job {
        id: row.int("id")?,
        kind: row.read("kind", JobKind::parse)?,
        account: row.text("account")?,
        subject: row.text("subject")?,
        cursor: row.text("cursor")?,
        lease,
        is_kept,
    })
}
