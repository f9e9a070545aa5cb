//! Deletions whose day has come: the account leaves the directory, and its rows are destroyed in the cell (R127, R128).

use edge::{Result, SessionLookups};
use store::cell::{Job, Next, shuts_out};
use store::{DbError, SpinDatabase};

use crate::bench::Bench;

/// One step.
pub async fn step(bench: &Bench<'_>, job: &Job, now: i64) -> Result<Option<Next>> {
    let tenant = bench.tenant(job).await?;
    if shuts_out(&job.cursor) {
        // The directory may be another database, so this comes before the step that notes it, and may be done again.
        let directory = bench.deployment.directory();
        SessionLookups::open().await?.forget(&directory.session_hashes(&job.account).await?).await?;
        directory.close_account(&job.account).await?;
    }
    let erase = async |db: &SpinDatabase| tenant.erase(db, &job.subject, &job.cursor, now).await;
    Ok(bench.cell.commit_step::<DbError>(job, bench.clock, erase).await?)
}
