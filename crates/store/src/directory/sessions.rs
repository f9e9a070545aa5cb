//! Sessions: a random token in a cookie, its hash in the directory (R9, R13).

use crate::database::{Database, DbError};
use crate::directory::{Directory, SignInCheck};
use crate::row::Row;
use crate::{params, sql};

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `ses_…`
    pub session: String,
    /// Unix milliseconds.
    pub expires_at: i64,
}

/// Whom a token or a key speaks for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bearer {
    /// `ses_…` or `key_…`
    pub actor: String,
    /// `acc_…`
    pub account: String,
    /// The label of the account's cell.
    pub cell: String,
    /// Unix milliseconds; `i64::MAX` for keys.
    pub expires_at: i64,
}

impl Bearer {
    pub(super) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            actor: row.text("actor")?,
            account: row.text("account")?,
            cell: row.text("cell")?,
            expires_at: row.int("expires_at")?,
        })
    }
}

impl<D: Database> Directory<'_, D> {
    /// Begins a session, if the password that was checked is still the one: false if it was changed or
    /// reported meanwhile.
    pub async fn begin_session(
        &self,
        session: &Session,
        check: &SignInCheck,
        token_hash: &[u8; 32],
        now: i64,
    ) -> Result<bool, DbError> {
        let account = &check.account.account;
        self.db
            .query("DELETE FROM session WHERE account = ?1 AND expires_at <= ?2", params![account, now])
            .await?;
        let begun = self
            .db
            .query(
                sql!("sessions.sql", "begin"),
                params![&session.session, token_hash, account, now, session.expires_at, check.credentials],
            )
            .await?;
        Ok(!begun.is_empty())
    }

    /// Whom a session's token speaks for now.
    pub async fn session_bearer(&self, token_hash: &[u8; 32], now: i64) -> Result<Option<Bearer>, DbError> {
        let rows = self.db.query(sql!("sessions.sql", "bearer"), params![token_hash, now]).await?;
        rows.first().map(Bearer::from_row).transpose()
    }

    /// Whether a session or key still speaks for an account. When a session runs out its bearer says (see
    /// [`Bearer::expires_at`]); here counts whether somebody ended it.
    pub async fn holds(&self, actor: &str, account: &str) -> Result<bool, DbError> {
        let rows = self.db.query(sql!("sessions.sql", "holds"), params![account, actor]).await?;
        Ok(!rows.is_empty())
    }

    /// Ends one session, or with `None` all of the account but `except`; returns the ended tokens'
    /// hashes, so that look-ups kept elsewhere can be dropped too.
    pub async fn end_sessions(
        &self,
        account: &str,
        session: Option<&str>,
        except: Option<&str>,
    ) -> Result<Vec<Vec<u8>>, DbError> {
        let rows = self.db.query(sql!("sessions.sql", "end"), params![account, session, except]).await?;
        rows.iter().map(|row| row.blob("token_hash")).collect()
    }

    /// The hashes of the tokens of an account's sessions.
    pub async fn session_hashes(&self, account: &str) -> Result<Vec<Vec<u8>>, DbError> {
        let rows =
            self.db.query("SELECT token_hash FROM session WHERE account = ?1", params![account]).await?;
        rows.iter().map(|row| row.blob("token_hash")).collect()
    }
}
