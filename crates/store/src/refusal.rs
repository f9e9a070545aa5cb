//! What the store refuses for a reason that the caller can act on, beside what breaks.

use domain::deletion_day::DeletionDayError;
use domain::window_overrides::WindowOverrideError;

use crate::database::DbError;

/// A rule that the stored state would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Refusal {
    NotFound,
    Unauthenticated,
    LoginTaken,
    TooManyApiKeys,
    PaymentConflict,
    PaymentAccountUnknown,
    PaymentAccountClosing,
    PaymentAlreadyCredited,
    AmountTooLarge,
    ImportInProgress,
    ImportAlreadyHasFile,
    UploadOffsetMismatch,
    FilesWaitingLimit,
    WorkbookReadTooOften,
    ImportAwaitsNoFormat,
    CampaignNotDraft,
    CampaignStateConflict,
    NoContacts,
    TooManyCampaigns,
    CodeRecipientsTooMany,
    EstimateChanged,
    BalanceInsufficient,
    ConsentMandatory,
    AttestationStands,
    DeletionAlreadyRequested,
    DeletionDayTooEarly,
    ForfeitAmountChanged,
    BlacklistedByService,
    IdempotencyKeyReused,
    AdvertisingNotApproved,
    CampaignNotAdvertising,
    TextMismatch,
    AccountBlocked,
    AudioInUse,
    TooManyRecordings,
    StorageLimitUntilPayment,
    WindowOverrideEntersNight,
    WindowOverrideEndsBeforeItBegins,
    NobodyConsented,
    ScoringInProgress,
    ImportSaysWhoConsents,
    NobodyToLookUp,
    LookupInProgress,
    AppealDecided,
    ListNameTaken,
    TooManyLists,
    TooManyTags,
    ListUnknown,
    TagUnknown,
    CampaignUnknown,
    CampaignBeingPrepared,
    TooManyAudiences,
    FieldUnknown,
    ContactsBeingMarked,
    PersonUnknown,
    PersonNotInBase,
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
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The caller cannot.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
