//! Carrying out deletions that are due: each step can be done again, so a tick that dies is no harm (R127, R128).

use api::ticks::ExecutedDeletions;
use domain::cell_name::CellName;
use edge::{Answer, Call, Deployment, Result, SessionLookups, json};
use store::cell::{Cell, DueDeletion, Erasure, PUT_OFF_MS};
use store::{DbError, SpinDatabase};

/// Accounts that one tick erases.
const DELETIONS_MAX: usize = 10;
/// A deletion that waits for what is with an operator is tried again after this.
const WAIT_MS: i64 = 60_000;
/// For so long after an erasure every tick cuts the write-ahead log.
const TRUNCATE_MS: i64 = 60 * 60 * 1000;

/// `POST /internal/ticks/deletions`
pub async fn post(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let cell = deployment.cell(CellName::FIRST).await?;
    let now = deployment.now();
    let mut executed = ExecutedDeletions::default();
    for due in cell.due_deletions(now, DELETIONS_MAX).await? {
        // What is wrong with one account must not keep all others from their right: it is put off, since a tick
        // looks at the first few only.
        let again_at = match erase(&deployment, &cell, &due).await {
            Ok(Erasure::Done) => {
                executed.executed += 1;
                continue;
            }
            Ok(Erasure::Waiting) => {
                executed.waiting += 1;
                now + WAIT_MS
            }
            Err(problem) => {
                eprintln!("deletions: {} put off: {}", due.deletion, problem.code());
                executed.failed += 1;
                now + PUT_OFF_MS
            }
        };
        if let Err(error) = cell.put_deletion_off(&due, again_at).await {
            eprintln!("deletions: {} not put off: {error}", due.deletion);
        }
    }
    if cell.erased_since(now - TRUNCATE_MS).await? {
        match cell.truncate_wal().await {
            // A reader holds the log: the next tick tries again.
            Ok(()) | Err(DbError::Busy) => {}
            Err(error) => return Err(error.into()),
        }
    }
    json(200, &executed)
}

async fn erase(deployment: &Deployment, cell: &Cell<'_, SpinDatabase>, due: &DueDeletion) -> Result<Erasure> {
    let (now, directory) = (deployment.now(), deployment.directory());
    let Some(tenant) = cell.tenant(&due.account).await? else { return Ok(Erasure::Waiting) };
    if !tenant.begin_erasure(&due.deletion, now).await? {
        return Ok(Erasure::Waiting);
    }
    SessionLookups::open().await?.forget(&directory.session_hashes(&due.account).await?).await?;
    directory.close_account(&due.account).await?;
    Ok(tenant.erase(&due.deletion, now).await?)
}
