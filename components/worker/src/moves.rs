//! Accounts that move to another cell: whoever keeps the deployment asks for it, a job does it.

use api::jobs::{AccountMove, MoveAccount};
use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Problem, Result, SessionLookups, json};
use store::cell::{Destination, Job, Move, Next, has_left, leaves_directory};

use crate::bench::Bench;

/// `POST /internal/moves`
pub async fn post(mut call: Call) -> Result<Answer> {
    let form: MoveAccount = call.json().await?;
    let deployment = call.deployment().await?;
    let to = CellName::parse(&form.cell).filter(|to| deployment.cells().any(|name| name == *to));
    let to = to.ok_or_else(|| Problem::field(Code::InvalidField, "cell"))?;
    let account: &str = &form.account;
    let from = deployment.cell_of_account(account).await?.ok_or_else(Problem::not_found)?;
    let moved = if from.name() == to {
        from.undo_move(account, deployment.now()).await?
    } else {
        let to = Destination { cell: to, moves: deployment.directory().moves(account).await? };
        from.begin_move(account, to, deployment.now()).await?;
        false
    };
    json(200, &AccountMove { moved })
}

/// One step.
pub async fn step(bench: &Bench<'_>, job: &Job, now: i64) -> Result<Option<Next>> {
    let deployment = bench.deployment;
    let destination = Destination::of(job)?;
    let home = match has_left(&job.cursor) {
        true => deployment.cell_of_account(&job.account).await?,
        false => None,
    };
    let to = match home {
        Some(home) => home,
        None => deployment.cell(destination.cell).await?,
    };
    if leaves_directory(&job.cursor) {
        // The directory may be another database, so this comes before the step that notes it, and may be done again.
        let directory = deployment.directory();
        directory.move_account(&job.account, destination.moves, to.name()).await?;
        SessionLookups::open().await?.forget(&directory.session_hashes(&job.account).await?).await?;
    }
    Ok(Move { from: bench.cell, to: &to, job }.step(bench.clock, now).await?)
}
