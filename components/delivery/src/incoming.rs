//! What people send back through an operator. Only a refusal is acted on; no text is kept (R66, R74).

use edge::{Answer, Call, Connection, DEFAULT_LABEL, Result, no_content, text};
use operators::jasmin::{ACKNOWLEDGEMENT, Jasmin};
use operators::kannel::Kannel;
use operators::smsc::Smsc;
use operators::twilio::{NO_REPLY, Twilio};
use operators::{Incoming, jasmin, kannel, smsc, twilio};
use store::cell::Cell;
use store::{DbError, StoreError};

use crate::status::{REPORT_BYTES_MAX, TRIES_MAX, refused, variables};

/// `GET /webhooks/operators/kannel/incoming/:token`
pub async fn kannel(call: Call, token: &str) -> Result<Answer> {
    let kannel = Kannel::of(&variables(&call, &[]).await?);
    let incoming = kannel.read_incoming(token, call.query_string()).map_err(refused)?;
    take(&call, kannel::NAME, incoming).await?;
    Ok(no_content())
}

/// `POST /webhooks/operators/jasmin/incoming/:token`
pub async fn jasmin(mut call: Call, token: &str) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let jasmin = Jasmin::of(&variables(&call, &[]).await?);
    let incoming = jasmin.read_incoming(token, &form).map_err(refused)?;
    take(&call, jasmin::NAME, incoming).await?;
    Ok(text(200, ACKNOWLEDGEMENT.to_owned()))
}

/// `POST /webhooks/operators/smsc/incoming`
pub async fn smsc(mut call: Call) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let smsc = Smsc::of(&variables(&call, &["smsc_report_secret"]).await?);
    let incoming = smsc.read_incoming(&form).map_err(refused)?;
    take(&call, smsc::NAME, incoming).await?;
    Ok(text(200, "OK".to_owned()))
}

/// `POST /webhooks/operators/twilio/reports/incoming`
pub async fn twilio(mut call: Call) -> Result<Answer> {
    let form = call.bytes(REPORT_BYTES_MAX).await?;
    let twilio = Twilio::of(&variables(&call, &["twilio_auth_token", "public_url"]).await?);
    let incoming = twilio.read_incoming(call.header("x-twilio-signature"), &form).map_err(refused)?;
    take(&call, twilio::NAME, incoming).await?;
    let mut answer = text(200, NO_REPLY.to_owned());
    answer.headers_mut().insert("content-type", http::HeaderValue::from_static("text/xml"));
    Ok(answer)
}

async fn take(call: &Call, operator: &str, incoming: Incoming) -> Result<()> {
    let master = call.settings.master_key().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let cell = Cell::new(&*db);
    let mut tries = 0;
    loop {
        tries += 1;
        let now = call.now().await?;
        match cell.take_incoming(&master, operator, &incoming.from, &incoming.text, now).await {
            // A refusal that is not taken is not sent again by every operator.
            Err(StoreError::Db(DbError::Busy)) if tries < TRIES_MAX => {}
            taken => return Ok(taken.map(drop)?),
        }
    }
}
