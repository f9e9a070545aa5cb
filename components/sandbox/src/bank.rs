//! The stand-in bank: signs a payment and sends it to the webhook, as a real one would.

use api::money::{PaymentData, PaymentNotice};
use api::sandbox::TopUp;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, Problem, Result, stored_json};
use payments::standard;
use store::new_id;

use crate::outbound;

/// `POST /sandbox/bank/top-ups`
pub async fn top_up(mut call: Call) -> Result<Answer> {
    let form: TopUp = call.json().await?;
    let now = call.now().await?;
    let secret = call.settings.get("payments_standard_secret").await?;
    let id = new_id(IdKind::Transfer, now)?;
    let payment_id = form.payment_id.unwrap_or_else(|| id.replace("trn_", "pay_"));
    let (account, amount, currency) = (form.account, form.amount, "KZT".to_owned());
    let data = PaymentData { payment_id, account, amount, currency };
    let notice = PaymentNotice { r#type: "payment.succeeded".to_owned(), data };
    let body = serde_json::to_vec(&notice).map_err(|error| Problem::internal("a payment", &error))?;
    let timestamp = now.div_euclid(1000).to_string();
    let signature = standard::sign(&secret, &id, &timestamp, &body);
    let signature = signature.map_err(|_| Problem::new(Code::WebhookNotConfigured))?;
    let headers = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
    let url = "http://topup.spin.internal/webhooks/payments/standard";
    let (status, body) = outbound::post(url, &headers, body).await?;
    Ok(stored_json(status, String::from_utf8_lossy(&body).into_owned()))
}
