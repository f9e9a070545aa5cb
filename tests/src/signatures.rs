//! Signs as the outside does: a bank's payment notice, an operator's delivery reports. Written here
//! from the wire formats and not taken from the product, so that both can be wrong apart.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::hexadecimal::hex;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha2::Sha256;

/// The made-up bank's secret: 32 bytes.
pub const PAYMENTS_SECRET: &str = "whsec_c2VuZGJveC10ZXN0cy1tYWRlLXVwLXNlY3JldC0zMmI=";

/// The made-up secret between the stand-in operator and the delivery reports' route.
pub const OPERATOR_SECRET: &str = "a-made-up-secret-of-the-stand-in-operator";

/// Where the bank sends its notices.
pub const PAYMENTS_PATH: &str = "/webhooks/payments/standard";

/// A notice of Standard Webhooks: the three headers and the exact bytes.
#[derive(Clone, Debug)]
pub struct Notice {
    pub id: String,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// What stands in `webhook-signature`; bytes, since a forger may send any.
    pub signature: Vec<u8>,
    pub body: Vec<u8>,
}

impl Notice {
    /// Signed with the bank's secret at an instant.
    pub fn signed(id: &str, at: DateTime<Utc>, body: &Value) -> Self {
        Self::signed_bytes(id, at, body.to_string().into_bytes())
    }

    /// Signed with the bank's secret over bytes that need not be JSON.
    pub fn signed_bytes(id: &str, at: DateTime<Utc>, body: Vec<u8>) -> Self {
        let timestamp = at.timestamp();
        let signature = standard_signature(PAYMENTS_SECRET, id, timestamp, &body).into_bytes();
        Self { id: id.to_owned(), timestamp, signature, body }
    }
}

/// `{"type": "payment.succeeded", …}` for an account's number.
pub fn payment(payment_id: &str, account_number: &str, amount: &str) -> Value {
    json!({
        "type": "payment.succeeded",
        "data": {
            "payment_id": payment_id,
            "account": account_number,
            "amount": amount,
            "currency": "KZT",
        },
    })
}

/// `v1,<base64 HMAC-SHA256 of id.timestamp.body>` under the key after `whsec_`.
pub fn standard_signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("base64 after whsec_");
    let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &signed)))
}

/// `v1,<base64 HMAC-SHA256 of the body>` of the stand-in operator.
pub fn operator_signature(body: &[u8]) -> String {
    format!("v1,{}", STANDARD.encode(hmac_sha256(OPERATOR_SECRET.as_bytes(), body)))
}

/// SMSC.kz's report that the message of this id to this number came to a status.
pub fn smsc_report(secret: &str, id: &str, phone: &str, status: i64, error: i64) -> String {
    let phone = phone.trim_start_matches('+');
    let digest = Md5::digest(format!("{id}:{phone}:{status}:{secret}"));
    format!("id={id}&phone={phone}&status={status}&err={error}&md5={}", hex(&digest))
}

/// The path under which an operator fetches a recording until an instant: signed with a key that is made from
/// the platform's master key (HKDF of RFC 5869, without a salt).
pub fn recording_link(audio: &str, expires: DateTime<Utc>) -> String {
    let pseudorandom = hmac_sha256(&[0; 32], &crate::platform::MASTER_KEY);
    let key = hmac_sha256(&pseudorandom, b"service links to recordings\x01");
    let expires = expires.timestamp();
    let token = hmac_sha256(&key, format!("{audio}\n{expires}").as_bytes());
    format!("/audio/{audio}/{expires}/{}", hex(&token[..16]))
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::standard_signature;

    /// The published vector of Standard Webhooks 1.0.0.
    #[test]
    fn the_bench_signs_as_the_standard_says() {
        let signature = standard_signature(
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            br#"{"email":"test@example.com","username":"test_user"}"#,
        );
        assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }
}
