//! Requests that carried an `Idempotency-Key`: a repeat finds what the first one made.

use crate::database::{Database, DbError};
use crate::params;
use crate::refusal::{Refusal, StoreError};
use crate::seal::SealingKey;

/// A request that may be a repeat.
#[derive(Clone, Debug)]
pub struct Repeatable {
    /// `POST /v1/campaigns`, …
    pub route: &'static str,
    /// The client's key.
    pub key: String,
    /// The SHA-256 of the body.
    pub request: [u8; 32],
}

/// Claims a key for the object that is about to be made, in the same transaction. `Some` is the
/// object that the key made before; another body under the key is refused. `sealing` is the account's
/// personal key: what a client wrote into its key and its request may be anything, so both are kept as keyed hashes only.
pub(super) async fn claim<D: Database>(
    db: &D,
    account: &str,
    sealing: &SealingKey,
    request: Option<&Repeatable>,
    object: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let Some(Repeatable { route, key, request }) = request else { return Ok(None) };
    // The word before it keeps the hash of a key that is a number apart from the hash of the number.
    let key_hash = sealing.index(&format!("idempotency {key}"));
    let request_hash = sealing.request_hash(request);
    let claimed = db
        .query(
            "INSERT INTO idempotency (account, route, key_hash, request_hash, object, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING RETURNING 1",
            params![account, *route, &key_hash, &request_hash, object, now],
        )
        .await?;
    if !claimed.is_empty() {
        return Ok(None);
    }
    let first = made_before(db, account, (route, &key_hash), &request_hash).await?;
    first.map(Some).ok_or_else(|| DbError::NoRow.into())
}

/// The object that a request under the same key made before, if there was one, with nothing claimed: a repeat is answered
/// also where the request could not be carried out any more. Another body under the key is refused.
pub(super) async fn find<D: Database>(
    db: &D,
    account: &str,
    sealing: &SealingKey,
    request: Option<&Repeatable>,
) -> Result<Option<String>, StoreError> {
    let Some(Repeatable { route, key, request }) = request else { return Ok(None) };
    let key_hash = sealing.index(&format!("idempotency {key}"));
    made_before(db, account, (route, &key_hash), &sealing.request_hash(request)).await
}

async fn made_before<D: Database>(
    db: &D,
    account: &str,
    (route, key_hash): (&str, &[u8; 32]),
    request_hash: &[u8],
) -> Result<Option<String>, StoreError> {
    let rows = db
        .query(
            "SELECT request_hash, object FROM idempotency WHERE account = ?1 AND route = ?2 AND key_hash = ?3",
            params![account, route, key_hash],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if row.blob("request_hash")? != request_hash {
        Err(Refusal::IdempotencyKeyReused.into())
    } else {
        Ok(Some(row.text("object")?))
    }
}
