//! Payment webhooks: verified on the raw bytes, credited once (R17, R43, R44, R45, R51).

use domain::account::is_account_number;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, stored_json};
use payments::standard::{self, SignatureHeaders};
use payments::{NoticeError, PaymentNotice};
use store::Act;
use store::cell::{Cell, PaymentReceived, Unapplied};
use store::directory::Directory;

/// The largest webhook body, in bytes.
const WEBHOOK_BYTES_MAX: usize = 64 * 1024;

/// `POST /webhooks/payments/standard`
pub async fn standard(mut call: Call) -> Result<Answer> {
    let now = call.now().await?;
    let secret = call.settings.get("payments_standard_secret").await?;
    let body = call.bytes(WEBHOOK_BYTES_MAX).await?;
    let headers = SignatureHeaders {
        id: call.header("webhook-id"),
        timestamp: call.header("webhook-timestamp"),
        signature: call.header("webhook-signature"),
    };
    standard::verify(&secret, headers, &body, now.div_euclid(1000)).map_err(refused)?;
    let notice = standard::read(&body).map_err(refused)?;
    credit(&call, now, "standard", notice).await
}

fn refused(error: NoticeError) -> Problem {
    Problem::new(error.to_string())
}

async fn credit(call: &Call, now: i64, provider: &'static str, notice: PaymentNotice) -> Result<Answer> {
    let master = call.settings.master_key().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let account = match is_account_number(&notice.account_number) {
        true => Directory::new(&*db).by_number(&notice.account_number).await?,
        false => None,
    };
    let (account, cell) = match account {
        Some(account) => (Some(account.account), account.cell),
        None => (None, DEFAULT_LABEL.to_owned()),
    };
    let cell = Connection::open(&cell).await?;
    let act = Act { now, actor: "bank".to_owned(), channel: "webhook" };
    let payment = PaymentReceived {
        provider,
        payment: notice.payment,
        account_number: notice.account_number,
        account,
        amount: notice.amount,
    };
    // The money is here, whoever it is for: a refusal would only make the bank forget of it.
    let answer = |transfer: &str, unapplied: Option<Unapplied>| match unapplied {
        None => serde_json::json!({"credited": true, "transfer": transfer}).to_string(),
        Some(reason) => {
            let reason = reason.as_str();
            serde_json::json!({"credited": false, "transfer": transfer, "unapplied": reason}).to_string()
        }
    };
    let answer = Cell::new(&*cell).credit(&master, &act, &payment, answer).await?;
    Ok(stored_json(200, answer))
}
