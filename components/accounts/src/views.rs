//! What an account and a consent look like on the wire.

use domain::account::is_suspended;
use edge::{Result, format_time};
use serde::Serialize;
use store::SpinDatabase;
use store::cell::{ConsentRecord, Profile, ProfileChange, Tenant};

/// An account as its owner sees it.
#[derive(Serialize)]
pub struct AccountView {
    id: String,
    number: String,
    kind: &'static str,
    state: &'static str,
    login: String,
    name: String,
    phone: String,
    email: String,
    language: String,
    created_at: String,
    truth_declared_at: String,
}

impl AccountView {
    /// Of a tenant, with its profile opened.
    pub async fn of(tenant: &Tenant<'_, SpinDatabase>) -> Result<Self> {
        let Profile { login, name, phone, email } = tenant.profile().await?;
        // Without money the account is suspended, whatever its state (R52).
        let balance = tenant.balance().await?;
        let suspended = tenant.state().as_str() == "active" && is_suspended(balance.available);
        Ok(Self {
            id: tenant.account().to_owned(),
            number: tenant.number().to_owned(),
            kind: tenant.kind().as_str(),
            state: if suspended { "suspended" } else { tenant.state().as_str() },
            login,
            name,
            phone,
            email,
            language: tenant.language().to_owned(),
            created_at: format_time(tenant.created_at()),
            truth_declared_at: format_time(tenant.truth_declared_at()),
        })
    }
}

/// What stood in the profile before a change (R6).
#[derive(Serialize)]
pub struct ChangeView {
    at: String,
    actor: String,
    name: String,
    phone: String,
    email: String,
    language: String,
}

impl From<ProfileChange> for ChangeView {
    fn from(change: ProfileChange) -> Self {
        let ProfileChange { at, actor, former: Profile { name, phone, email, .. }, language, .. } = change;
        Self { at: format_time(at), actor, name, phone, email, language }
    }
}

/// The receipt of an act.
#[derive(Serialize)]
pub struct ReceiptView {
    id: String,
    document: String,
    version: String,
    sha256: String,
    language: String,
    state: &'static str,
    at: String,
    log_index: i64,
}

impl From<ConsentRecord> for ReceiptView {
    fn from(record: ConsentRecord) -> Self {
        Self {
            id: record.consent,
            document: record.document,
            version: record.version,
            sha256: record.sha256,
            language: record.language,
            state: "given",
            at: format_time(record.at),
            log_index: record.log_index,
        }
    }
}
