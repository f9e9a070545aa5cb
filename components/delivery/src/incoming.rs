//! What people send back through an operator. Only a refusal and the taking back of one are acted on; no text is
//! kept (R66, R74).

use domain::cell_name::CellName;
use edge::{Answer, Call, Deployment, Result, no_content, text, while_busy};
use operators::jasmin::{ACKNOWLEDGEMENT, Jasmin};
use operators::kannel::Kannel;
use operators::smsc::Smsc;
use operators::twilio::{NO_REPLY, Twilio};
use operators::{Incoming, ReportError, jasmin, kannel, smsc, twilio};

use crate::status::REPORT_BYTES_MAX;
use crate::unread::readable;

/// `GET /webhooks/operators/kannel/incoming/{token}`
pub async fn kannel(call: Call, token: String) -> Result<Answer> {
    let kannel = Kannel::of(&call.settings.operator_variables([]).await?);
    take(&call, kannel::NAME, kannel.read_incoming(&token, call.query_string())).await?;
    Ok(no_content())
}

/// `GET /webhooks/operators/jasmin/incoming/{token}`, or a POST, as its keeper has set it.
pub async fn jasmin(mut call: Call, token: String) -> Result<Answer> {
    let form = match call.method() {
        "GET" => call.query_string().as_bytes().to_vec(),
        _ => call.bytes(REPORT_BYTES_MAX).await?.to_vec(),
    };
    let jasmin = Jasmin::of(&call.settings.operator_variables([]).await?);
    take(&call, jasmin::NAME, jasmin.read_incoming(&token, &form)).await?;
    Ok(text(200, ACKNOWLEDGEMENT.to_owned()))
}

/// `POST /webhooks/operators/smsc/incoming`
pub async fn smsc(mut call: Call) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let smsc = Smsc::of(&call.settings.operator_variables(["smsc_report_secret"]).await?);
    take(&call, smsc::NAME, smsc.read_incoming(&form)).await?;
    Ok(text(200, "OK".to_owned()))
}

/// `POST /webhooks/operators/twilio/reports/incoming`
pub async fn twilio(mut call: Call) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let twilio = Twilio::of(&call.settings.operator_variables(["twilio_auth_token", "public_url"]).await?);
    let incoming = twilio.read_incoming(call.header("x-twilio-signature"), &form);
    take(&call, twilio::NAME, incoming).await?;
    let mut answer = text(200, NO_REPLY.to_owned());
    answer.headers_mut().insert("content-type", http::HeaderValue::from_static("text/xml"));
    Ok(answer)
}

async fn take(call: &Call, operator: &str, incoming: Result<Incoming, ReportError>) -> Result<()> {
    let Some(incoming) = readable(call, operator, incoming).await? else { return Ok(()) };
    let deployment = call.deployment().await?;
    let mut failed = None;
    // Whoever wrote to the person may live in any cell. What is wrong with one must not keep the word from the others:
    // the first problem is answered when all had their turn.
    for name in deployment.cells() {
        if let Err(problem) = take_in(call, &deployment, name, operator, &incoming).await {
            failed = failed.or(Some(problem));
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn take_in(
    call: &Call,
    deployment: &Deployment,
    name: CellName,
    operator: &str,
    incoming: &Incoming,
) -> Result<()> {
    let cell = deployment.cell(name).await?;
    while_busy(async || {
        let now = call.now().await?;
        cell.take_incoming(operator, &incoming.from, &incoming.text, now).await?;
        Ok(())
    })
    .await
}
