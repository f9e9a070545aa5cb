//! Accounts: signing up, signing in and out, the profile, passwords and API keys.

use domain::account::AccountKind;
use domain::language::Language;
use serde::{Deserialize, Serialize};

use crate::consents::Receipt;
use crate::ids::{AccountId, ApiKeyId, SessionId};
use crate::operation::{Answer, Body, Component, Operation, Parameter, Who};
use crate::page::PAGE;
use crate::schema::Schema;
use crate::{Code, Page, Time};

/// Sign-ups of one network in a minute: each costs a password hash.
pub const SIGN_UPS_PER_MINUTE: u32 = 60;
/// Sign-ins of one network in a minute, from browsers that are not known.
pub const SIGN_INS_PER_MINUTE: u32 = 120;

/// A request for an account: declared data, and two separate acts (R5, R22).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The kind of customer.
    #[serde(deserialize_with = "crate::rules::known_kind")]
    pub kind: AccountKind,
    /// The name to sign in by: Latin letters, digits and `. _ - @ +`.
    #[cfg_attr(feature = "description", schema(min_length = 3, max_length = 64, example = "duken-1"))]
    pub login: String,
    /// The password.
    #[cfg_attr(feature = "description", schema(min_length = 10, max_length = 128))]
    pub password: String,
    /// The person's or the company's name.
    #[cfg_attr(feature = "description", schema(min_length = 2, max_length = 200))]
    pub name: String,
    /// In any spelling.
    pub phone: String,
    /// The address.
    pub email: String,
    /// In which language the texts below were shown.
    pub language: Language,
    /// That the data are true.
    #[serde(default)]
    pub truth_declared: bool,
    /// The offer, accepted.
    pub offer: Option<OfferAct>,
    /// The consent to the processing of personal data, given.
    pub pd_consent: Option<ConsentAct>,
}

/// The offer, as it was shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OfferAct {
    /// The version.
    pub version: String,
    /// Of the text in the language, in hexadecimal.
    pub sha256: String,
    /// The act.
    #[serde(default)]
    pub accepted: bool,
}

/// The text of a consent, as it was shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsentAct {
    /// The version.
    pub version: String,
    /// Of the text in the language, in hexadecimal.
    pub sha256: String,
    /// The act.
    #[serde(default)]
    pub given: bool,
}

/// What an account is to its owner: the state, and suspended while nothing is available (R52).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// May do everything.
    Active,
    /// Active, and without money.
    Suspended,
    /// Blocked by the service.
    Blocked,
    /// Its deletion is asked for.
    Closing,
    /// Deleted.
    Closed,
}

/// An account as its owner sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// What a payer writes on a top-up.
    pub number: String,
    /// The kind of customer.
    pub kind: AccountKind,
    /// Where it stands.
    pub state: AccountState,
    /// The name to sign in by.
    pub login: String,
    /// The person's or the company's name.
    pub name: String,
    /// E.164.
    pub phone: String,
    /// The address.
    pub email: String,
    /// The language of letters.
    pub language: Language,
    /// When it was made.
    pub created_at: Time,
    /// When its data were last declared to be true.
    pub truth_declared_at: Time,
}

/// What a sign-up comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct SignedUp {
    /// The account.
    pub account: Account,
    /// Of the offer and of the consent.
    pub receipts: Vec<Receipt>,
}

/// Credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
}

/// A session that has begun; the cookie comes beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
}

/// A session.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// When it ends at the latest.
    pub expires_at: Time,
}

/// A change of the profile: what is left out stays (R6).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new phone, in any spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The new address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The new language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// What stood in the profile before a change (R6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ProfileChange {
    /// When it was changed.
    pub at: Time,
    /// Who did it: a session.
    pub actor: String,
    /// What stood there.
    pub name: String,
    /// What stood there.
    pub phone: String,
    /// What stood there.
    pub email: String,
    /// What stood there.
    pub language: Language,
}

/// A new password in the place of the one in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one in force.
    pub current: String,
    /// The new one.
    #[cfg_attr(feature = "description", schema(min_length = 10, max_length = 128))]
    pub new: String,
}

