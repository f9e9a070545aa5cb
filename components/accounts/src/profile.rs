//! The account's own data: shown, kept current, and protected (R5, R6, R12).

use domain::account::{Login, check_email, check_name, check_password};
use domain::language::Language;
use domain::phone::Phone;
use edge::{Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, json, no_content};
use serde::Deserialize;
use store::directory::Directory;

use crate::passwords;
use crate::sessions;
use crate::sign_up::named;
use crate::views::AccountView;

/// `GET /v1/account`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    json(200, &AccountView::of(&caller.tenant().await?).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    language: Option<String>,
}

/// `PATCH /v1/account`
pub async fn patch(mut call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let change: Change = call.json().await?;
    let tenant = caller.tenant().await?;
    let mut profile = tenant.profile().await?;
    if let Some(name) = &change.name {
        profile.name = check_name(name).map_err(|error| named(error, "name"))?;
    }
    if let Some(phone) = &change.phone {
        let phone = Phone::parse(phone).map_err(|error| Problem::field(error.code(), "phone"))?;
        profile.phone = phone.e164().to_owned();
    }
    if let Some(email) = &change.email {
        profile.email = check_email(email).map_err(|error| named(error, "email"))?;
    }
    let language = match &change.language {
        Some(text) => {
            Language::parse(text).ok_or_else(|| Problem::field("invalid_field", "language"))?.as_str()
        }
        None => tenant.language(),
    };
    tenant.update_profile(&caller.act, &profile, language).await?;
    json(200, &AccountView::of(&caller.tenant().await?).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    current: String,
    new: String,
}

/// `POST /v1/account/password`
pub async fn change_password(mut call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let form: ChangePassword = call.json().await?;
    let account = caller.bearer.account.as_str();
    let profile = caller.tenant().await?.profile().await?;
    let login = Login::parse(&profile.login).map_err(|error| named(error, "login"))?;
    check_password(&form.new, &login).map_err(|error| named(error, "new"))?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    let wrong = || Problem::field("credentials_wrong", "current");
    let hash = directory.password_hash(account).await?.ok_or_else(wrong)?;
    if !passwords::verify(&form.current, &hash)? {
        return Err(wrong());
    }
    directory.set_password(account, &passwords::hash(&form.new)?).await?;
    sessions::end_all(account, Some(&caller.bearer.actor)).await?;
    Ok(no_content())
}

/// `POST /v1/account/compromise`: from here on, what was done with the old credentials is not plainly
/// the person's own act (R11, R12).
pub async fn report_compromise(call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    caller.tenant().await?.record_compromise(&caller.act).await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    Directory::new(&*db).revoke_all_api_keys(&caller.bearer.account, caller.act.now).await?;
    sessions::end_all(&caller.bearer.account, None).await?;
    Ok(no_content())
}
