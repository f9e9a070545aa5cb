//! Who is asking: a person with a session, a program with a key, staff or a scheduler with their token.

use store::directory::Bearer;
use store::{Act, Database as _, Engine};
use subtle::ConstantTimeEq;

use crate::call::JSON_BYTES_MAX;
use crate::caller::{Admitted, Caller};
use crate::deployment::Deployment;
use crate::digest::token_hash;
use crate::session_lookups::SessionLookups;
use crate::{Call, Code, Problem, Result};

/// The session's cookie. Its prefix makes browsers insist on TLS and on this very host; on a
/// loopback address, where there is no TLS, the name goes without.
pub const SESSION_COOKIE: [&str; 2] = ["__Host-sendbox", "sendbox"];

impl Call {
    /// The deployment, as it is now.
    pub async fn deployment(&self) -> Result<Deployment> {
        Deployment::open(self.settings).await
    }

    /// The caller that the table of routes let in, by session or key.
    pub async fn caller(&self) -> Result<Caller> {
        match self.take_admitted() {
            Some(Admitted::Caller(caller)) => Ok(*caller),
            _ => Err(Problem::internal(
                "a route",
                &"it lets everybody in, and its handler asks for the caller",
            )),
        }
    }

    /// The caller, once their body is there. It can be held back for as long as its sender likes: who asks, and when,
    /// is judged when it has come. Whoever is nobody is not waited for.
    pub async fn caller_with_body(&self, bytes_max: usize) -> Result<Caller> {
        if self.is_body_awaited() {
            self.bearer(&self.deployment().await?).await?;
            self.take_body(bytes_max).await?;
        }
        self.caller_before_body().await
    }

    /// The caller of a request whose body is yet to be streamed: only what is written says whether they may.
    pub async fn caller_before_body(&self) -> Result<Caller> {
        let deployment = self.deployment().await?;
        let (bearer, through) = self.bearer(&deployment).await?;
        let act = Act { now: deployment.now(), actor: bearer.actor.clone(), through };
        Ok(Caller { bearer, act, deployment })
    }

    async fn bearer(&self, deployment: &Deployment) -> Result<(Bearer, &'static str)> {
        match self.bearer_token() {
            Some(key) => Ok((self.key_bearer(deployment, key).await?, "api")),
            None => Ok((self.session_bearer(deployment).await?, "cabinet")),
        }
    }

    /// Refuses a request of a kind that anybody may make, once a minute's share of the caller's network
    /// is used up (R118, R196).
    pub async fn check_rate(&self, deployment: &Deployment, kind: &str, per_minute: u32) -> Result<()> {
        let network = self.client_network().await?;
        let key = deployment.keys().attempt_key(&["rate", kind, &network]);
        if deployment.directory().within_rate(&key, per_minute.into(), deployment.now()).await? {
            return Ok(());
        }
        Err(Problem::new(Code::TooManyRequests).retry_after(60))
    }

    /// Lets only the scheduler through.
    pub(crate) async fn check_tick_token(&self) -> Result<()> {
        self.check_token(&self.settings.get("tick_token").await?)
    }

    /// The act of staff, whom the table of routes let in (R82, R79).
    pub async fn staff(&self) -> Result<Act> {
        match self.take_admitted() {
            Some(Admitted::Staff(act)) => Ok(act),
            _ => Err(Problem::internal("a route", &"it is not staff's, and its handler asks for them")),
        }
    }

    /// Lets only whoever holds the token of staff through.
    pub(crate) async fn check_staff(&self) -> Result<Act> {
        let token = self.settings.get("staff_token").await?;
        if token.is_empty() {
            return Err(Problem::new(Code::StaffNotConfigured));
        }
        self.check_token(&token)?;
        // The time is that of the whole request: a body can be held back.
        self.take_body(JSON_BYTES_MAX).await?;
        Ok(Act { now: self.now().await?, actor: "staff".to_owned(), through: "staff" })
    }

    fn check_token(&self, token: &str) -> Result<()> {
        let given = self.bearer_token().unwrap_or_default();
        // Hashes have one length, so that not even the token's length shows in the time.
        let same = token_hash(given).ct_eq(&token_hash(token));
        if bool::from(same) && !token.is_empty() { Ok(()) } else { Err(Problem::new(Code::Unauthenticated)) }
    }

    fn bearer_token(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The token in the session's cookie.
    pub fn session_token(&self) -> Option<&str> {
        // The name without the prefix counts on this machine only: elsewhere another host of the domain
        // could plant it.
        let [strict, local] = SESSION_COOKIE;
        let name = if self.is_local() { local } else { strict };
        self.cookie(name).filter(|token| !token.is_empty())
    }

    async fn key_bearer(&self, deployment: &Deployment, key: &str) -> Result<Bearer> {
        let bearer = deployment.directory().key_bearer(&token_hash(key)).await?;
        bearer.ok_or_else(|| Problem::new(Code::Unauthenticated))
    }

    async fn session_bearer(&self, deployment: &Deployment) -> Result<Bearer> {
        let token = self.session_token().ok_or_else(|| Problem::new(Code::Unauthenticated))?;
        // A page of another site may make the browser send the cookie along; it may not act with it.
        let reads = matches!(self.method(), "GET" | "HEAD");
        if !reads && !matches!(self.header("sec-fetch-site"), None | Some("same-origin" | "none")) {
            return Err(Problem::new(Code::CrossSiteRequest));
        }
        let hash = token_hash(token);
        // A file answers sooner than the key-value store does; a server takes a round trip, as that store does.
        if deployment.directory_db().engine() == Engine::Server
            && let Some(bearer) = SessionLookups::open().await?.find(&hash, deployment.now()).await?
        {
            return Ok(bearer);
        }
        let bearer = deployment.directory().session_bearer(&hash, deployment.now()).await?;
        bearer.ok_or_else(|| Problem::new(Code::Unauthenticated))
    }
}
