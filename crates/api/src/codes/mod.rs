//! Every stable problem code, with its HTTP status and what it says to people in the three languages: once, for all
//! who answer, read or show it.
//!
//! A code that no answer carries as its own stands here too (why a row of a file was left out, why the hours are shut),
//! so that whoever shows it explains it in the same words. Why a message was not sent is no code: see
//! [`Reason`](domain::message::Reason).

mod accounts;
mod audience;
mod audio;
mod campaigns;
mod contacts;
mod general;
mod links;
mod money;
mod scores;
#[cfg(test)]
mod tests;

use domain::language::Language;
use serde::{Deserialize, Serialize};

/// The enumeration, its names on the wire, and every code in a list.
macro_rules! codes {
    ($($code:ident = $text:tt,)+) => {
        /// A stable code: lower case with underscores on the wire; never changes once published.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
        #[expect(missing_docs, reason = "what a code means its three texts say")]
        pub enum Code {
            $(#[serde(rename = $text)] $code,)+
        }

        impl Code {
            /// Every code, subject after subject.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// As it is sent and stored.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $text,)+
                }
            }
        }
    };
}

codes! {
    // Accounts and people's choices.
    AccountBlocked = "account_blocked",
    AttestationStands = "attestation_stands",
    ConsentMandatory = "consent_mandatory",
    CredentialsWrong = "credentials_wrong",
    DeletionAlreadyRequested = "deletion_already_requested",
    DeletionDayTooEarly = "deletion_day_too_early",
    DocumentNotInForce = "document_not_in_force",
    DocumentTextMismatch = "document_text_mismatch",
    DocumentVersionStale = "document_version_stale",
    EmailInvalid = "email_invalid",
    ForfeitAmountChanged = "forfeit_amount_changed",
    KindUnknown = "kind_unknown",
    LoginCharacters = "login_characters",
    LoginForbidden = "login_forbidden",
    LoginTaken = "login_taken",
    LoginTooLong = "login_too_long",
    LoginTooShort = "login_too_short",
    NameInvalid = "name_invalid",
    NoCookieChoice = "no_cookie_choice",
    OfferNotAccepted = "offer_not_accepted",
    PasswordContainsLogin = "password_contains_login",
    PasswordTooCommon = "password_too_common",
    PasswordTooLong = "password_too_long",
    PasswordTooShort = "password_too_short",
    PasswordUnchanged = "password_unchanged",
    PdConsentNotGiven = "pd_consent_not_given",
    StorageLimitUntilPayment = "storage_limit_until_payment",
    TooManyApiKeys = "too_many_api_keys",
    TooManyAttempts = "too_many_attempts",
    TruthNotDeclared = "truth_not_declared",
    // Recordings.
    AudioDurationOutOfBounds = "audio_duration_out_of_bounds",
    AudioFormatUnsupported = "audio_format_unsupported",
    AudioInUse = "audio_in_use",
    AudioMalformed = "audio_malformed",
    TooManyRecordings = "too_many_recordings",
    // Campaigns and their messages.
    AdvertisingNotApproved = "advertising_not_approved",
    AttemptsOutOfBounds = "attempts_out_of_bounds",
    CampaignNotAdvertising = "campaign_not_advertising",
    CampaignNotDraft = "campaign_not_draft",
    CampaignStateConflict = "campaign_state_conflict",
    CodeMissing = "code_missing",
    CodeRecipientsTooMany = "code_recipients_too_many",
    CodeTextTooLong = "code_text_too_long",
    EstimateChanged = "estimate_changed",
    NoContacts = "no_contacts",
    NoOperator = "no_operator",
    OptOutLinkNeeded = "opt_out_link_needed",
    OptOutLinkNotForCodes = "opt_out_link_not_for_codes",
    OutsideCalendar = "outside_calendar",
    OutsideHours = "outside_hours",
    PublicHoliday = "public_holiday",
    PublicUrlNotConfigured = "public_url_not_configured",
    RetryGapSecondsOutOfBounds = "retry_gap_seconds_out_of_bounds",
    RingSecondsOutOfBounds = "ring_seconds_out_of_bounds",
    TextLengthInvalid = "text_length_invalid",
    TextMismatch = "text_mismatch",
    TooManyCampaigns = "too_many_campaigns",
    Weekend = "weekend",
    WindowOverrideEndsBeforeItBegins = "window_override_ends_before_it_begins",
    WindowOverrideEntersNight = "window_override_enters_night",
    // Links in texts.
    LinkAddressInvalid = "link_address_invalid",
    LinkAddressNotPublic = "link_address_not_public",
    LinkAddressOurs = "link_address_ours",
    LinkExpiryOutOfBounds = "link_expiry_out_of_bounds",
    LinkNameInvalid = "link_name_invalid",
    LinkNotGiven = "link_not_given",
    LinkNotInText = "link_not_in_text",
    TooManyLinks = "too_many_links",
    // Contacts, their numbers, the blacklist.
    AttestationNotGiven = "attestation_not_given",
    BlacklistNotEverywhere = "blacklist_not_everywhere",
    Blacklisted = "blacklisted",
    BlacklistedByService = "blacklisted_by_service",
    CsvColumnChosenTwice = "csv_column_chosen_twice",
    CsvColumnMissing = "csv_column_missing",
    CsvDelimiterUnknown = "csv_delimiter_unknown",
    CsvEncodingUnknown = "csv_encoding_unknown",
    CsvHeaderLineMissing = "csv_header_line_missing",
    CsvIsWorkbook = "csv_is_workbook",
    CsvLettersLost = "csv_letters_lost",
    CsvLineTooLong = "csv_line_too_long",
    CsvMalformed = "csv_malformed",
    CsvNotInEncoding = "csv_not_in_encoding",
    CsvNotUtf8 = "csv_not_utf8",
    CsvPhoneColumnMissing = "csv_phone_column_missing",
    CsvSpecialCategoryColumn = "csv_special_category_column",
    CsvTooManyFields = "csv_too_many_fields",
    CsvTooManyRows = "csv_too_many_rows",
    DecisionConsentUnclear = "decision_consent_unclear",
    DuplicateInFile = "duplicate_in_file",
    DuplicateOfContact = "duplicate_of_contact",
    FieldTooLong = "field_too_long",
    FilesWaitingLimit = "files_waiting_limit",
    ImportAlreadyHasFile = "import_already_has_file",
    ImportAwaitsNoFormat = "import_awaits_no_format",
    ImportInProgress = "import_in_progress",
    NameTooLong = "name_too_long",
    PersonNotInBase = "person_not_in_base",
    PersonUnknown = "person_unknown",
    PhoneAmbiguous = "phone_ambiguous",
    PhoneHasExtension = "phone_has_extension",
    PhoneInvalid = "phone_invalid",
    PhoneNotReachableByText = "phone_not_reachable_by_text",
    PhoneOutsideKazakhstan = "phone_outside_kazakhstan",
    PhoneRounded = "phone_rounded",
    PhoneSeveral = "phone_several",
    PhoneUnparseable = "phone_unparseable",
    UploadInterrupted = "upload_interrupted",
    UploadOffsetMismatch = "upload_offset_mismatch",
    WorkbookEncrypted = "workbook_encrypted",
    WorkbookIsText = "workbook_is_text",
    WorkbookMalformed = "workbook_malformed",
    WorkbookNotATable = "workbook_not_a_table",
    WorkbookOldFormat = "workbook_old_format",
    WorkbookOtherFormat = "workbook_other_format",
    WorkbookReadTooOften = "workbook_read_too_often",
    WorkbookSheetMissing = "workbook_sheet_missing",
    WorkbookTooLarge = "workbook_too_large",
    WorkbookWithoutRows = "workbook_without_rows",
    // What any route may answer.
    AccountMoving = "account_moving",
    BodyInterrupted = "body_interrupted",
    BodyTooLarge = "body_too_large",
    BodyTooSlow = "body_too_slow",
    BusyTryAgain = "busy_try_again",
    CellsMalformed = "cells_malformed",
    CrossSiteRequest = "cross_site_request",
    DataRegionNotDeclared = "data_region_not_declared",
    DatabaseOfAnotherCell = "database_of_another_cell",
    DatabaseSchemaNewer = "database_schema_newer",
    DatabaseSchemaOther = "database_schema_other",
    IdempotencyKeyReused = "idempotency_key_reused",
    InternalError = "internal_error",
    InvalidField = "invalid_field",
    MalformedJson = "malformed_json",
    MasterKeyMalformed = "master_key_malformed",
    MasterKeyWrong = "master_key_wrong",
    MethodNotAllowed = "method_not_allowed",
    MissingField = "missing_field",
    NotFound = "not_found",
    SessionRequired = "session_required",
    StaffNotConfigured = "staff_not_configured",
    TooManyRequests = "too_many_requests",
    Unauthenticated = "unauthenticated",
    UnknownField = "unknown_field",
    UnsupportedMediaType = "unsupported_media_type",
    // Payments, tariffs, balance.
    AmountMalformed = "amount_malformed",
    AmountTooLarge = "amount_too_large",
    BalanceInsufficient = "balance_insufficient",
    PaymentAccountClosing = "payment_account_closing",
    PaymentAccountUnknown = "payment_account_unknown",
    PaymentAlreadyCredited = "payment_already_credited",
    PaymentAmountInvalid = "payment_amount_invalid",
    PaymentConflict = "payment_conflict",
    PaymentCurrencyNotKzt = "payment_currency_not_kzt",
    PaymentTypeUnknown = "payment_type_unknown",
    WebhookNotConfigured = "webhook_not_configured",
    WebhookSignatureInvalid = "webhook_signature_invalid",
    WebhookTimestampOutsideTolerance = "webhook_timestamp_outside_tolerance",
    // Scores of contacts, and what people say against them.
    AppealDecided = "appeal_decided",
    ImportSaysWhoConsents = "import_says_who_consents",
    LookupInProgress = "lookup_in_progress",
    LookupNotAvailable = "lookup_not_available",
    LookupNotSold = "lookup_not_sold",
    NobodyConsented = "nobody_consented",
    NobodyToLookUp = "nobody_to_look_up",
    ScoringInProgress = "scoring_in_progress",
    ScoringNotSold = "scoring_not_sold",
    // Lists, tags and audiences.
    CampaignBeingPrepared = "campaign_being_prepared",
    CampaignUnknown = "campaign_unknown",
    ContactsBeingMarked = "contacts_being_marked",
    FieldUnknown = "field_unknown",
    ListNameTaken = "list_name_taken",
    ListUnknown = "list_unknown",
    TagUnknown = "tag_unknown",
    TooManyAudiences = "too_many_audiences",
    TooManyLists = "too_many_lists",
    TooManyTags = "too_many_tags",
}

