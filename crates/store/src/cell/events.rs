//! Events: what the log commits to and no other table holds. Each is sealed under the evidence key
//! with the salt of its leaf, so that it can be shown later and proven (R10, R91).

use evidence::merkle::{Hash, leaf_hash};
use serde_json::Value as Json;

use crate::cell::Tenant;
use crate::database::{Database, DbError, transaction};
use crate::log::{self, CELL_LOG};
use crate::seal::{SealingKey, random};
use crate::{Act, hex, json, params};

/// Something that happened to an account and must be provable.
pub(super) struct NewEvent<'e> {
    pub kind: &'static str,
    pub campaign: Option<&'e str>,
    /// The event's own fields; `v`, `kind`, `account` and `at` are added.
    pub fields: Json,
}

/// The leaf of an event under a salt.
pub(super) fn leaf(salt: &[u8; 32], event: &Json) -> Hash {
    leaf_hash(evidence::commitment(salt, event))
}

/// The same of an event in its canonical bytes.
pub(super) fn leaf_of(salt: &[u8; 32], canonical: &[u8]) -> Hash {
    leaf_hash(evidence::commitment_to(salt, canonical))
}

/// RFC 3339 in UTC with milliseconds.
pub(super) fn time_text(unix_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(unix_ms)
        .map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}

/// Writes events and their leaves; returns the index of the first. Belongs inside a transaction.
pub(super) async fn record<D: Database>(
    db: &D,
    account: &str,
    key: &SealingKey,
    now: i64,
    events: Vec<NewEvent<'_>>,
) -> Result<i64, DbError> {
    let mut leaves = Vec::with_capacity(events.len());
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let mut body =
            serde_json::json!({"v": 1, "kind": event.kind, "account": account, "at": time_text(now)});
        if let (Json::Object(body), Json::Object(fields)) = (&mut body, event.fields) {
            body.extend(fields);
        }
        let salt: [u8; 32] = random()?;
        leaves.push(leaf(&salt, &body));
        let plain = [salt.as_slice(), &evidence::canonical(&body)].concat();
        rows.push((event.kind, event.campaign, hex(&key.seal(&format!("{account} event"), &plain)?)));
    }
    let first = log::append(db, CELL_LOG, &leaves).await?;
    db.query(
        "INSERT INTO event (account, log_index, kind, campaign, at, sealed)
         SELECT ?1, ?2 + key, value ->> 0, value ->> 1, ?3, unhex(value ->> 2) FROM json_each(?4)",
        params![account, first, now, json(&rows)?],
    )
    .await?;
    Ok(first)
}

impl<D: Database> Tenant<'_, D> {
    /// Records an act whose own rows are kept elsewhere, such as a sign-in in the directory, with its
    /// actor and channel (R10). The act has happened: it is written down even if the session has ended since, or
    /// by it. `fields` is an object and holds no personal data. Returns the leaf's index.
    pub async fn record_act(&self, act: &Act, kind: &'static str, fields: Json) -> Result<i64, DbError> {
        transaction(self.db, async |db| self.write_act(db, act, kind, None, fields).await).await
    }

    /// Writes down who did it and through what. Belongs inside the transaction of the act.
    pub(super) async fn write_act(
        &self,
        db: &D,
        act: &Act,
        kind: &'static str,
        campaign: Option<&str>,
        mut fields: Json,
    ) -> Result<i64, DbError> {
        if let Json::Object(fields) = &mut fields {
            fields.insert("actor".to_owned(), act.actor.as_str().into());
            fields.insert("channel".to_owned(), act.channel.into());
            if let Some(campaign) = campaign {
                fields.insert("campaign".to_owned(), campaign.into());
            }
        }
        let event = NewEvent { kind, campaign, fields };
        record(db, &self.account, &self.keys.evidence, act.now, vec![event]).await
    }
}

/// Opens a stored event: its salt and its body.
pub(super) fn open(key: &SealingKey, account: &str, sealed: &[u8]) -> Result<([u8; 32], Json), DbError> {
    let plain = key.open(&format!("{account} event"), sealed)?;
    let (salt, body) = plain.split_first_chunk::<32>().ok_or(DbError::Seal)?;
    Ok((*salt, serde_json::from_slice(body).map_err(|_| DbError::Seal)?))
}
