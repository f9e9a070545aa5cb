//! Session look-ups in the key-value store, so that beside a libSQL server most requests need no query for who is
//! asking.
//!
//! Only signing in writes an entry and only ending a session removes it. A request never puts one
//! back: it could race with a sign-out and bring the session to life again (R13). If the store loses
//! an entry, the directory answers; what is written asks the directory in any case ([`store::cell::Permit`]).

use domain::hexadecimal::hex;
use spin_sdk::key_value::Store;
use store::directory::Bearer;

use crate::{Problem, Result};

/// The look-ups in the default store.
pub struct SessionLookups(Store);

fn key(token_hash: &[u8]) -> String {
    format!("session:{}", hex(token_hash))
}

impl SessionLookups {
    /// Opens the store.
    pub async fn open() -> Result<Self> {
        let store = Store::open_default().await;
        store.map(Self).map_err(|error| Problem::internal("key-value store", &error))
    }

    /// Whom a token speaks for, if the store has it and it is in time.
    pub async fn find(&self, token_hash: &[u8; 32], now: i64) -> Result<Option<Bearer>> {
        let found = self.0.get(key(token_hash)).await;
        let Some(bytes) = found.map_err(|error| Problem::internal("session look-up", &error))? else {
            return Ok(None);
        };
        let bearer: Option<Bearer> = serde_json::from_slice(&bytes).ok();
        Ok(bearer.filter(|bearer| bearer.expires_at > now))
    }

    /// Keeps a new session's entry.
    pub async fn keep(&self, token_hash: &[u8; 32], bearer: &Bearer) -> Result<()> {
        let bytes =
            serde_json::to_vec(bearer).map_err(|error| Problem::internal("session look-up", &error))?;
        let kept = self.0.set(key(token_hash), bytes).await;
        kept.map_err(|error| Problem::internal("session look-up", &error))
    }

    /// Forgets ended sessions.
    pub async fn forget(&self, token_hashes: &[Vec<u8>]) -> Result<()> {
        for hash in token_hashes {
            let gone = self.0.delete(key(hash)).await;
            gone.map_err(|error| Problem::internal("session look-up", &error))?;
        }
        Ok(())
    }
}
