//! One step of a job, by its kind. Each changes what it changes and writes down how the job goes on in one
//! transaction ([`store::cell::Cell::commit_step`]); what it does outside of the cell can be done again.

use domain::cell_name::CellName;
use edge::Result;
use store::cell::{Cell, Job, JobKind, Next};
use store::{DbError, SpinDatabase};

use crate::bench::Bench;
use crate::{deletions, moves, number_lookups, results};

/// What has to wait for others is tried again after this.
const WAIT_MS: i64 = 10_000;

/// Does one step; answers how the job goes on, or `None` if it is somebody else's by now.
pub async fn step(bench: &Bench<'_>, job: &Job) -> Result<Option<Next>> {
    let now = bench.call.now().await?;
    let (cell, clock) = (bench.cell, bench.clock);
    Ok(match job.kind {
        JobKind::Deletion => deletions::step(bench, job, now).await?,
        JobKind::Results => results::step(bench, job, now).await?,
        JobKind::Checkpoint => cell.sign_log(job, clock, now).await?,
        JobKind::Move => moves::step(bench, job, now).await?,
        JobKind::Lookup => number_lookups::step(bench, job, now).await?,
        JobKind::Scoring => {
            let tenant = bench.tenant(job).await?;
            let work = tenant.prepare_scoring(job).await?;
            let commit = async |db: &SpinDatabase| tenant.commit_scoring(db, work, now).await;
            cell.commit_step::<DbError>(job, clock, commit).await?
        }
        JobKind::Marks => {
            let tenant = bench.tenant(job).await?;
            let mark = async |db: &SpinDatabase| tenant.mark_contacts(db).await;
            cell.commit_step::<DbError>(job, clock, mark).await?
        }
        JobKind::ServiceBlacklist => {
            let tenant = bench.tenant(job).await?;
            let follow = async |db: &SpinDatabase| cell.follow_some(db, &tenant, now).await;
            cell.commit_step::<DbError>(job, clock, follow).await?
        }
        JobKind::Refusal => {
            let home = bench.deployment.cell_of_account(&job.account).await?;
            cell.list_waiting_refusal(home.as_ref().unwrap_or(cell), job, clock, now).await?
        }
        JobKind::Import => {
            let rows_max = bench.call.settings.import_rows_max().await?;
            let tenant = bench.tenant(job).await?;
            let bench = imports::Bench { cell, tenant: &tenant, clock, now, rows_max };
            imports::step(&bench, job).await?
        }
        JobKind::StalledImport => {
            let tenant = bench.tenant(job).await?;
            let look =
                async |db: &SpinDatabase| tenant.look_after_import(db, &job.subject, &job.cursor, now).await;
            cell.commit_step::<DbError>(job, clock, look).await?
        }
        JobKind::LogFile => {
            // The directory lies in the first cell's database: what an account was there is in that log.
            let directory = bench.deployment.cell(CellName::FIRST).await?;
            let next = match cut(cell, &directory).await {
                Ok(()) => Next::Done,
                // A reader holds the log.
                Err(DbError::Busy) => Next::At(now + WAIT_MS),
                Err(error) => return Err(error.into()),
            };
            cell.commit_step::<DbError>(job, clock, async |_| Ok(next)).await?
        }
    })
}

async fn cut(cell: &Cell<'_, SpinDatabase>, directory: &Cell<'_, SpinDatabase>) -> Result<(), DbError> {
    cell.truncate_wal().await?;
    if cell.name() == directory.name() { Ok(()) } else { directory.truncate_wal().await }
}
