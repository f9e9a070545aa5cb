//! A file of contacts that is here is read and merged into the base, in steps that can each be done by another host: by
//! the request that brought the file, as far as its time goes, and by the job behind it (R61, R70).
//!
//! ```text
//! begin ─▶ read, a batch a step ─▶ merge, a part a step ─▶ change, some contacts a step ─▶ forget the file ─▶ complete
//!                  └─ a fault: clear what came of it ─▶ failed
//! ```

pub mod format;
mod read;
mod rows;

use api::Code;
use domain::unpaid::Kept;
use serde::{Deserialize, Serialize};
use store::cell::{Cell, Import, Job, Next, Tenant};
use store::{Database, DatabaseClock, DbError, Refusal, StoreError};

pub use format::{FIELD_NAME_CHARACTERS_MAX, Format};
pub use rows::{FIELD_CHARACTERS_MAX, NAME_CHARACTERS_MAX};

/// An import that waits for another one of its account is woken by its end; it is looked at again after this all the same.
const WAIT_MS: i64 = 10_000;
/// The parts of the numbers' hashes: some 30,000 short rows each, and no more than this many.
const PART_BYTES: u64 = 1024 * 1024;
const PARTS_MAX: u64 = 256;

/// How far an import has come: the cursor of its job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum Stage {
    /// Reads on from a byte of the file, with which a line begins.
    Read { byte: u64, line: i64 },
    /// Merges a part of the numbers.
    Merge { part: i64 },
    /// Changes contacts behind one.
    Change { after: String },
    /// Deletes what is left of the file.
    Forget,
    /// The file was refused: what came of it goes.
    Clear,
}

impl Stage {
    fn next(&self) -> Result<Next, DbError> {
        serde_json::to_string(self).map(Next::Again).map_err(|error| DbError::Other(error.to_string()))
    }
}

/// What a step works with.
pub struct Bench<'b, D> {
    /// The cell of the account.
    pub cell: &'b Cell<'b, D>,
    /// The account.
    pub tenant: &'b Tenant<'b, D>,
    /// By which the job's lease counts.
    pub clock: DatabaseClock,
    /// Unix milliseconds.
    pub now: i64,
    /// The most rows that a file may have.
    pub rows_max: i64,
}

/// Does one step of an import; answers how it goes on, or `None` if somebody else has it by now.
pub async fn step<D: Database>(bench: &Bench<'_, D>, job: &Job) -> Result<Option<Next>, StoreError> {
    let Some(import) = bench.tenant.import(&job.subject).await? else {
        return bench.commit(job, async |_| Ok(Next::Done)).await;
    };
    // It was refused, by whomever: what came of it goes.
    if import.problem_code.is_some() {
        return bench.clear(job).await;
    }
    if job.cursor.is_empty() {
        return bench.begin(job, &import).await;
    }
    let stage: Stage = serde_json::from_str(&job.cursor).map_err(|_| DbError::Column("cursor".to_owned()))?;
    // An erasure or a move ended it.
    if !matches!(import.state.as_str(), "queued" | "reading") {
        return bench.commit(job, async |_| Ok(Next::Done)).await;
    }
    match stage {
        Stage::Read { byte, line } => match read::step(bench, job, &import, byte, line).await {
            // It would fail the same way for ever, and keep the account's other files waiting.
            Err(StoreError::Db(DbError::Seal | DbError::Column(_))) => {
                bench.refuse(job, Code::InternalError.as_str(), None).await
            }
            read => read,
        },
        Stage::Merge { part } => bench.merge(job, &import, part).await,
        Stage::Change { after } => bench.change(job, &after).await,
        Stage::Forget => bench.forget(job).await,
        Stage::Clear => bench.clear(job).await,
    }
}

/// Into how many parts the numbers of a file go.
fn parts_of(import: &Import) -> i64 {
    (import.text_bytes / PART_BYTES).clamp(1, PARTS_MAX) as i64
}

impl<D: Database> Bench<'_, D> {
    async fn commit(
        &self,
        job: &Job,
        work: impl AsyncFnOnce(&D) -> Result<Next, StoreError>,
    ) -> Result<Option<Next>, StoreError> {
        self.cell.commit_step(job, self.clock, work).await
    }

    async fn begin(&self, job: &Job, import: &Import) -> Result<Option<Next>, StoreError> {
        // Whom the service listed is not taken in.
        self.cell.follow_service_blacklist(self.tenant, self.now).await?;
        self.commit(job, async |db| {
            if self.tenant.begin_reading(db, &import.import, self.now).await? {
                Ok(Stage::Read { byte: 0, line: 1 }.next()?)
            } else if import.state == "queued" {
                Ok(Next::At(self.now + WAIT_MS))
            } else {
                Ok(Next::Done)
            }
        })
        .await
    }

    async fn merge(&self, job: &Job, import: &Import, part: i64) -> Result<Option<Next>, StoreError> {
        self.commit(job, async |db| {
            self.tenant.merge_part(db, &import.import, part, self.now).await?;
            let next = match part + 1 < parts_of(import) {
                true => Stage::Merge { part: part + 1 },
                false => Stage::Change { after: String::new() },
            };
            Ok(next.next()?)
        })
        .await
    }

    async fn change(&self, job: &Job, after: &str) -> Result<Option<Next>, StoreError> {
        self.commit(job, async |db| {
            let next = match self.tenant.change_contacts(db, &job.subject, after).await? {
                Some(after) => Stage::Change { after },
                None => Stage::Forget,
            };
            Ok(next.next()?)
        })
        .await
    }

    async fn forget(&self, job: &Job) -> Result<Option<Next>, StoreError> {
        self.commit(job, async |db| {
            if self.tenant.forget_file(db, &job.subject).await? {
                return Ok(Stage::Forget.next()?);
            }
            self.tenant.complete_import(db, &job.subject, self.now).await?;
            Ok(Next::Done)
        })
        .await
    }

    async fn clear(&self, job: &Job) -> Result<Option<Next>, StoreError> {
        self.commit(job, async |db| match self.tenant.clear_import(db, &job.subject, self.now).await? {
            true => Ok(Stage::Clear.next()?),
            false => Ok(Next::Done),
        })
        .await
    }

    /// The whole file is refused.
    async fn refuse(&self, job: &Job, code: &str, line: Option<i64>) -> Result<Option<Next>, StoreError> {
        self.commit(job, async |db| {
            self.tenant.refuse_import(db, &job.subject, code, line, self.now).await?;
            Ok(Stage::Clear.next()?)
        })
        .await
    }

    /// Refuses what an account may not keep yet.
    async fn check_limit(&self, db: &D, import: &str, says_decisions: bool) -> Result<bool, StoreError> {
        let mut checked = self.tenant.check_unpaid_limit(db, Kept::Contacts).await;
        if checked.is_ok() {
            checked = self.tenant.check_unpaid_joins(db, import).await;
        }
        if checked.is_ok() && says_decisions {
            checked = self.tenant.check_unpaid_rows_of_decisions(db, import).await;
        }
        match checked {
            Err(StoreError::Refused(Refusal::StorageLimitUntilPayment)) => Ok(false),
            other => other.map(|()| true),
        }
    }
}