/// A request for an API key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What its owner calls it, 1 to 120 characters.
    #[cfg_attr(feature = "description", schema(min_length = 1, max_length = 120))]
    pub name: String,
}

/// An API key as its owner sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// Of the key itself.
    pub last_four: String,
    /// The key itself, `sbk_…`: once, when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

const PASSWORD_CODES: &[Code] = &[
    Code::PasswordTooShort,
    Code::PasswordTooLong,
    Code::PasswordContainsLogin,
    Code::PasswordTooCommon,
    Code::PasswordUnchanged,
    Code::CredentialsWrong,
    Code::TooManyAttempts,
];

/// `POST /v1/accounts`
pub const SIGN_UP: Operation = Operation {
    id: "sign_up",
    path: "/v1/accounts",
    component: Component::Accounts,
    who: Who::Public,
    summary: "Opens an account by two separate acts: the offer, and the consent to the processing of personal data. \
              Version and hash are those of the text shown in `language`, from `GET /v1/documents`.",
    rules: &[1, 2, 3, 4, 5, 7, 21, 22, 23],
    body: Some(Body::json(Schema::of::<SignUp>())),
    answers: &[Answer::json(201, Schema::of::<SignedUp>(), "The account, and a receipt of each act.")],
    codes: &[
        Code::LoginTooShort,
        Code::LoginTooLong,
        Code::LoginCharacters,
        Code::LoginForbidden,
        Code::LoginTaken,
        Code::PasswordTooShort,
        Code::PasswordTooLong,
        Code::PasswordContainsLogin,
        Code::PasswordTooCommon,
        Code::TruthNotDeclared,
        Code::OfferNotAccepted,
        Code::PdConsentNotGiven,
        Code::DocumentVersionStale,
        Code::DocumentTextMismatch,
        Code::DocumentNotInForce,
        Code::PhoneUnparseable,
        Code::PhoneInvalid,
        Code::PhoneHasExtension,
        Code::PhoneOutsideKazakhstan,
        Code::PhoneRounded,
        Code::PhoneSeveral,
        Code::PhoneAmbiguous,
        Code::EmailInvalid,
        Code::NameInvalid,
        Code::KindUnknown,
    ],
    per_minute: Some(SIGN_UPS_PER_MINUTE),
    ..Operation::POST
};

/// `POST /v1/sessions`
pub const SIGN_IN: Operation = Operation {
    id: "sign_in",
    path: "/v1/sessions",
    component: Component::Accounts,
    who: Who::Public,
    summary: "Begins a session: the cookie ends with the browser, the session after 12 hours at the latest.",
    rules: &[9, 194],
    body: Some(Body::json(Schema::of::<SignIn>())),
    answers: &[Answer::json(201, Schema::of::<SignedIn>(), "The session, whose token is in the cookie.")
        .with(&[Parameter::header(
            "set-cookie",
            Schema::TEXT,
            "The session's cookie, and one that marks the browser.",
        )])],
    codes: &[Code::CredentialsWrong, Code::TooManyAttempts],
    per_minute: Some(SIGN_INS_PER_MINUTE),
    ..Operation::POST
};

/// `DELETE /v1/sessions/current`
pub const SIGN_OUT: Operation = Operation {
    id: "sign_out",
    path: "/v1/sessions/current",
    component: Component::Accounts,
    who: Who::Session,
    summary: "Ends the session on the server.",
    rules: &[13],
    answers: &[Answer::empty("The session is dead.")],
    ..Operation::DELETE
};

/// `GET /v1/account`
pub const GET: Operation = Operation {
    id: "get_account",
    path: "/v1/account",
    component: Component::Accounts,
    who: Who::SessionOrKey,
    summary: "The account of whoever asks.",
    rules: &[5],
    answers: &[Answer::json(200, Schema::of::<Account>(), "The account.")],
    ..Operation::GET
};

