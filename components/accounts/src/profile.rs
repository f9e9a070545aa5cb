//! The account's own data: shown, kept current, and protected (R5, R6, R12).

use api::accounts::{NewPassword, ProfilePatch};
use domain::account::{Login, check_email, check_name, check_password};
use domain::phone::Phone;
use edge::{
    Answer, Call, Caller, Code, PageQuery, Problem, Result, SessionLookups, json, no_content, token_hash,
    try_page_of,
};
use store::directory::PasswordChange;

use crate::passwords;
use crate::sessions;
use crate::sign_up::named;
use crate::throttle::{Counters, KnownBrowser};
use crate::views;

/// `GET /v1/account`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    json(200, &views::account(&caller.tenant().await?).await?)
}

/// `PATCH /v1/account`
pub async fn patch(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let change: ProfilePatch = call.json().await?;
    let tenant = caller.tenant().await?;
    let mut profile = tenant.profile().await?;
    if let Some(name) = &change.name {
        profile.name = check_name(name).map_err(|error| named(error, "name"))?;
    }
    if let Some(phone) = &change.phone {
        let phone = Phone::parse(phone).map_err(|error| Problem::field(error, "phone"))?;
        profile.phone = phone.e164().to_owned();
    }
    if let Some(email) = &change.email {
        profile.email = check_email(email).map_err(|error| named(error, "email"))?;
    }
    let language = change.language.map_or(tenant.language(), |language| language.as_str());
    tenant.update_profile(&caller.act, &profile, language).await?;
    json(200, &views::account(&caller.tenant().await?).await?)
}

/// `GET /v1/account/changes`
pub async fn changes(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let changes = caller.tenant().await?.profile_changes(page.number(i64::MAX)?, page.limit).await?;
    json(200, &try_page_of(changes, views::change)?)
}

/// `POST /v1/account/password`
pub async fn change_password(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewPassword = call.json().await?;
    let answer = replace_password(&call, &caller, &form, false).await?;
    let tenant = caller.tenant().await?;
    tenant
        .record_act(caller.deployment.keys(), &caller.act, "password_changed", serde_json::json!({}))
        .await?;
    Ok(answer)
}

/// `POST /v1/account/compromise`: from here on, what was done with the old credentials is not plainly
/// the person's own act. The report brings the new password itself: a report after which the old one still chose
/// the new one gave the account to whoever came first (R11, R12).
pub async fn report_compromise(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: NewPassword = call.json().await?;
    let mut answer = replace_password(&call, &caller, &form, true).await?;
    let tenant = caller.tenant().await?;
    tenant
        .record_act(caller.deployment.keys(), &caller.act, "compromise_reported", serde_json::json!({}))
        .await?;
    sessions::drop_cookie(&call, &mut answer)?;
    Ok(answer)
}

/// Puts the new password in the place of the one that is in force, and ends what that one opened. The answer marks
/// the browser anew.
async fn replace_password(
    call: &Call,
    caller: &Caller,
    form: &NewPassword,
    compromised: bool,
) -> Result<Answer> {
    let (account, session) = (caller.bearer.account.as_str(), caller.bearer.actor.as_str());
    let profile = caller.tenant().await?.profile().await?;
    let login = Login::parse(&profile.login).map_err(|error| named(error, "login"))?;
    check_password(&form.new, &login).map_err(|error| named(error, "new"))?;
    if form.new == form.current {
        return Err(Problem::field(Code::PasswordUnchanged, "new"));
    }
    let (directory, keys) = (caller.deployment.directory(), caller.deployment.keys());
    // A stolen session must not become the password by guessing.
    let counters = Counters::of_session(session, keys);
    counters.count(&directory, caller.act.now).await?;
    let wrong = || Problem::field(Code::CredentialsWrong, "current");
    let (hash, credentials) = directory.password_check(account).await?.ok_or_else(wrong)?;
    if !passwords::verify(&form.current, &hash)? {
        return Err(wrong());
    }
    counters.clear(&directory).await?;
    let password = passwords::hash(&form.new)?;
    let now = caller.act.now;
    let change = PasswordChange { account, session, credentials, password: &password, compromised, now };
    // The look-ups go first and once more after, so that neither a failure between nor a sign-in at the same
    // moment leaves one behind.
    let lookups = SessionLookups::open().await?;
    let own = token_hash(call.session_token().unwrap_or_default());
    let mut hashes = directory.session_hashes(account).await?;
    hashes.retain(|hash| compromised || hash.as_slice() != own);
    lookups.forget(&hashes).await?;
    let ended = directory.change_password(&change).await?;
    let ended = ended.ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    lookups.forget(&ended).await?;
    let mut answer = no_content();
    KnownBrowser::mark(call, &mut answer, keys, login.as_str(), credentials + 1)?;
    Ok(answer)
}
