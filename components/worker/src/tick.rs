//! The tick of the jobs: for each cell what is due, step by step, as many steps as one request may do.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use api::jobs::{KindWorked, WorkedJobs};
use edge::{Answer, Call, Code, Result, json};
use store::cell::{JobKind, Next};

use crate::bench::Bench;
use crate::steps;

/// Steps that one tick does in each cell; the caller ticks again while there is more.
const STEPS_MAX: u32 = 100;
/// And no step is begun after this: an operator that does not answer must not keep the next cell waiting.
const TURN_MAX: Duration = Duration::from_secs(30);

/// `POST /internal/ticks/jobs`
pub async fn post(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let clock = call.database_clock().await?;
    let mut worked = WorkedJobs {
        steps: 0,
        more: false,
        kinds: JobKind::ALL
            .into_iter()
            .map(|kind| (kind.as_str().to_owned(), KindWorked::default()))
            .collect(),
        cells_failed: Vec::new(),
    };
    let failed = deployment.in_each_cell("jobs", async |cell| {
        let bench = Bench { call: &call, deployment: &deployment, cell: &cell, clock };
        work(&bench, &mut worked).await
    });
    worked.cells_failed = failed.await?;
    json(200, &worked)
}

/// The due jobs of one cell.
async fn work(bench: &Bench<'_>, worked: &mut WorkedJobs) -> Result<()> {
    let (mut over, began) = (BTreeSet::new(), Instant::now());
    for _ in 0..STEPS_MAX {
        if began.elapsed() > TURN_MAX {
            break;
        }
        let Some(job) = bench.cell.take_job(bench.clock).await? else { return Ok(()) };
        let about = (job.kind, job.account.clone(), job.subject.clone());
        // Its cause came again already: the next tick is soon enough, and all others have their turn.
        if over.contains(&about) {
            bench.cell.give_job_back(&job, bench.clock).await?;
            continue;
        }
        worked.steps += 1;
        let came = worked.kinds.entry(job.kind.as_str().to_owned()).or_default();
        match steps::step(bench, &job).await {
            Ok(Some(Next::Done)) => {
                came.done += 1;
                over.insert(about);
            }
            Ok(Some(Next::At(_) | Next::Later(..))) => came.waiting += 1,
            // It goes on in its turn, or with somebody else.
            Ok(Some(Next::Again(_)) | None) => {}
            // What the database was too busy for is no fault of the job.
            Err(problem) if problem.code() == Code::BusyTryAgain => {
                bench.cell.give_job_back(&job, bench.clock).await?;
            }
            // What is wrong with one must not keep all others waiting.
            Err(problem) => {
                came.failed += 1;
                eprintln!("jobs: {} {} put off: {}", job.kind.as_str(), job.subject, problem.code());
                bench.cell.put_job_off(&job, problem.code().as_str(), bench.clock).await?;
            }
        }
    }
    worked.more = true;
    Ok(())
}
