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
use store::directory::{Attempt, Bearer, Directory, Session};
use store::{Act, MasterKey, SpinDatabase, new_id};

use crate::passwords;
use crate::views::AccountView;

/// A session lives a working day; after it the person signs in again.
const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// Wrong passwords for one login that are answered without a wait.
const FREE_FROM_ONE_NETWORK: i64 = 5;
/// The same from all networks together.
const FREE_FROM_ANYWHERE: i64 = 100;
/// Each costs a password hash.
const SIGN_INS_PER_MINUTE: i64 = 120;

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
    /// Nothing else is possible before (R12).
    must_change_password: bool,
}

/// `POST /v1/sessions`
pub async fn sign_in(mut call: Call) -> Result<Answer> {
    let form: SignIn = call.json().await?;
    let now = call.now().await?;
    let wrong = || Problem::new("credentials_wrong");
    let login = Login::parse(&form.login).map_err(|_| wrong())?;
    call.check_rate("sign-in", SIGN_INS_PER_MINUTE).await?;
    let master = call.settings.master_key().await?;
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    // Known or not, the login is counted alike.
    let keys = attempt_keys(&call, &master, login.as_str());
    count_attempts(&directory, &keys, now).await?;
    let Some(check) = directory.sign_in_check(&master.login_hash(login.as_str())).await? else {
        passwords::verify_nothing(&form.password)?;
        return Err(wrong());
    };
    let account = &check.account.account;
    if !passwords::verify(&form.password, &check.password)? {
        return Err(wrong());
    }
    directory.clear_attempts(&keys).await?;
    let token = URL_SAFE_NO_PAD.encode(store::random::<32>()?);
    let session =
        Session { session: new_id(IdKind::Session, now)?, expires_at: now + SESSION_SECONDS * 1000 };
    let hash = token_hash(&token);
    let bearer = Bearer {
        actor: session.session.clone(),
        account: account.clone(),
        cell: check.account.cell.clone(),
        expires_at: session.expires_at,
        restricted: check.must_change_password,
    };
    // The look-up before the session: whoever ends all sessions ends those that the directory has, and
    // drops their look-ups; one written later would outlive them. The token is not known to anybody yet.
    let lookups = SessionLookups::open().await?;
    lookups.keep(&hash, &bearer).await?;
    if !directory.begin_session(&session, &check, &hash, now).await? {
        lookups.forget(&[hash.to_vec()]).await?;
        return Err(wrong());
    }
    let cell = Connection::open(&bearer.cell).await?;
    let tenant = Cell::new(&*cell).tenant(&master, account).await?.ok_or_else(wrong)?;
    let act = Act { now, actor: session.session.clone(), channel: "cabinet" };
    tenant.record_act(&act, "signed_in", serde_json::json!({})).await?;
    let view = SessionView {
        id: session.session,
        expires_at: format_time(session.expires_at),
        must_change_password: check.must_change_password,
    };
    let mut answer = json(201, &SignedIn { session: view, account: AccountView::of(&tenant).await? })?;
    set_cookie(&mut answer, &cookie(&call, &token, SESSION_SECONDS))?;
    Ok(answer)
}

/// `DELETE /v1/sessions/current`
pub async fn sign_out(call: Call) -> Result<Answer> {
    let caller = call.person_changing_password().await?;
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

/// Ends the sessions of an account, all or all but one. The look-ups go first and once more after, so
/// that neither a failure between nor a sign-in at the same moment leaves one behind.
pub async fn end_all(account: &str, except: Option<(&str, [u8; 32])>) -> Result<()> {
    let db = Connection::open(DEFAULT_LABEL).await?;
    let directory = Directory::new(&*db);
    let lookups = SessionLookups::open().await?;
    let mut hashes = directory.session_hashes(account).await?;
    hashes.retain(|hash| except.is_none_or(|(_, kept)| hash != &kept));
    lookups.forget(&hashes).await?;
    let ended = directory.end_sessions(account, None, except.map(|(session, _)| session)).await?;
    lookups.forget(&ended).await
}

/// Wrong passwords for one login from one network, and for one login from anywhere. The second allows
/// more, so that a stranger cannot keep the owner out with a few guesses (R194).
pub fn attempt_keys(call: &Call, master: &MasterKey, login: &str) -> [[u8; 32]; 2] {
    let network = call.client_network();
    [master.attempt_key(&["sign-in", login, &network]), master.attempt_key(&["sign-in", login])]
}

/// Counts an attempt under both keys, or says how long to wait.
pub async fn count_attempts(
    directory: &Directory<'_, SpinDatabase>,
    keys: &[[u8; 32]; 2],
    now: i64,
) -> Result<()> {
    for (key, free) in keys.iter().zip([FREE_FROM_ONE_NETWORK, FREE_FROM_ANYWHERE]) {
        if let Attempt::Wait { ms } = directory.count_attempt(key, free, now).await? {
            let seconds = ms.unsigned_abs().div_ceil(1000);
            return Err(Problem::new("too_many_attempts").retry_after(seconds));
        }
    }
    Ok(())
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
