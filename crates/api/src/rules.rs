//! What a broken rule of `domain` is answered by.

use domain::account::{AccountKind, FieldError};
use domain::documents::DocumentError;
use domain::links::{AddressError, ExpiryError, LinksError};
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
            FieldError::LoginTooShort => Code::LoginTooShort,
            FieldError::LoginTooLong => Code::LoginTooLong,
            FieldError::LoginCharacters => Code::LoginCharacters,
            FieldError::LoginForbidden => Code::LoginForbidden,
            FieldError::PasswordTooShort => Code::PasswordTooShort,
            FieldError::PasswordTooLong => Code::PasswordTooLong,
            FieldError::PasswordContainsLogin => Code::PasswordContainsLogin,
            FieldError::PasswordTooCommon => Code::PasswordTooCommon,
            FieldError::NameInvalid => Code::NameInvalid,
            FieldError::EmailInvalid => Code::EmailInvalid,
        }
    }
}

impl From<DocumentError> for Code {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::NotInForce => Code::DocumentNotInForce,
            DocumentError::VersionStale => Code::DocumentVersionStale,
            DocumentError::TextMismatch => Code::DocumentTextMismatch,
        }
    }
}

impl From<MoneyError> for Code {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Malformed => Code::AmountMalformed,
            MoneyError::TooLarge => Code::AmountTooLarge,
        }
    }
}

impl From<OneTimeCodeError> for Code {
    fn from(error: OneTimeCodeError) -> Self {
        match error {
            OneTimeCodeError::NoCode => Code::CodeMissing,
            OneTimeCodeError::TooLong => Code::CodeTextTooLong,
        }
    }
}

impl From<AddressError> for Code {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::Malformed => Code::LinkAddressInvalid,
            AddressError::NotPublic => Code::LinkAddressNotPublic,
            AddressError::Ours => Code::LinkAddressOurs,
        }
    }
}

impl From<ExpiryError> for Code {
    fn from(_: ExpiryError) -> Self {
        Code::LinkExpiryOutOfBounds
    }
}

impl From<&LinksError> for Code {
    fn from(error: &LinksError) -> Self {
        match error {
            LinksError::TooMany => Code::TooManyLinks,
            LinksError::Name(_) => Code::LinkNameInvalid,
            LinksError::NotInText(_) => Code::LinkNotInText,
            LinksError::NotGiven => Code::LinkNotGiven,
        }
    }
}

impl From<CallPlanError> for Code {
    fn from(error: CallPlanError) -> Self {
        match error {
            CallPlanError::Ring => Code::RingSecondsOutOfBounds,
            CallPlanError::Attempts => Code::AttemptsOutOfBounds,
            CallPlanError::RetryGap => Code::RetryGapSecondsOutOfBounds,
        }
    }
}

#[cfg(feature = "phone")]
impl From<PhoneError> for Code {
    fn from(error: PhoneError) -> Self {
        match error {
            PhoneError::Unparseable => Code::PhoneUnparseable,
            PhoneError::Invalid => Code::PhoneInvalid,
            PhoneError::OutsideKazakhstan => Code::PhoneOutsideKazakhstan,
            PhoneError::NotReachableByText => Code::PhoneNotReachableByText,
            PhoneError::HasExtension => Code::PhoneHasExtension,
            PhoneError::Rounded => Code::PhoneRounded,
            PhoneError::Ambiguous => Code::PhoneAmbiguous,
            PhoneError::Several => Code::PhoneSeveral,
        }
    }
}
