//! Payment webhooks: verified on the raw bytes, credited once (R17, R43, R44, R45, R51).

use api::ids::TransferId;
use api::money::Credited;
use domain::account::{WhyUnapplied, is_account_number};
use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Deployment, Problem, Result, stored_json};
use payments::standard::{self, SignatureHeaders};
use payments::{NoticeError, Payment};
use store::cell::PaymentReceived;
use store::{Act, DbError, StoreError};

/// The largest webhook body, in bytes.
const WEBHOOK_BYTES_MAX: usize = api::money::WEBHOOK_BYTES_MAX as usize;

/// `POST /webhooks/payments/standard`
pub async fn standard(mut call: Call) -> Result<Answer> {
    let deployment = call.deployment().await?;
    let secret = call.settings.get("payments_standard_secret").await?;
    let body = call.bytes(WEBHOOK_BYTES_MAX).await?;
    let headers = SignatureHeaders {
        id: call.header("webhook-id"),
        timestamp: call.header("webhook-timestamp"),
        signature: call.header("webhook-signature"),
    };
    standard::verify(&secret, headers, &body, deployment.now().div_euclid(1000)).map_err(refused)?;
    let notice = standard::read(&body).map_err(refused)?;
    credit(&deployment, "standard", notice).await
}

fn refused(error: NoticeError) -> Problem {
    Problem::new(match error {
        NoticeError::NotConfigured => Code::WebhookNotConfigured,
        NoticeError::SignatureInvalid => Code::WebhookSignatureInvalid,
        NoticeError::TimestampOutsideTolerance => Code::WebhookTimestampOutsideTolerance,
        NoticeError::MalformedJson => Code::MalformedJson,
        NoticeError::InvalidField => Code::InvalidField,
        NoticeError::TypeUnknown => Code::PaymentTypeUnknown,
        NoticeError::AmountInvalid => Code::PaymentAmountInvalid,
        NoticeError::CurrencyNotKzt => Code::PaymentCurrencyNotKzt,
    })
}

async fn credit(deployment: &Deployment, provider: &'static str, payment: Payment) -> Result<Answer> {
    let account = match is_account_number(&payment.account_number) {
        true => deployment.directory().by_account_number(&payment.account_number).await?,
        false => None,
    };
    // Its account's cell, and for nobody's money the first. A repetition goes where the first notice went.
    let (account, cell) = match account {
        Some(account) => (Some(account.account), CellName::parse(&account.cell)),
        None => (None, Some(CellName::FIRST)),
    };
    let lives_in = cell.ok_or_else(|| Problem::internal("a payment", &"its account has no cell"))?;
    let place = deployment.directory().place_payment(provider, &payment.payment, lives_in).await?;
    let act = Act { now: deployment.now(), actor: "bank".to_owned(), through: "webhook" };
    let payment = PaymentReceived {
        provider: provider.to_owned(),
        payment: payment.payment,
        account_number: payment.account_number,
        account,
        amount: payment.amount,
        received_at: deployment.now(),
    };
    // The money is here, whoever it is for: a refusal would only make the bank forget of it.
    let answer = |transfer: &str, unapplied: Option<WhyUnapplied>| {
        let transfer = TransferId::stored(transfer);
        let credited = Credited { credited: unapplied.is_none(), transfer, unapplied };
        // Plain fields always make JSON.
        serde_json::to_string(&credited).unwrap_or_default()
    };
    let answer = match deployment.cell(place).await?.credit(&act, &payment, answer).await {
        // A notice before this one came while the account moved, and was refused.
        Err(StoreError::Db(DbError::AccountMoving)) if place != lives_in => {
            let directory = deployment.directory();
            directory.replace_payment(provider, &payment.payment, (place, lives_in)).await?;
            deployment.cell(lives_in).await?.credit(&act, &payment, answer).await?
        }
        credited => credited?,
    };
    Ok(stored_json(200, answer))
}
