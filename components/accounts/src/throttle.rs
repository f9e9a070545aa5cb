//! Throttling of guesses, so that it cannot be turned against an account's owner (R194).
//!
//! A browser that signed in before carries a mark, and its attempts are counted by the mark alone: whatever
//! strangers try elsewhere does not lock it out, and it does not get more tries than they do.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use edge::{Answer, Call, Code, Problem, Result, set_cookie};
use store::directory::{Attempt, Directory};
use store::{MasterKey, SpinDatabase};
use subtle::ConstantTimeEq;

/// The mark's cookie, guarded like the session's. It says that this browser has signed in, is there for security
/// alone, and ends with the browser, as a necessary cookie must (R164, X30).
const BROWSER_COOKIE: [&str; 2] = ["__Host-sendbox-browser", "sendbox-browser"];
/// Wrong passwords of one network, of one marked browser or of one session that are answered without a wait.
const FREE: i64 = 5;
/// Wrong passwords for one login from all networks together.
const FREE_FROM_ANYWHERE: i64 = 100;
const ID_BYTES: usize = 16;

/// What attempts are counted under, and how many of them are free.
pub struct Counters(Vec<([u8; 32], i64)>);

impl Counters {
    /// Of a sign-in by a browser that nobody knows: by login and network, and by login from anywhere. The second
    /// allows more, so that a few guesses from one place keep nobody out.
    pub async fn of_stranger(call: &Call, master: &MasterKey, login: &str) -> Result<Self> {
        let network = call.client_network().await?;
        Ok(Self(vec![
            (master.attempt_key(&["sign-in", login, &network]), FREE),
            (master.attempt_key(&["sign-in", login]), FREE_FROM_ANYWHERE),
        ]))
    }

    /// Of a sign-in by a browser with its mark.
    pub fn of_browser(browser: &KnownBrowser, master: &MasterKey, login: &str) -> Self {
        Self(vec![(master.attempt_key(&["sign-in of browser", login, &browser.id]), FREE)])
    }

    /// Of whoever has a session and is asked for the password: a stolen session does not become the password by
    /// guessing, and nobody without one is in the way of the owner.
    pub fn of_session(session: &str, master: &MasterKey) -> Self {
        Self(vec![(master.attempt_key(&["password of session", session]), FREE)])
    }

    /// Counts an attempt, or says how long to wait.
    pub async fn count(&self, directory: &Directory<'_, SpinDatabase>, now: i64) -> Result<()> {
        for (key, free) in &self.0 {
            if let Attempt::Wait { ms } = directory.count_attempt(key, *free, now).await? {
                let seconds = ms.unsigned_abs().div_ceil(1000);
                return Err(Problem::new(Code::TooManyAttempts).retry_after(seconds));
            }
        }
        Ok(())
    }

    /// Forgets the attempts: one succeeded.
    pub async fn clear(&self, directory: &Directory<'_, SpinDatabase>) -> Result<()> {
        let keys: Vec<[u8; 32]> = self.0.iter().map(|(key, _)| *key).collect();
        Ok(directory.clear_attempts(&keys).await?)
    }
}

/// A browser that signed in to an account with the password that is in force: `ID.TAG`, both in base64. The tag
/// binds it to the login and to the password's count, so that a mark got with a stolen password dies with it.
pub struct KnownBrowser {
    id: String,
}

impl KnownBrowser {
    /// The browser of a request, if it carries a mark for this login.
    pub fn of(call: &Call, master: &MasterKey, login: &str, credentials: i64) -> Option<Self> {
        let (id, tag) = call.cookie(name(call))?.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(id).ok().filter(|bytes| bytes.len() == ID_BYTES)?;
        let given = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let id = URL_SAFE_NO_PAD.encode(bytes);
        let genuine = mark(master, login, credentials, &id).ct_eq(given.as_slice());
        bool::from(genuine).then_some(Self { id })
    }

    /// Marks the browser of a request that has just shown the password. One with its mark keeps it.
    pub fn mark(
        call: &Call,
        answer: &mut Answer,
        master: &MasterKey,
        login: &str,
        credentials: i64,
    ) -> Result<()> {
        if Self::of(call, master, login, credentials).is_some() {
            return Ok(());
        }
        let id = URL_SAFE_NO_PAD.encode(store::random::<ID_BYTES>()?);
        let tag = URL_SAFE_NO_PAD.encode(mark(master, login, credentials, &id));
        set_cookie(call, answer, &format!("{}={id}.{tag}; Path=/; HttpOnly; SameSite=Strict", name(call)))
    }
}

fn name(call: &Call) -> &'static str {
    let [strict, local] = BROWSER_COOKIE;
    if call.is_local() { local } else { strict }
}

fn mark(master: &MasterKey, login: &str, credentials: i64, id: &str) -> [u8; 32] {
    master.attempt_key(&["known browser", login, &credentials.to_string(), id])
}
