//! Reports of the stand-in operator, signed over their raw bytes.

use api::ids::MessageId;
use api::operators::TakenReports;
use domain::cell_name::CellName;
use edge::{Answer, Call, Problem, Result, json};
use operators::Unread;
use operators::sandbox::{NAME, SIGNATURE_HEADER, read_reports};
use store::cell::DeliveryReport;

use crate::unread::{note, refused};

/// The largest body.
const REPORTS_BYTES_MAX: usize = api::operators::REPORTS_BYTES_MAX as usize;

/// `POST /webhooks/operators/sandbox/reports`
pub async fn reports(mut call: Call) -> Result<Answer> {
    if !call.settings.sandbox_on().await? {
        return Err(Problem::not_found());
    }
    let key = call.settings.get("operator_sandbox_secret").await?;
    let body = call.bytes(REPORTS_BYTES_MAX).await?;
    let read = read_reports(&key, call.header(SIGNATURE_HEADER), &body)
        .map_err(|error| Problem::new(refused(error)))?;
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
    let later = taken.later.into_iter().map(MessageId::stored).collect();
    json(200, &TakenReports { accepted: taken.accepted, ignored: taken.ignored, later })
}
