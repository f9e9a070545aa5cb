//! Signing in and out (R9, R13, R194).

use api::accounts;
use api::ids::SessionId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::Login;
use domain::ids::IdKind;
use edge::{
    Answer, Call, Code, Problem, Result, SESSION_COOKIE, SessionLookups, Time, json, no_content, set_cookie,
    token_hash,
};
use store::directory::{Bearer, Session};
use store::{Act, DbError, new_id};

use crate::passwords;
use crate::throttle::{Counters, KnownBrowser};
use crate::views;

/// A session lives a working day; after it the person signs in again.
const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// `POST /v1/sessions`
pub async fn sign_in(mut call: Call) -> Result<Answer> {
    let form: accounts::SignIn = call.json().await?;
    let deployment = call.deployment().await?;
    let (now, keys, directory) = (deployment.now(), deployment.keys(), deployment.directory());
    let wrong = || Problem::new(Code::CredentialsWrong);
    let login = Login::parse(&form.login).map_err(|_| wrong())?;
    let login = login.as_str();
    let check = directory.sign_in_check(&keys.login_hash(login)).await?;
    // Known or not, the login is counted alike.
    let credentials = check.as_ref().map_or(0, |check| check.credentials);
    let counters = match KnownBrowser::of(&call, keys, login, credentials) {
        Some(browser) => Counters::of_browser(&browser, keys, login),
        None => {
            call.check_rate(&deployment, "sign-in", accounts::SIGN_INS_PER_MINUTE).await?;
            Counters::of_stranger(&call, keys, login).await?
        }
    };
    counters.count(&directory, now).await?;
    let Some(check) = check else {
        passwords::verify_nothing(&form.password)?;
        return Err(wrong());
    };
    let account = &check.account.account;
    if !passwords::verify(&form.password, &check.password)? {
        return Err(wrong());
    }
    counters.clear(&directory).await?;
    let token = URL_SAFE_NO_PAD.encode(store::random::<32>()?);
    let session =
        Session { session: new_id(IdKind::Session, now)?, expires_at: now + SESSION_SECONDS * 1000 };
    let hash = token_hash(&token);
    let bearer = Bearer {
        actor: session.session.clone(),
        account: account.clone(),
        cell: check.account.cell.clone(),
        expires_at: session.expires_at,
    };
    // The look-up before the session: whoever ends all sessions ends those that the directory has, and
    // drops their look-ups; one written later would outlive them. The token is not known to anybody yet.
    let lookups = SessionLookups::open().await?;
    lookups.keep(&hash, &bearer).await?;
    if !directory.begin_session(&session, &check, &hash, now).await? {
        lookups.forget(&[hash.to_vec()]).await?;
        return Err(wrong());
    }
    let cell = deployment.cell_labelled(&bearer.cell).await?;
    let tenant = cell.tenant(account).await?.ok_or(DbError::AccountMoving)?;
    let act = Act { now, actor: session.session.clone(), through: "cabinet" };
    tenant.record_act(keys, &act, "signed_in", serde_json::json!({})).await?;
    let view = accounts::SignedIn {
        session: accounts::Session {
            id: SessionId::stored(session.session),
            expires_at: Time::of(session.expires_at),
        },
        account: views::account(&tenant).await?,
    };
    let mut answer = json(201, &view)?;
    set_cookie(&call, &mut answer, &cookie(&call, &token))?;
    KnownBrowser::mark(&call, &mut answer, keys, login, check.credentials)?;
    Ok(answer)
}

/// `DELETE /v1/sessions/current`
pub async fn sign_out(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let token = call.session_token().unwrap_or_default();
    // The look-up first: while the directory still has the session, a request that comes between is
    // answered as before the sign-out; after it, none is.
    SessionLookups::open().await?.forget(&[token_hash(token).to_vec()]).await?;
    let Bearer { account, actor, .. } = &caller.bearer;
    if caller.deployment.directory().end_sessions(account, Some(actor), None).await?.is_empty() {
        return Err(Problem::new(Code::Unauthenticated));
    }
    caller
        .tenant()
        .await?
        .record_act(caller.deployment.keys(), &caller.act, "signed_out", serde_json::json!({}))
        .await?;
    let mut answer = no_content();
    drop_cookie(&call, &mut answer)?;
    Ok(answer)
}

/// The session's cookie ends with the browser: a necessary one may not outlive it (R164, X30). How long the
/// session lives at most is kept here.
fn cookie(call: &Call, token: &str) -> String {
    let [strict, local] = SESSION_COOKIE;
    let name = if call.is_local() { local } else { strict };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict")
}

/// Has the browser forget the session's cookie.
pub fn drop_cookie(call: &Call, answer: &mut Answer) -> Result<()> {
    set_cookie(call, answer, &format!("{}; Max-Age=0", cookie(call, "")))
}
