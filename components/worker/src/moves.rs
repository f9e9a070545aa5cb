//! Accounts that move to another cell: whoever keeps the deployment asks for it, a job does it.

use api::jobs::{AccountMove, MoveAccount};
use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Problem, Result, SessionLookups, json};
use store::cell::{Job, Move, Next, leaves_directory};

use crate::bench::Bench;

/// `POST /internal/moves`
pub async fn post(mut call: Call) -> Result<Answer> {
    let form: MoveAccount = call.json().await?;
    let deployment = call.deployment().await?;
    let to = CellName::parse(&form.cell).filter(|to| deployment.cells().any(|name| name == *to));
    let to = to.ok_or_else(|| Problem::field(Code::InvalidField, "cell"))?;
    let account: &str = &form.account;
    let from = deployment.cell_of_account(account).await?.ok_or_else(Problem::not_found)?;
    let moved = from.name() == to;
    if !moved {
        from.begin_move(account, to, deployment.now()).await?;
    }
    json(200, &AccountMove { moved })
}

/// One step.
pub async fn step(bench: &Bench<'_>, job: &Job, now: i64) -> Result<Option<Next>> {
    let to = bench.deployment.cell_labelled(&job.subject).await?;
    if leaves_directory(&job.cursor) {
        // The directory may be another database, so this comes before the step that notes it, and may be done again.
        let directory = bench.deployment.directory();
        directory.move_account(&job.account, bench.cell.name(), to.name()).await?;
        SessionLookups::open().await?.forget(&directory.session_hashes(&job.account).await?).await?;
    }
    Ok(Move { from: bench.cell, to: &to, job }.step(bench.clock, now).await?)
}
