//! What the bank and the operator send: payment notices and delivery reports, signed, and the tricks
//! that are played with them.

use domain::campaign::DeliveryResult;
use operators::sandbox::{Ended, ReportedMessage, ReportsBody, SIGNATURE_HEADER, sign_reports};
use payments::standard;
use serde_json::json;

use crate::application::{OPERATOR_SECRET, PAYMENTS_SECRET, decimal};
use crate::platform::Request;

/// A notice of a payment.
#[must_use]
pub fn payment(id: &str, account_number: &str, amount: i64, now_ms: i64, forged: bool) -> Request {
    let body = json!({
        "type": "payment.succeeded",
        "data": {"payment_id": id, "account": account_number, "amount": decimal(amount), "currency": "KZT"},
    });
    let body = body.to_string().into_bytes();
    let timestamp = now_ms.div_euclid(1_000).to_string();
    let signed = if forged { b"something else".as_slice() } else { &body };
    let signature = standard::sign(PAYMENTS_SECRET, id, &timestamp, signed).unwrap_or_default();
    Request::new("POST", "/webhooks/payments/standard")
        .body("application/json", body)
        .header("webhook-id", id)
        .header("webhook-timestamp", &timestamp)
        .header("webhook-signature", &signature)
}

/// Delivery reports.
#[must_use]
pub fn reports(reports: &[(String, DeliveryResult)], now_ms: i64, forged: bool) -> Request {
    let at = chrono::DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    let report = |(id, status): &(String, DeliveryResult)| ReportedMessage {
        id: id.clone(),
        status: Ended::Message(*status),
        at,
    };
    let body = ReportsBody { reports: reports.iter().map(report).collect() };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let key = if forged { "another key" } else { OPERATOR_SECRET };
    let signature = sign_reports(key, &body).unwrap_or_default();
    Request::new("POST", "/webhooks/operators/sandbox/reports")
        .body("application/json", body)
        .header(SIGNATURE_HEADER, &signature)
}
