//! What a broken rule of `domain` is answered by.

use domain::account::{AccountKind, FieldError};
use domain::documents::DocumentError;
use domain::money::MoneyError;
use domain::one_time_codes::OneTimeCodeError;
#[cfg(feature = "phone")]
use domain::phone::PhoneError;
use domain::voice::CallPlanError;

use serde::{Deserialize, Deserializer};

use crate::Code;

/// A kind of account, with a code of its own for what is none.
pub(crate) fn known_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccountKind, D::Error> {
    let text = String::deserialize(deserializer)?;
    AccountKind::parse(&text).ok_or_else(|| serde::de::Error::custom(Code::KindUnknown))
}

impl From<FieldError> for Code {
    fn from(error: FieldError) -> Self {
        match error {
            FieldError::LoginTooShort => Self::LoginTooShort,
            FieldError::LoginTooLong => Self::LoginTooLong,
            FieldError::LoginCharacters => Self::LoginCharacters,
            FieldError::LoginForbidden => Self::LoginForbidden,
            FieldError::PasswordTooShort => Self::PasswordTooShort,
            FieldError::PasswordTooLong => Self::PasswordTooLong,
            FieldError::PasswordContainsLogin => Self::PasswordContainsLogin,
            FieldError::PasswordTooCommon => Self::PasswordTooCommon,
            FieldError::NameInvalid => Self::NameInvalid,
            FieldError::EmailInvalid => Self::EmailInvalid,
        }
    }
}

impl From<DocumentError> for Code {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::NotInForce => Self::DocumentNotInForce,
            DocumentError::VersionStale => Self::DocumentVersionStale,
            DocumentError::TextMismatch => Self::DocumentTextMismatch,
        }
    }
}

impl From<MoneyError> for Code {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Malformed => Self::AmountMalformed,
            MoneyError::TooLarge => Self::AmountTooLarge,
        }
    }
}

impl From<OneTimeCodeError> for Code {
    fn from(error: OneTimeCodeError) -> Self {
        match error {
            OneTimeCodeError::NoCode => Self::CodeMissing,
            OneTimeCodeError::TooLong => Self::CodeTextTooLong,
        }
    }
}

impl From<CallPlanError> for Code {
    fn from(error: CallPlanError) -> Self {
        match error {
            CallPlanError::Ring => Self::RingSecondsOutOfBounds,
            CallPlanError::Attempts => Self::AttemptsOutOfBounds,
            CallPlanError::RetryGap => Self::RetryGapSecondsOutOfBounds,
        }
    }
}

#[cfg(feature = "phone")]
impl From<PhoneError> for Code {
    fn from(error: PhoneError) -> Self {
        match error {
            PhoneError::Unparseable => Self::PhoneUnparseable,
            PhoneError::Invalid => Self::PhoneInvalid,
            PhoneError::OutsideKazakhstan => Self::PhoneOutsideKazakhstan,
            PhoneError::NotReachableByText => Self::PhoneNotReachableByText,
            PhoneError::HasExtension => Self::PhoneHasExtension,
            PhoneError::Rounded => Self::PhoneRounded,
            PhoneError::Ambiguous => Self::PhoneAmbiguous,
            PhoneError::Several => Self::PhoneSeveral,
        }
    }
}
