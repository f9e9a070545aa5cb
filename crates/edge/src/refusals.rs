//! What the store refuses, as the code that is answered.

use api::Code;
use store::Refusal;

/// The code of a refusal.
pub(crate) const fn code_of(refusal: Refusal) -> Code {
    match refusal {
        Refusal::NotFound => Code::NotFound,
        Refusal::Unauthenticated => Code::Unauthenticated,
        Refusal::LoginTaken => Code::LoginTaken,
        Refusal::TooManyApiKeys => Code::TooManyApiKeys,
        Refusal::PaymentConflict => Code::PaymentConflict,
        Refusal::PaymentAccountUnknown => Code::PaymentAccountUnknown,
        Refusal::PaymentAccountClosing => Code::PaymentAccountClosing,
        Refusal::PaymentAlreadyCredited => Code::PaymentAlreadyCredited,
        Refusal::AmountTooLarge => Code::AmountTooLarge,
        Refusal::ImportInProgress => Code::ImportInProgress,
        Refusal::ImportAlreadyHasFile => Code::ImportAlreadyHasFile,
        Refusal::UploadOffsetMismatch => Code::UploadOffsetMismatch,
        Refusal::CampaignNotDraft => Code::CampaignNotDraft,
        Refusal::CampaignStateConflict => Code::CampaignStateConflict,
        Refusal::NoContacts => Code::NoContacts,
        Refusal::TooManyCampaigns => Code::TooManyCampaigns,
        Refusal::CodeRecipientsTooMany => Code::CodeRecipientsTooMany,
        Refusal::EstimateChanged => Code::EstimateChanged,
        Refusal::BalanceInsufficient => Code::BalanceInsufficient,
        Refusal::ConsentMandatory => Code::ConsentMandatory,
        Refusal::AttestationStands => Code::AttestationStands,
        Refusal::DeletionAlreadyRequested => Code::DeletionAlreadyRequested,
        Refusal::DeletionDayTooEarly => Code::DeletionDayTooEarly,
        Refusal::ForfeitAmountChanged => Code::ForfeitAmountChanged,
        Refusal::IdempotencyKeyReused => Code::IdempotencyKeyReused,
        Refusal::AdvertisingNotApproved => Code::AdvertisingNotApproved,
        Refusal::CampaignNotAdvertising => Code::CampaignNotAdvertising,
        Refusal::TextMismatch => Code::TextMismatch,
        Refusal::AccountBlocked => Code::AccountBlocked,
        Refusal::AudioInUse => Code::AudioInUse,
        Refusal::TooManyRecordings => Code::TooManyRecordings,
        Refusal::StorageLimitUntilPayment => Code::StorageLimitUntilPayment,
        Refusal::WindowOverrideEntersNight => Code::WindowOverrideEntersNight,
        Refusal::WindowOverrideEndsBeforeItBegins => Code::WindowOverrideEndsBeforeItBegins,
        Refusal::NobodyConsented => Code::NobodyConsented,
        Refusal::ScoringInProgress => Code::ScoringInProgress,
        Refusal::AppealDecided => Code::AppealDecided,
        Refusal::PersonUnknown => Code::PersonUnknown,
        Refusal::PersonNotInBase => Code::PersonNotInBase,
    }
}
