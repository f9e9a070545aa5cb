//! The stand-in bank: signs a payment and sends it to the webhook, as a real one would.

use domain::ids::IdKind;
use edge::{Answer, Call, Problem, Result, stored_json};
use payments::standard;
use serde::Deserialize;
use store::new_id;

use crate::outbound;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopUp {
    account: String,
    amount: String,
    payment_id: Option<String>,
}

/// `POST /sandbox/bank/top-ups`
pub async fn top_up(mut call: Call) -> Result<Answer> {
    call.check_tick_token().await?;
    let form: TopUp = call.json().await?;
    let now = call.now().await?;
    let secret = call.settings.get("payments_standard_secret").await?;
    let id = new_id(IdKind::Transfer, now)?;
    let payment_id = form.payment_id.unwrap_or_else(|| id.replace("trn_", "pay_"));
    let body = serde_json::json!({
        "type": "payment.succeeded",
        "data": {"payment_id": payment_id, "account": form.account, "amount": form.amount, "currency": "KZT"},
    });
    let body = body.to_string().into_bytes();
    let timestamp = now.div_euclid(1000).to_string();
    let signature = standard::sign(&secret, &id, &timestamp, &body);
    let signature = signature.map_err(|error| Problem::new(error.to_string()))?;
    let headers = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
    let url = "http://topup.spin.internal/webhooks/payments/standard";
    let (status, body) = outbound::post(url, &headers, body).await?;
    Ok(stored_json(status, String::from_utf8_lossy(&body).into_owned()))
}
