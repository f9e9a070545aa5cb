//! An account and what was accepted, as they are answered.

use api::accounts::{Account, AccountState};
use api::consents::{ConsentState, Receipt};
use api::ids::{AccountId, ConsentId};
use domain::account::is_suspended;
use edge::{Result, Time, stored};
use store::SpinDatabase;
use store::cell::{ConsentRecord, Profile, ProfileChange, Tenant};

/// A tenant as its owner sees it, with its profile opened.
pub async fn account(tenant: &Tenant<'_, SpinDatabase>) -> Result<Account> {
    let Profile { login, name, phone, email } = tenant.profile().await?;
    let balance = tenant.balance().await?;
    Ok(Account {
        id: AccountId::stored(tenant.account()),
        number: tenant.account_number().to_owned(),
        kind: tenant.kind(),
        state: match tenant.state() {
            // Without money the account is suspended, whatever its state (R52).
            domain::account::AccountState::Active if is_suspended(balance.available) => {
                AccountState::Suspended
            }
            domain::account::AccountState::Active => AccountState::Active,
            domain::account::AccountState::Blocked => AccountState::Blocked,
            domain::account::AccountState::Closing => AccountState::Closing,
            domain::account::AccountState::Closed => AccountState::Closed,
        },
        login,
        name,
        phone,
        email,
        language: stored(tenant.language())?,
        created_at: Time::of(tenant.created_at()),
        truth_declared_at: Time::of(tenant.truth_declared_at()),
    })
}

/// What stood in the profile before a change (R6).
pub fn change(change: ProfileChange) -> Result<api::accounts::ProfileChange> {
    let ProfileChange { at, actor, former: Profile { name, phone, email, .. }, language, .. } = change;
    let language = stored(&language)?;
    Ok(api::accounts::ProfileChange { at: Time::of(at), actor, name, phone, email, language })
}

/// The receipt of an act.
pub fn receipt(record: ConsentRecord) -> Result<Receipt> {
    Ok(Receipt {
        id: ConsentId::stored(record.consent),
        document: stored(&record.document)?,
        version: record.version,
        sha256: record.sha256,
        language: stored(&record.language)?,
        state: ConsentState::Given,
        at: Time::of(record.at),
        log_index: record.log_index,
    })
}
