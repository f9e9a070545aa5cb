//! API keys: shown once, kept as a hash, revocable (R18).

use crate::database::{Database, DbError};
use crate::directory::{Bearer, Directory};
use crate::params;
use crate::refusal::{Refusal, StoreError};

/// Live keys of one account.
const KEYS_MAX: i64 = 20;

/// A key as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// `key_…`
    pub key: String,
    /// What its owner calls it, sealed.
    pub name: Vec<u8>,
    /// The last four characters of the secret.
    pub last_four: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl<D: Database> Directory<'_, D> {
    /// Keeps a new key, if in the same statement the session that makes it is live and the account may have
    /// one more.
    pub async fn add_api_key(
        &self,
        account: &str,
        session: &str,
        key: &ApiKey,
        secret_hash: &[u8; 32],
    ) -> Result<(), StoreError> {
        let added = self
            .db
            .query(
                "INSERT INTO api_key (api_key, secret_hash, account, name, last_four, created_at)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6
                 WHERE (SELECT count(*) FROM api_key WHERE account = ?3 AND revoked_at IS NULL) < ?7
                   AND EXISTS (SELECT 1 FROM session WHERE session = ?8 AND account = ?3 AND expires_at > ?6)
                 RETURNING 1",
                params![
                    &key.key,
                    secret_hash,
                    account,
                    key.name.clone(),
                    &key.last_four,
                    key.created_at,
                    KEYS_MAX,
                    session
                ],
            )
            .await?;
        if !added.is_empty() {
            return Ok(());
        }
        let live = self.holds(session, account).await?;
        Err(if live { Refusal::TooManyApiKeys } else { Refusal::Unauthenticated }.into())
    }

    /// The keys of an account that are not revoked.
    pub async fn api_keys(&self, account: &str) -> Result<Vec<ApiKey>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT api_key, name, last_four, created_at FROM api_key
                 WHERE account = ?1 AND revoked_at IS NULL ORDER BY api_key DESC",
                params![account],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let (key, name, last_four) = (row.text(0)?, row.blob(1)?, row.text(2)?);
                Ok(ApiKey { key, name, last_four, created_at: row.int(3)? })
            })
            .collect()
    }

    /// Revokes one key of the account, if in the same statement the session that does it is live.
    pub async fn revoke_api_key(
        &self,
        account: &str,
        session: &str,
        key: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let rows = self
            .db
            .query(
                "UPDATE api_key SET revoked_at = ?3 WHERE account = ?1 AND api_key = ?2 AND revoked_at IS NULL
                   AND EXISTS (SELECT 1 FROM session WHERE session = ?4 AND account = ?1 AND expires_at > ?3)
                 RETURNING 1",
                params![account, key, now, session],
            )
            .await?;
        if !rows.is_empty() {
            return Ok(());
        }
        let live = self.holds(session, account).await?;
        Err(if live { Refusal::NotFound } else { Refusal::Unauthenticated }.into())
    }

    /// Revokes every key of the account (R12).
    pub async fn revoke_all_api_keys(&self, account: &str, now: i64) -> Result<(), DbError> {
        self.db
            .query(
                "UPDATE api_key SET revoked_at = ?2 WHERE account = ?1 AND revoked_at IS NULL",
                params![account, now],
            )
            .await?;
        Ok(())
    }

    /// Whom a key speaks for.
    pub async fn key_bearer(&self, secret_hash: &[u8; 32]) -> Result<Option<Bearer>, DbError> {
        let rows = self
            .db
            .query(
                "SELECT k.api_key, k.account, a.cell, 9223372036854775807
                 FROM api_key k JOIN directory_account a USING (account)
                 WHERE k.secret_hash = ?1 AND k.revoked_at IS NULL AND a.state = 'open'",
                params![secret_hash],
            )
            .await?;
        rows.first().map(Bearer::from_row).transpose()
    }
}
