//! API keys: shown once, kept as a hash, revocable (R18).

use crate::database::{Database, DbError};
use crate::directory::{Bearer, Directory};
use crate::refusal::{Refusal, StoreError};
use crate::row::Row;
use crate::{params, sql};

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

impl ApiKey {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            key: row.text("api_key")?,
            name: row.blob("name")?,
            last_four: row.text("last_four")?,
            created_at: row.int("created_at")?,
        })
    }
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
                sql!("api_keys.sql", "add"),
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
        let rows = self.db.query(sql!("api_keys.sql", "list"), params![account]).await?;
        rows.iter().map(ApiKey::from_row).collect()
    }

    /// Revokes one key of the account, if in the same statement the session that does it is live.
    pub async fn revoke_api_key(
        &self,
        account: &str,
        session: &str,
        key: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let rows = self.db.query(sql!("api_keys.sql", "revoke"), params![account, key, now, session]).await?;
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
        let rows = self.db.query(sql!("api_keys.sql", "bearer"), params![secret_hash]).await?;
        rows.first().map(Bearer::from_row).transpose()
    }
}
