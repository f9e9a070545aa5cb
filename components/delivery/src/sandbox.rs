//! Reports of the stand-in operator, signed over their raw bytes.

use std::collections::BTreeMap;

use api::ids::MessageId;
use api::operators::TakenReports;
use domain::cell_name::CellName;
use domain::ids::IdKind;
use edge::{Answer, Call, Deployment, Problem, Result, json};
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
    json(200, &take(&deployment, reports).await?)
}

/// Each report is taken where its message was born; what is not found there may have moved, and is looked for in the
/// other cells.
async fn take(deployment: &Deployment, reports: Vec<DeliveryReport>) -> Result<TakenReports> {
    let mut taken = TakenReports { accepted: 0, ignored: reports.len() as i64, later: Vec::new() };
    let mut by_cell: BTreeMap<Option<CellName>, Vec<DeliveryReport>> = BTreeMap::new();
    for report in reports {
        by_cell.entry(IdKind::cell_of(&report.message)).or_default().push(report);
    }
    for (born, mut reports) in by_cell {
        for name in deployment.cells_from(born) {
            if reports.is_empty() {
                break;
            }
            let came = deployment.cell(name).await?.take_reports(NAME, &reports, deployment.now()).await?;
            taken.accepted += came.accepted;
            taken.ignored -= came.accepted + came.later.len() as i64;
            taken.later.extend(came.later.into_iter().map(MessageId::stored));
            reports.retain(|report| came.not_here.contains(&report.message));
        }
    }
    Ok(taken)
}
