//! The jobs that there are, for whoever keeps the deployment: what fails, how often and why, and what comes next.

use api::jobs::JobAtHand;
use edge::{Answer, Call, Items, Result, Time, json};

/// `GET /internal/jobs`: of each cell those that fail, then the next that are due, 500 at most.
pub async fn get(call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let mut items = Vec::new();
    for name in deployment.cells() {
        for job in deployment.cell(name).await?.jobs_at_hand().await? {
            items.push(JobAtHand {
                cell: name.label(),
                kind: job.kind.as_str().to_owned(),
                account: job.account,
                subject: job.subject,
                due_at: Time::of(job.due_at),
                tries: job.tries,
                error: job.error,
            });
        }
    }
    json(200, &Items { items })
}
