//! Payment providers: one file each. What a provider sends is verified on its raw bytes first and
//! read afterwards; nothing here touches a store.

pub mod standard;

use domain::money::Tiyn;

/// A payment that a provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentNotice {
    /// The provider's own id: credited once, kept for good.
    pub payment: String,
    /// What the payer wrote: an account number.
    pub account_number: String,
    /// Above zero, in tenge (R44).
    pub amount: Tiyn,
}

/// Why a notice is refused. The texts are the stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the code that it prints")]
pub enum NoticeError {
    #[error("webhook_not_configured")]
    NotConfigured,
    #[error("webhook_signature_invalid")]
    SignatureInvalid,
    #[error("webhook_timestamp_outside_tolerance")]
    TimestampOutsideTolerance,
    #[error("malformed_json")]
    MalformedJson,
    #[error("invalid_field")]
    InvalidField,
    #[error("payment_type_unknown")]
    TypeUnknown,
    #[error("payment_amount_invalid")]
    AmountInvalid,
    #[error("payment_currency_not_kzt")]
    CurrencyNotKzt,
}
