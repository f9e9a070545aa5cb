//! What visitors chose about cookies: each decision is a row and a leaf of the log (R171, R181).

use evidence::merkle::leaf_hash;

use crate::database::{Database, DbError, transaction};
use crate::directory::Directory;
use crate::log::{self, DIRECTORY_LOG};
use crate::row::Row;
use crate::{params, sql};

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

impl CookieChoice {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            choice: row.text("choice")?,
            functional: row.flag("functional")?,
            analytics: row.flag("analytics")?,
            marketing: row.flag("marketing")?,
            gpc: row.flag("gpc")?,
            policy_version: row.text("policy_version")?,
            policy_sha256: row.text("policy_sha256")?,
            language: row.text("language")?,
            surface: row.text("surface")?,
            at: row.int("at")?,
            expires_at: row.int("expires_at")?,
        })
    }
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
                sql!("cookie_choices.sql", "record"),
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
        let rows = self.db.query(sql!("cookie_choices.sql", "in_force"), params![choice, now]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((CookieChoice::from_row(row)?, row.int("log_index")?)))
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
            let changed = db.query(sql!("cookie_choices.sql", "withdraw"), params![choice, now]).await?;
            if !changed.is_empty() {
                log::append(db, DIRECTORY_LOG, &[leaf]).await?;
            }
            Ok(!changed.is_empty())
        })
        .await
    }
}
