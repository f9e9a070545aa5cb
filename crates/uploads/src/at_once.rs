//! The reading that the request itself does.

use std::time::{Duration, Instant};

use edge::{Call, Caller, Result};
use imports::Bench;
use store::cell::{JobKind, Next};

/// So long a file is read by the request that brought it; the rest is left to the job.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Reads the file as far as the time goes. Whatever goes wrong here is left to the job.
pub async fn read_at_once(call: &Call, caller: &Caller, import: &str) {
    if let Err(problem) = try_read_at_once(call, caller, import).await {
        eprintln!("{import} is left to its job: {}", problem.code());
    }
}

async fn try_read_at_once(call: &Call, caller: &Caller, import: &str) -> Result<()> {
    let (cell, clock) = (caller.cell().await?, call.database_clock().await?);
    let account = &caller.bearer.account;
    let Some(tenant) = cell.tenant(account).await? else { return Ok(()) };
    let Some(mut job) = cell.take_job_of(JobKind::Import, account, import, clock).await? else {
        return Ok(());
    };
    let rows_max = call.settings.import_rows_max().await?;
    let began = Instant::now();
    loop {
        let now = call.now().await?.max(caller.act.now);
        let bench = Bench { cell: &cell, tenant: &tenant, clock, now, rows_max };
        match imports::step(&bench, &job).await {
            Ok(Some(Next::Again(cursor))) => job = job.at(cursor),
            Ok(_) => return Ok(()),
            Err(error) => {
                cell.give_job_back(&job, clock).await?;
                return Err(error.into());
            }
        }
        if began.elapsed() > AT_ONCE {
            return Ok(cell.leave_job(&job, clock).await?);
        }
    }
}
