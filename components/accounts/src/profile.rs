//! The account's own data: shown, kept current, and protected (R5, R6, R12).

use domain::account::{Login, check_email, check_name, check_password};
use domain::language::Language;
use domain::phone::Phone;
use edge::{
    Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, SessionLookups, json, no_content, token_hash,
};
use serde::Deserialize;
use store::directory::{Bearer, Directory};

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
    let caller = call.person_changing_password().await?;
    let form: ChangePassword = call.json().await?;
    let account = caller.bearer.account.as_str();
    let tenant = caller.tenant().await?;
    let login = Login::parse(&tenant.profile().await?.login).map_err(|error| named(error, "login"))?;
    check_password(&form.new, &login).map_err(|error| named(error, "new"))?;
    if form.new == form.current {
        return Err(Problem::field("password_unchanged", "new"));
    }
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    // A stolen session must not become the password by guessing.
    let keys = sessions::attempt_keys(&call, &caller.master, login.as_str());
    sessions::count_attempts(&directory, &keys, caller.act.now).await?;
    let wrong = || Problem::field("credentials_wrong", "current");
    let hash = directory.password_hash(account).await?.ok_or_else(wrong)?;
    if !passwords::verify(&form.current, &hash)? {
        return Err(wrong());
    }
    directory.clear_attempts(&keys).await?;
    directory.set_password(account, &passwords::hash(&form.new)?).await?;
    let session = &caller.bearer.actor;
    let own_hash = token_hash(call.session_token().unwrap_or_default());
    sessions::end_all(account, Some((session, own_hash))).await?;
    directory.lift_restriction(session).await?;
    let bearer = Bearer { restricted: false, ..caller.bearer.clone() };
    SessionLookups::open().await?.keep(&own_hash, &bearer).await?;
    tenant.record_act(&caller.act, "password_changed", serde_json::json!({})).await?;
    Ok(no_content())
}

/// `POST /v1/account/compromise`: from here on, what was done with the old credentials is not plainly
/// the person's own act, and whoever has them gets no further than a new password (R11, R12).
pub async fn report_compromise(call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let account = &caller.bearer.account;
    caller.tenant().await?.record_compromise(&caller.act).await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    directory.distrust_password(account).await?;
    directory.revoke_all_api_keys(account, caller.act.now).await?;
    sessions::end_all(account, None).await?;
    Ok(no_content())
}
