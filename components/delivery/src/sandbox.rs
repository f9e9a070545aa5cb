//! Reports of the stand-in operator, signed over their raw bytes.

use domain::cell_name::CellName;
use edge::{Answer, Call, Problem, Result, json};
use operators::Unread;
use operators::sandbox::{NAME, SIGNATURE_HEADER, read_reports};
use serde::Serialize;
use store::cell::DeliveryReport;

use crate::unread::note;

/// The largest body: some thousands of reports.
const REPORTS_BYTES_MAX: usize = 1024 * 1024;

#[derive(Serialize)]
struct Taken {
    accepted: i64,
    ignored: i64,
    /// Their hand-over is not settled yet: send these again.
    later: Vec<String>,
}

/// `POST /webhooks/operators/sandbox/reports`
pub async fn reports(mut call: Call) -> Result<Answer> {
    if !call.settings.sandbox_on().await? {
        return Err(Problem::not_found());
    }
    let key = call.settings.get("operator_sandbox_secret").await?;
    let body = call.bytes(REPORTS_BYTES_MAX).await?;
    let read = read_reports(&key, call.header(SIGNATURE_HEADER), &body)
        .map_err(|error| Problem::new(error.to_string()))?;
    for _ in 0..read.unread {
        note(&call, NAME, Unread::Body).await?;
    }
    let reports: Vec<DeliveryReport> = read
        .reports
        .into_iter()
        .filter_map(|report| {
            let (result, call) = (report.progress.delivery()?, report.progress.call());
            Some(DeliveryReport { message: report.id, result, call, at: report.at })
        })
        .collect();
    let deployment = call.deployment().await?;
    let cell = deployment.cell(CellName::FIRST).await?;
    let taken = cell.take_reports(NAME, &reports, deployment.now()).await?;
    json(200, &Taken { accepted: taken.accepted, ignored: taken.ignored, later: taken.later })
}