/// `PATCH /v1/account`
pub const UPDATE: Operation = Operation {
    id: "update_account",
    path: "/v1/account",
    component: Component::Accounts,
    who: Who::Session,
    summary: "Keeps the profile current; what stood there before is kept too.",
    rules: &[5, 6],
    body: Some(Body::json(Schema::of::<ProfilePatch>())),
    answers: &[Answer::json(200, Schema::of::<Account>(), "The account as it is now.")],
    codes: &[
        Code::NameInvalid,
        Code::EmailInvalid,
        Code::PhoneUnparseable,
        Code::PhoneInvalid,
        Code::PhoneHasExtension,
        Code::PhoneOutsideKazakhstan,
        Code::PhoneRounded,
        Code::PhoneSeveral,
        Code::PhoneAmbiguous,
    ],
    ..Operation::PATCH
};

/// `GET /v1/account/changes`
pub const CHANGES: Operation = Operation {
    id: "list_account_changes",
    path: "/v1/account/changes",
    component: Component::Accounts,
    who: Who::Session,
    summary: "What stood in the profile before each change, the last one first.",
    rules: &[6],
    parameters: PAGE,
    answers: &[Answer::json(200, Schema::of::<Page<ProfileChange>>(), "A page of them.")],
    ..Operation::GET
};

/// `POST /v1/account/password`
pub const CHANGE_PASSWORD: Operation = Operation {
    id: "change_password",
    path: "/v1/account/password",
    component: Component::Accounts,
    who: Who::Session,
    summary: "Puts a new password in force and ends all other sessions.",
    rules: &[194],
    body: Some(Body::json(Schema::of::<NewPassword>())),
    answers: &[Answer::empty("The new password is in force.")],
    codes: PASSWORD_CODES,
    ..Operation::POST
};

/// `POST /v1/account/compromise`
pub const REPORT_COMPROMISE: Operation = Operation {
    id: "report_compromise",
    path: "/v1/account/compromise",
    component: Component::Accounts,
    who: Who::Session,
    summary: "Records that the credentials may be in other hands, puts a new password in force, ends every session \
              and revokes every key.",
    rules: &[11, 12],
    body: Some(Body::json(Schema::of::<NewPassword>())),
    answers: &[Answer::empty("It is recorded, and nothing old opens the account.")],
    codes: PASSWORD_CODES,
    ..Operation::POST
};

/// `GET /v1/api-keys`
pub const KEYS: Operation = Operation {
    id: "list_api_keys",
    path: "/v1/api-keys",
    component: Component::Accounts,
    who: Who::Session,
    summary: "The live keys.",
    rules: &[18],
    answers: &[Answer::json(
        200,
        Schema::of::<Page<ApiKey>>(),
        "All of them; the keys themselves are not shown.",
    )],
    ..Operation::GET
};

/// `POST /v1/api-keys`
pub const CREATE_KEY: Operation = Operation {
    id: "create_api_key",
    path: "/v1/api-keys",
    component: Component::Accounts,
    who: Who::Session,
    summary: "Makes a key, of which at most 20 live at once.",
    rules: &[18],
    body: Some(Body::json(Schema::of::<NewApiKey>())),
    answers: &[Answer::json(201, Schema::of::<ApiKey>(), "The key, shown this once.")],
    codes: &[Code::TooManyApiKeys],
    ..Operation::POST
};

/// `DELETE /v1/api-keys/{key}`
pub const REVOKE_KEY: Operation = Operation {
    id: "revoke_api_key",
    path: "/v1/api-keys/{key}",
    component: Component::Accounts,
    who: Who::Session,
    summary: "Revokes a key.",
    rules: &[18],
    parameters: &[Parameter::path("key", Schema::of::<ApiKeyId>(), "The key.")],
    answers: &[Answer::empty("The key opens nothing any more.")],
    ..Operation::DELETE
};

crate::listed![
    SIGN_UP,
    SIGN_IN,
    SIGN_OUT,
    GET,
    UPDATE,
    CHANGES,
    CHANGE_PASSWORD,
    REPORT_COMPROMISE,
    KEYS,
    CREATE_KEY,
    REVOKE_KEY,
];