impl Code {
    /// The code of that name; `None` for one that is not in use.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The HTTP status of an answer that carries the code.
    pub fn status(self) -> u16 {
        self.entry().status
    }

    /// What it says to people: whole sentences, fit to be shown as they are.
    pub fn text(self, language: Language) -> &'static str {
        let Entry { kk, ru, en, .. } = self.entry();
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    const fn entry(self) -> &'static Entry {
        entry_at(self as usize)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one code means.
struct Entry {
    code: Code,
    status: u16,
    kk: &'static str,
    ru: &'static str,
    en: &'static str,
}

/// The texts by subject, in the order of the enumeration.
const SUBJECTS: [&[Entry]; 9] = [
    accounts::ENTRIES,
    audio::ENTRIES,
    campaigns::ENTRIES,
    links::ENTRIES,
    contacts::ENTRIES,
    general::ENTRIES,
    money::ENTRIES,
    scores::ENTRIES,
    audience::ENTRIES,
];

/// The entry at a place of all subjects together.
const fn entry_at(mut place: usize) -> &'static Entry {
    let mut subject = 0;
    while place >= SUBJECTS[subject].len() {
        place -= SUBJECTS[subject].len();
        subject += 1;
    }
    &SUBJECTS[subject][place]
}

// Each code has its entry, and stands before it: a text that is missing, or too much, does not compile.
const _: () = {
    let mut place = 0;
    while place < Code::ALL.len() {
        assert!(entry_at(place).code as usize == place, "a code and the texts are not in the same order");
        place += 1;
    }
    let mut subject = 0;
    let mut entries = 0;
    while subject < SUBJECTS.len() {
        entries += SUBJECTS[subject].len();
        subject += 1;
    }
    assert!(entries == Code::ALL.len(), "there are texts of no code");
};

/// One entry in few words; the order is code, status, Kazakh, Russian, English.
const fn e(code: Code, status: u16, kk: &'static str, ru: &'static str, en: &'static str) -> Entry {
    Entry { code, status, kk, ru, en }
}
