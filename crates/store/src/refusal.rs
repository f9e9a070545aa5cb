//! What the store refuses for a reason that the caller can act on, beside what breaks.

use domain::deletion_day::DeletionDayError;
use domain::window_overrides::WindowOverrideError;

use crate::database::DbError;

/// A rule that the stored state would break. The text is the stable code of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the code that it prints")]
pub enum Refusal {
    #[error("not_found")]
    NotFound,
    #[error("unauthenticated")]
    Unauthenticated,
    #[error("login_taken")]
    LoginTaken,
    #[error("too_many_api_keys")]
    TooManyApiKeys,
    #[error("payment_conflict")]
    PaymentConflict,
    #[error("payment_account_unknown")]
    PaymentAccountUnknown,
    #[error("payment_account_closing")]
    PaymentAccountClosing,
    #[error("payment_already_credited")]
    PaymentAlreadyCredited,
    #[error("amount_too_large")]
    AmountTooLarge,
    #[error("import_in_progress")]
    ImportInProgress,
    #[error("import_already_has_file")]
    ImportAlreadyHasFile,
    #[error("campaign_not_draft")]
    CampaignNotDraft,
    #[error("campaign_state_conflict")]
    CampaignStateConflict,
    #[error("no_contacts")]
    NoContacts,
    #[error("too_many_campaigns")]
    TooManyCampaigns,
    #[error("code_recipients_too_many")]
    CodeRecipientsTooMany,
    #[error("estimate_changed")]
    EstimateChanged,
    #[error("balance_insufficient")]
    BalanceInsufficient,
    #[error("consent_mandatory")]
    ConsentMandatory,
    #[error("attestation_stands")]
    AttestationStands,
    #[error("deletion_already_requested")]
    DeletionAlreadyRequested,
    #[error("deletion_day_too_early")]
    DeletionDayTooEarly,
    #[error("forfeit_amount_changed")]
    ForfeitAmountChanged,
    #[error("idempotency_key_reused")]
    IdempotencyKeyReused,
    #[error("advertising_not_approved")]
    AdvertisingNotApproved,
    #[error("campaign_not_advertising")]
    CampaignNotAdvertising,
    #[error("text_mismatch")]
    TextMismatch,
    #[error("account_blocked")]
    AccountBlocked,
    #[error("audio_in_use")]
    AudioInUse,
    #[error("too_many_recordings")]
    TooManyRecordings,
    #[error("storage_limit_until_payment")]
    StorageLimitUntilPayment,
    #[error("window_override_enters_night")]
    WindowOverrideEntersNight,
    #[error("window_override_ends_before_it_begins")]
    WindowOverrideEndsBeforeItBegins,
}

impl From<DeletionDayError> for Refusal {
    fn from(DeletionDayError::TooEarly: DeletionDayError) -> Self {
        Self::DeletionDayTooEarly
    }
}

impl From<WindowOverrideError> for Refusal {
    fn from(error: WindowOverrideError) -> Self {
        match error {
            WindowOverrideError::EntersNight => Self::WindowOverrideEntersNight,
            WindowOverrideError::EndsBeforeItBegins => Self::WindowOverrideEndsBeforeItBegins,
        }
    }
}

/// A refusal, or a failure below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The caller can act on it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller cannot.
    #[error(transparent)]
    Db(#[from] DbError),
}
