//! Payment providers: one file each. What a provider sends is verified on its raw bytes first and
//! read afterwards; nothing here touches a store.

pub mod standard;

use domain::money::Tiyn;

/// A payment that a provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's own id: credited once, kept for good.
    pub payment: String,
    /// What the payer wrote: an account number.
    pub account_number: String,
    /// Above zero, in tenge (R44).
    pub amount: Tiyn,
}

/// Why a notice is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum NoticeError {
    NotConfigured,
    SignatureInvalid,
    TimestampOutsideTolerance,
    MalformedJson,
    InvalidField,
    TypeUnknown,
    AmountInvalid,
    CurrencyNotKzt,
}
