//! Single reports of the operators, each with its own way of showing that it is theirs.

use domain::cell_name::CellName;
use edge::{Answer, Call, Result, no_content, read_calendars, text, while_busy};
use operators::jasmin::{ACKNOWLEDGEMENT, Jasmin};
use operators::kannel::Kannel;
use operators::smsc::Smsc;
use operators::twilio::Twilio;
use operators::{MessageKey, ReportError, StatusReport, Unread, Variables, jasmin, kannel, smsc, twilio};
use store::cell::{ReportedMessage, StatusReport as Word};

use crate::unread::{note, readable};

/// The largest report, in bytes.
pub const REPORT_BYTES_MAX: usize = 64 * 1024;

/// `GET /webhooks/operators/kannel/reports/:id/:token`
pub async fn kannel(call: Call, id: String, token: String) -> Result<Answer> {
    let kannel = Kannel::of(&variables(&call, &[]).await?);
    let report = kannel.read_report(&id, &token, call.query_string());
    take(&call, kannel::NAME, report).await?;
    Ok(no_content())
}

/// `POST /webhooks/operators/jasmin/reports/:id/:token`
pub async fn jasmin(mut call: Call, id: String, token: String) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let jasmin = Jasmin::of(&variables(&call, &[]).await?);
    let report = jasmin.read_report(&id, &token, &form);
    take(&call, jasmin::NAME, report).await?;
    Ok(text(200, ACKNOWLEDGEMENT.to_owned()))
}

/// `POST /webhooks/operators/smsc/reports`
pub async fn smsc(mut call: Call) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let smsc = Smsc::of(&variables(&call, &["smsc_report_secret"]).await?);
    let report = smsc.read_report(&form);
    take(&call, smsc::NAME, report).await?;
    Ok(text(200, "OK".to_owned()))
}

/// `POST /webhooks/operators/twilio/reports/:id`
pub async fn twilio(mut call: Call, id: String) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let twilio = Twilio::of(&variables(&call, &["twilio_auth_token", "public_url"]).await?);
    let report = twilio.read_report(&id, call.header("x-twilio-signature"), &form);
    take(&call, twilio::NAME, report).await?;
    Ok(no_content())
}

/// The variables that reading reports takes.
pub async fn variables(call: &Call, names: &[&str]) -> Result<Variables> {
    let mut given = Variables { report_key: call.settings.report_key().await?, ..Variables::default() };
    for name in names {
        given.values.insert((*name).to_owned(), call.settings.get(name).await?);
    }
    Ok(given)
}

async fn take(call: &Call, operator: &str, report: Result<StatusReport, ReportError>) -> Result<()> {
    let Some(report) = readable(call, operator, report).await? else { return Ok(()) };
    let about = match report.about {
        MessageKey::Id(id) => ReportedMessage::Id(id),
        MessageKey::Number(number) => match i64::try_from(number) {
            Ok(row) => ReportedMessage::Row(row),
            // No row has such a number.
            Err(_) => return note(call, operator, Unread::Body).await,
        },
    };
    let (result, call_result) = (report.progress.delivery(), report.progress.call());
    let word = Word { about, result, call: call_result, reference: report.reference, at: report.at };
    let deployment = call.deployment().await?;
    let cell = deployment.cell(CellName::FIRST).await?;
    let calendars = read_calendars()?;
    // Late, repeated and unknown ones are taken and change nothing: an error would only bring them again.
    while_busy(async || {
        cell.take_status(&calendars, operator, &word, call.now().await?).await?;
        Ok(())
    })
    .await
}
