//! Single reports of the operators, each with its own way of showing that it is theirs.

use std::cell::RefCell;
use std::collections::HashMap;

use domain::cell_name::CellName;
use domain::ids::IdKind;
use edge::{Answer, Call, Deployment, Result, no_content, read_calendars, text, while_busy};
use operators::jasmin::{ACKNOWLEDGEMENT, Jasmin};
use operators::kannel::Kannel;
use operators::smsc::Smsc;
use operators::twilio::Twilio;
use operators::{MessageKey, ReportError, StatusReport, Unread, jasmin, kannel, smsc, twilio};
use store::DbError;
use store::cell::{DeliveryReport, ReportedMessage, StatusReport as Word, StatusTaken};

use crate::together::{Line, Turn};
use crate::unread::{note, readable};

/// A line is of the reports of one operator on messages born in one cell.
type LineOf = (String, Option<CellName>);

thread_local! {
    // By operator and cell. Nothing stays in a line for longer than its request lives.
    static LINES: RefCell<HashMap<LineOf, Line<DeliveryReport>>> = RefCell::default();
}

/// The largest report, in bytes.
pub const REPORT_BYTES_MAX: usize = 64 * 1024;

/// `GET /webhooks/operators/kannel/reports/{message}/{token}`
pub async fn kannel(call: Call, id: String, token: String) -> Result<Answer> {
    let kannel = Kannel::of(&call.settings.operator_variables([]).await?);
    let report = kannel.read_report(&id, &token, call.query_string());
    take(&call, kannel::NAME, report).await?;
    Ok(no_content())
}

/// `POST /webhooks/operators/jasmin/reports/{message}/{token}`
pub async fn jasmin(mut call: Call, id: String, token: String) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let jasmin = Jasmin::of(&call.settings.operator_variables([]).await?);
    let report = jasmin.read_report(&id, &token, &form);
    take(&call, jasmin::NAME, report).await?;
    Ok(text(200, ACKNOWLEDGEMENT.to_owned()))
}

/// `POST /webhooks/operators/smsc/reports`
pub async fn smsc(mut call: Call) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let smsc = Smsc::of(&call.settings.operator_variables(["smsc_report_secret"]).await?);
    let report = smsc.read_report(&form);
    take(&call, smsc::NAME, report).await?;
    Ok(text(200, "OK".to_owned()))
}

/// `POST /webhooks/operators/twilio/reports/{message}`
pub async fn twilio(mut call: Call, id: String) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let twilio = Twilio::of(&call.settings.operator_variables(["twilio_auth_token", "public_url"]).await?);
    let report = twilio.read_report(&id, call.header("x-twilio-signature"), &form);
    take(&call, twilio::NAME, report).await?;
    Ok(no_content())
}

async fn take(call: &Call, operator: &str, report: Result<StatusReport, ReportError>) -> Result<()> {
    let Some(report) = readable(call, operator, report).await? else { return Ok(()) };
    let (about, born) = match report.about {
        MessageKey::Id(id) => {
            let born = IdKind::cell_of(&id);
            (ReportedMessage::Id(id), born)
        }
        MessageKey::Row(row) => match i64::try_from(row) {
            Ok(row) => (ReportedMessage::Row(row), CellName::of_row(row)),
            // No row has such a number.
            Err(_) => return note(call, operator, Unread::Body).await,
        },
    };
    let (result, call_result) = (report.progress.delivery(), report.progress.call());
    let word = Word { about, result, call: call_result, reference: report.reference, at: report.at };
    if let (ReportedMessage::Id(message), Some(result)) = (&word.about, word.result) {
        let now = call.now().await?;
        let at = word.at.unwrap_or(now).min(now);
        let report = DeliveryReport { message: message.clone(), result, call: word.call, at };
        if is_written_together(call, operator, born, report).await? {
            return Ok(());
        }
    }
    take_alone(call, operator, born, &word).await
}

/// Writes a last word down with those that come at the same time; whether it is written. A message whose hand-over
/// is not settled, that is unknown or not where it was born takes it alone.
async fn is_written_together(
    call: &Call,
    operator: &str,
    born: Option<CellName>,
    report: DeliveryReport,
) -> Result<bool> {
    let line = LINES.with_borrow_mut(|lines| lines.entry((operator.to_owned(), born)).or_default().clone());
    let lead = match line.join(report).await {
        Turn::Lead(lead) => lead,
        Turn::Written => return Ok(true),
        Turn::Alone => return Ok(false),
    };
    let group = lead.group();
    // Whoever waits needs no connection: only one that writes opens the deployment.
    let deployment = call.deployment().await?;
    let name = deployment.cells_from(born).next().unwrap_or(CellName::FIRST);
    let cell = deployment.cell(name).await?;
    match cell.take_reports(operator, &group.reports, deployment.now()).await {
        Ok(taken) if taken.accepted == group.reports.len() as i64 => {
            group.written();
            Ok(true)
        }
        // Each looks for itself. What was written now is found to be repeated then.
        Ok(_) | Err(DbError::Busy) => Ok(false),
        // What was wrong with all together need not be with each, and not every operator sends a report again.
        Err(error) => {
            eprintln!("delivery: reports of {operator} are written one by one: {error}");
            Ok(false)
        }
    }
}

async fn take_alone(call: &Call, operator: &str, born: Option<CellName>, word: &Word) -> Result<()> {
    let deployment = call.deployment().await?;
    let mut unasked = None;
    for name in deployment.cells_twice_from(born) {
        match take_in(call, &deployment, name, operator, word).await {
            Ok(StatusTaken::NotHere) => {}
            // Late, repeated and unknown ones are taken and change nothing: an error would only bring them again.
            Ok(_) => return Ok(()),
            // A cell that is broken keeps no word from the one that has the message.
            Err(problem) => unasked = unasked.or(Some(problem)),
        }
    }
    unasked.map_or(Ok(()), Err)
}

async fn take_in(
    call: &Call,
    deployment: &Deployment,
    name: CellName,
    operator: &str,
    word: &Word,
) -> Result<StatusTaken> {
    let cell = deployment.cell(name).await?;
    let calendars = read_calendars()?;
    while_busy(async || Ok(cell.take_status(&calendars, operator, word, call.now().await?).await?)).await
}
