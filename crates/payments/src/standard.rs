//! Standard Webhooks 1.0.0: any bank or payment service that speaks it (R43, R44, R45, R51).

use api::money::{PaymentData, PaymentNotice};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::money::Tiyn;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{NoticeError, Payment};

/// A webhook may arrive so many seconds from its own time.
const TOLERANCE_SECONDS: u64 = 300;

/// What the headers say; any of them may be missing or not ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignatureHeaders<'h> {
    /// `webhook-id`
    pub id: Option<&'h str>,
    /// `webhook-timestamp`, seconds
    pub timestamp: Option<&'h str>,
    /// `webhook-signature`: `v1,<base64>`, several parted by spaces
    pub signature: Option<&'h str>,
}

/// Checks that the body is the sender's and fresh. Fails closed without a secret.
pub fn verify(
    secret: &str,
    headers: SignatureHeaders<'_>,
    body: &[u8],
    now_seconds: i64,
) -> Result<(), NoticeError> {
    let key = key(secret)?;
    let invalid = NoticeError::SignatureInvalid;
    let (id, timestamp) = (headers.id.ok_or(invalid)?, headers.timestamp.ok_or(invalid)?);
    let signatures = headers.signature.ok_or(invalid)?;
    let sent: i64 = timestamp.parse().map_err(|_| invalid)?;
    let signed = signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|signature| STANDARD.decode(signature).ok())
        .any(|signature| {
            mac(&key, id, timestamp, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        });
    if !signed {
        return Err(invalid);
    }
    if sent.abs_diff(now_seconds) > TOLERANCE_SECONDS {
        return Err(NoticeError::TimestampOutsideTolerance);
    }
    Ok(())
}

/// Signs a body as a sender does.
pub fn sign(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Result<String, NoticeError> {
    let mac = mac(&key(secret)?, id, timestamp, body).ok_or(NoticeError::NotConfigured)?;
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

fn key(secret: &str) -> Result<Vec<u8>, NoticeError> {
    let encoded = secret.strip_prefix("whsec_").ok_or(NoticeError::NotConfigured)?;
    let key = STANDARD.decode(encoded).map_err(|_| NoticeError::NotConfigured)?;
    if (24..=64).contains(&key.len()) { Ok(key) } else { Err(NoticeError::NotConfigured) }
}

fn mac(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}

/// Reads a verified body. What comes from outside may grow new fields: one that is refused for them is money that does
/// not arrive. The specification's own `timestamp` is not read either: the signed header counts.
pub fn read(body: &[u8]) -> Result<Payment, NoticeError> {
    let notice: PaymentNotice = serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => NoticeError::InvalidField,
        _ => NoticeError::MalformedJson,
    })?;
    if notice.r#type != "payment.succeeded" {
        return Err(NoticeError::TypeUnknown);
    }
    let PaymentData { payment_id, account, amount, currency } = notice.data;
    if currency != "KZT" {
        return Err(NoticeError::CurrencyNotKzt);
    }
    let amount = Tiyn::parse(&amount).ok().filter(|amount| *amount > Tiyn::ZERO);
    let amount = amount.ok_or(NoticeError::AmountInvalid)?;
    let visible =
        |text: &str| !text.is_empty() && text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic());
    if !visible(&payment_id) {
        return Err(NoticeError::InvalidField);
    }
    Ok(Payment { payment: payment_id, account_number: account, amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const TIMESTAMP: &str = "1649367553";
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    fn headers(signature: &str) -> SignatureHeaders<'_> {
        SignatureHeaders { id: Some(ID), timestamp: Some(TIMESTAMP), signature: Some(signature) }
    }

    /// The published vector of another implementation.
    #[test]
    fn the_published_vector_verifies_and_is_what_we_sign() {
        assert_eq!(verify(SECRET, headers(SIGNATURE), BODY, 1_649_367_553), Ok(()));
        assert_eq!(sign(SECRET, ID, TIMESTAMP, BODY), Ok(SIGNATURE.to_owned()));
    }

    #[test]
    fn a_changed_body_or_a_missing_header_is_not_signed() {
        let invalid = Err(NoticeError::SignatureInvalid);
        assert_eq!(verify(SECRET, headers(SIGNATURE), b"{}", 1_649_367_553), invalid);
        assert_eq!(verify(SECRET, headers("v2,x"), BODY, 1_649_367_553), invalid);
        let no_id = SignatureHeaders { id: None, ..headers(SIGNATURE) };
        assert_eq!(verify(SECRET, no_id, BODY, 1_649_367_553), invalid);
    }

    #[test]
    fn a_webhook_older_or_newer_than_five_minutes_is_refused() {
        for now in [1_649_367_553 - 301, 1_649_367_553 + 301] {
            let outcome = verify(SECRET, headers(SIGNATURE), BODY, now);
            assert_eq!(outcome, Err(NoticeError::TimestampOutsideTolerance), "{now}");
        }
    }

    /// Fail closed: without a secret nobody is believed.
    #[test]
    fn without_a_sound_secret_nothing_verifies() {
        for secret in ["", "whsec_", "whsec_c2hvcnQ=", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
            let outcome = verify(secret, headers(SIGNATURE), BODY, 1_649_367_553);
            assert_eq!(outcome, Err(NoticeError::NotConfigured), "{secret}");
        }
    }

    /// R51: a bank that adds a field still pays.
    #[test]
    fn fields_that_were_added_since_are_passed_over() {
        let body =
            br#"{"type":"payment.succeeded","timestamp":"2026-11-20T05:00:00Z","api_version":"2027-01-01",
            "data":{"payment_id":"p1","account":"100000009","amount":"1.00","currency":"KZT",
                    "payer":{"name":"x"},"fee":null},"attempt":2}"#;
        assert_eq!(read(body).map(|notice| notice.payment), Ok("p1".to_owned()));
    }

    /// R44, R45: only tenge, only plain amounts above zero.
    #[test]
    fn an_amount_that_is_not_plain_tenge_is_refused() {
        let body = |amount: &str, currency: &str| {
            format!(
                r#"{{"type":"payment.succeeded","data":{{"payment_id":"p1","account":"100000009","amount":"{amount}","currency":"{currency}"}}}}"#
            )
        };
        for amount in ["0", "0.00", "-1", "1,00", "1e3", "1.001", ""] {
            assert_eq!(read(body(amount, "KZT").as_bytes()), Err(NoticeError::AmountInvalid), "{amount}");
        }
        assert_eq!(read(body("1.00", "USD").as_bytes()), Err(NoticeError::CurrencyNotKzt));
        assert_eq!(read(body("1000.00", "KZT").as_bytes()).map(|notice| notice.amount), Ok(Tiyn(100_000)));
    }
}
