//! Cookie choices: asked before anything optional, valid for twelve months, withdrawable (R163, R168, R173, R174).

use api::consents::{self, NewCookieChoice};
use api::ids::ConsentId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Months;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use edge::{Answer, Call, Code, Problem, Result, Time, instant, json, no_content, read_registry, set_cookie};
use store::directory::CookieChoice;
use store::{MasterKey, new_id};

/// The consent's term (R171).
const TERM: Months = Months::new(12);
/// The necessary cookie that holds the choice's id and its signature (R175).
const COOKIE: &str = "sendbox_cookie_choice";

fn view(choice: CookieChoice, log_index: i64) -> consents::CookieChoice {
    consents::CookieChoice {
        id: ConsentId::stored(choice.choice),
        functional: choice.functional,
        analytics: choice.analytics,
        marketing: choice.marketing,
        policy_version: choice.policy_version,
        at: Time::of(choice.at),
        expires_at: Time::of(choice.expires_at),
        gpc: choice.gpc,
        log_index,
    }
}

/// `POST /v1/cookie-choices`
pub async fn record(mut call: Call) -> Result<Answer> {
    let form: NewCookieChoice = call.json().await?;
    let deployment = call.deployment().await?;
    call.check_rate(&deployment, "cookie-choice", consents::COOKIE_CHOICES_PER_MINUTE).await?;
    let (now, keys) = (deployment.now(), deployment.keys());
    let registry = read_registry()?;
    let policy = registry.in_force(DocumentKind::CookiePolicy, instant(now)?);
    let policy = policy.ok_or_else(|| Problem::new(Code::DocumentNotInForce))?;
    let expires_at = instant(now)?.checked_add_months(TERM).map_or(now, |at| at.timestamp_millis());
    // The browser's own signal outweighs a click that may not have been one (R181).
    let gpc = call.header("sec-gpc") == Some("1");
    let choice = CookieChoice {
        choice: new_id(IdKind::Consent, now)?,
        functional: form.functional && !gpc,
        analytics: form.analytics && !gpc,
        marketing: form.marketing && !gpc,
        gpc,
        policy_version: policy.version.clone(),
        policy_sha256: policy.texts.get(form.language).sha256.clone(),
        language: form.language.as_str().to_owned(),
        surface: form.surface.as_str().to_owned(),
        at: now,
        expires_at,
    };
    let salt = salt(keys, &choice.choice)?;
    let log_index = deployment.directory().record_cookie_choice(&choice, &salt).await?;
    let value = format!("{}.{}", choice.choice, signature(keys, &choice.choice)?);
    let seconds = (expires_at - now) / 1000;
    let mut answer = json(201, &view(choice, log_index))?;
    set_cookie(&call, &mut answer, &cookie(&value, seconds))?;
    Ok(answer)
}

/// `GET /v1/cookie-choices/current`
pub async fn current(call: Call) -> Result<Answer> {
    let none = || Problem::new(Code::NoCookieChoice);
    let master = call.settings.master_key().await?;
    let id = signed_id(&call, &master)?.ok_or_else(none)?;
    let deployment = call.deployment().await?;
    let now = deployment.now();
    let (choice, log_index) = deployment.directory().cookie_choice(&id, now).await?.ok_or_else(none)?;
    // A policy that changed significantly since asks again (R30, R177).
    let registry = read_registry()?;
    if registry.changed_significantly_since(DocumentKind::CookiePolicy, &choice.policy_version, instant(now)?)
    {
        return Err(none());
    }
    json(200, &view(choice, log_index))
}

/// `DELETE /v1/cookie-choices/current`
pub async fn withdraw(call: Call) -> Result<Answer> {
    let none = || Problem::new(Code::NoCookieChoice);
    let master = call.settings.master_key().await?;
    let id = signed_id(&call, &master)?.ok_or_else(none)?;
    let deployment = call.deployment().await?;
    let salt = salt(&master, &format!("{id} withdrawn"))?;
    if !deployment.directory().withdraw_cookie_choice(&id, &salt, deployment.now()).await? {
        return Err(none());
    }
    let mut answer = no_content();
    set_cookie(&call, &mut answer, &cookie("", 0))?;
    Ok(answer)
}

fn salt(master: &MasterKey, choice: &str) -> Result<[u8; 32]> {
    Ok(master.service_key(&format!("cookie choice salt {choice}"))?)
}

fn signature(master: &MasterKey, choice: &str) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(master.service_key(&format!("cookie choice cookie {choice}"))?))
}

/// The id in the cookie, if it was signed here: a foreign choice can be neither read nor withdrawn.
fn signed_id(call: &Call, master: &MasterKey) -> Result<Option<String>> {
    let Some((id, signed)) = call.cookie(COOKIE).and_then(|value| value.split_once('.')) else {
        return Ok(None);
    };
    // Hashes are compared, so the time says nothing about the signature.
    let sound = edge::token_hash(signed) == edge::token_hash(&signature(master, id)?);
    Ok((IdKind::Consent.is_id(id) && sound).then(|| id.to_owned()))
}

/// The cookie of a choice, which is kept as long as the choice counts.
fn cookie(value: &str, seconds: i64) -> String {
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}
