//! What visitors chose about cookies: each decision is a row and a leaf of the log (R171, R181).

use evidence::merkle::leaf_hash;

use crate::database::{Database, DbError, transaction};
use crate::directory::Directory;
use crate::log::{self, DIRECTORY_LOG};
use crate::params;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieChoice {
    /// `cns_…`
    pub choice: String,
    /// Language, region, interface settings (R165).
    pub functional: bool,
    /// Visits and sources (R166).
    pub analytics: bool,
    /// Advertising (R167).
    pub marketing: bool,
    /// Whether the browser sent Global Privacy Control.
    pub gpc: bool,
    /// The cookie policy that was shown.
    pub policy_version: String,
    /// Its SHA-256.
    pub policy_sha256: String,
    /// The language it was shown in.
    pub language: String,
    /// `banner` or `preferences`.
    pub surface: String,
    /// Unix milliseconds.
    pub at: i64,
    /// Twelve months later at the latest (R171).
    pub expires_at: i64,
}

impl<D: Database> Directory<'_, D> {
    /// Keeps a decision and its leaf; returns the leaf's index. `salt` hides what was chosen.
    pub async fn record_cookie_choice(&self, choice: &CookieChoice, salt: &[u8; 32]) -> Result<i64, DbError> {
        let event = serde_json::json!({
            "v": 1, "kind": "cookie_choice", "choice": choice.choice, "functional": choice.functional,
            "analytics": choice.analytics, "marketing": choice.marketing, "gpc": choice.gpc,
            "policy_version": choice.policy_version, "policy_sha256": choice.policy_sha256,
            "language": choice.language, "surface": choice.surface, "at": choice.at,
        });
        let leaf = leaf_hash(evidence::commitment(salt, &event));
        transaction(self.db, async |db| {
            let index = log::append(db, DIRECTORY_LOG, &[leaf]).await?;
            db.query(
                "INSERT INTO cookie_choice (choice, functional, analytics, marketing, gpc, policy_version,
                   policy_sha256, language, surface, at, expires_at, log_index)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    &choice.choice,
                    i64::from(choice.functional),
                    i64::from(choice.analytics),
                    i64::from(choice.marketing),
                    i64::from(choice.gpc),
                    &choice.policy_version,
                    &choice.policy_sha256,
                    &choice.language,
                    &choice.surface,
                    choice.at,
                    choice.expires_at,
                    index
                ],
            )
            .await?;
            Ok(index)
        })
        .await
    }

    /// A decision that is in force: neither withdrawn nor older than its term (R171, R174).
    pub async fn cookie_choice(
        &self,
        choice: &str,
        now: i64,
    ) -> Result<Option<(CookieChoice, i64)>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT choice, functional, analytics, marketing, gpc, policy_version, policy_sha256, language,
                   surface, at, expires_at, log_index FROM cookie_choice
                 WHERE choice = ?1 AND withdrawn_at IS NULL AND expires_at > ?2",
                params![choice, now],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let choice = CookieChoice {
            choice: row.text(0)?,
            functional: row.int(1)? != 0,
            analytics: row.int(2)? != 0,
            marketing: row.int(3)? != 0,
            gpc: row.int(4)? != 0,
            policy_version: row.text(5)?,
            policy_sha256: row.text(6)?,
            language: row.text(7)?,
            surface: row.text(8)?,
            at: row.int(9)?,
            expires_at: row.int(10)?,
        };
        Ok(Some((choice, row.int(11)?)))
    }

    /// Withdraws a decision: it takes effect at once (R174). The withdrawal is a leaf too.
    pub async fn withdraw_cookie_choice(
        &self,
        choice: &str,
        salt: &[u8; 32],
        now: i64,
    ) -> Result<bool, DbError> {
        let event =
            serde_json::json!({"v": 1, "kind": "cookie_choice_withdrawn", "choice": choice, "at": now});
        let leaf = leaf_hash(evidence::commitment(salt, &event));
        transaction(self.db, async |db| {
            let changed = db
                .query(
                    "UPDATE cookie_choice SET withdrawn_at = ?2
                     WHERE choice = ?1 AND withdrawn_at IS NULL RETURNING 1",
                    params![choice, now],
                )
                .await?;
            if !changed.is_empty() {
                log::append(db, DIRECTORY_LOG, &[leaf]).await?;
            }
            Ok(!changed.is_empty())
        })
        .await
    }
}
