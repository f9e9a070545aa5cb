//! Signing in and out (R9, R13, R194).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::Login;
use domain::ids::IdKind;
use edge::{
    Answer, Call, Connection, DEFAULT_LABEL, Problem, Result, SESSION_COOKIE, SessionLookups, format_time,
    json, no_content, token_hash,
};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use store::cell::Cell;
use store::directory::{Bearer, Directory, Session};
use store::new_id;

use crate::passwords;
use crate::views::AccountView;

/// A session lives a working day; after it the person signs in again.
const SESSION_SECONDS: i64 = 12 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    login: String,
    password: String,
}

#[derive(Serialize)]
struct SignedIn {
    session: SessionView,
    account: AccountView,
}

#[derive(Serialize)]
struct SessionView {
    id: String,
    expires_at: String,
}

/// `POST /v1/sessions`
pub async fn sign_in(mut call: Call) -> Result<Answer> {
    let form: SignIn = call.json().await?;
    let now = call.now().await?;
    let wrong = || Problem::new("credentials_wrong");
    let login = Login::parse(&form.login).map_err(|_| wrong())?;
    let master = call.settings.master_key().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    let Some(check) = directory.sign_in_check(&master.login_hash(login.as_str())).await? else {
        passwords::verify_nothing(&form.password)?;
        return Err(wrong());
    };
    let account = &check.account.account;
    if check.retry_at > now {
        let seconds = (check.retry_at - now).unsigned_abs().div_ceil(1000);
        return Err(Problem::new("too_many_attempts").retry_after(seconds));
    }
    // Counted before it is checked: many guesses at once must not all find the count at zero.
    directory.count_failure(account, now).await?;
    if !passwords::verify(&form.password, &check.password)? {
        return Err(wrong());
    }
    directory.clear_failures(account).await?;
    let token = URL_SAFE_NO_PAD.encode(store::random::<32>()?);
    let session =
        Session { session: new_id(IdKind::Session, now)?, expires_at: now + SESSION_SECONDS * 1000 };
    let hash = token_hash(&token);
    directory.begin_session(&session, account, &hash, now).await?;
    let bearer = Bearer {
        actor: session.session.clone(),
        account: account.clone(),
        cell: check.account.cell.clone(),
        expires_at: session.expires_at,
    };
    SessionLookups::open().await?.keep(&hash, &bearer).await?;
    let cell = Connection::open(&bearer.cell).await?;
    let tenant = Cell::new(&*cell).tenant(&master, account).await?.ok_or_else(wrong)?;
    let view = SessionView { id: session.session, expires_at: format_time(session.expires_at) };
    let mut answer = json(201, &SignedIn { session: view, account: AccountView::of(&tenant).await? })?;
    set_cookie(&mut answer, &cookie(&call, &token, SESSION_SECONDS))?;
    Ok(answer)
}

/// `DELETE /v1/sessions/current`
pub async fn sign_out(call: Call) -> Result<Answer> {
    let caller = call.person().await?;
    let token = call.session_token().unwrap_or_default();
    // The look-up first: while the directory still has the session, a request that comes between is
    // answered as before the sign-out; after it, none is.
    SessionLookups::open().await?.forget(&[token_hash(token).to_vec()]).await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    Directory::new(&*db).end_sessions(&caller.bearer.account, Some(&caller.bearer.actor), None).await?;
    let mut answer = no_content();
    set_cookie(&mut answer, &cookie(&call, "", 0))?;
    Ok(answer)
}

/// Ends the sessions of an account, all or all but one.
pub async fn end_all(account: &str, except: Option<&str>) -> Result<()> {
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    let ended = directory.end_sessions(account, None, except).await?;
    // A session that signs in between is after the act that ends all, and stays.
    SessionLookups::open().await?.forget(&ended).await
}

fn cookie(call: &Call, token: &str, seconds: i64) -> String {
    let [strict, local] = SESSION_COOKIE;
    let (name, secure) = if call.is_local() { (local, "") } else { (strict, "; Secure") };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

fn set_cookie(answer: &mut Answer, cookie: &str) -> Result<()> {
    let value = HeaderValue::from_str(cookie).map_err(|error| Problem::internal("cookie", &error))?;
    answer.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
