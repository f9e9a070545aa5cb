//! Events: what the log commits to and no other table holds. Each is sealed under the evidence key
//! with the salt of its leaf, so that it can be shown later and proven (R10, R91).

use std::collections::BTreeMap;

use domain::cell_name::CellName;
use evidence::merkle::{Hash, leaf_hash};
use evidence::series::number_field;
use serde::Serialize;
use serde_json::Value as Json;

use crate::database::{Database, DbError};
use crate::log;
use crate::seal::{SealingKey, random};
use crate::{hex, json, params, sql};

/// Something that happened to an account and must be provable.
pub(crate) struct NewEvent<'e> {
    pub kind: &'e str,
    pub campaign: Option<&'e str>,
    /// The event's own fields; `v`, `kind`, `account` and `at` are added.
    pub fields: Json,
}

/// The leaf of an event under a salt.
pub(crate) fn leaf(salt: &[u8; 32], event: &Json) -> Hash {
    leaf_hash(evidence::commitment(salt, event))
}

/// The leaf of an event in its canonical bytes.
pub(crate) fn leaf_of(salt: &[u8; 32], canonical: &[u8]) -> Hash {
    leaf_hash(evidence::commitment_to(salt, canonical))
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn time_text(unix_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(unix_ms)
        .map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}

/// The runs of acts besides that of all of them: what the kinds of each begin with, and its name.
const RUNS: [(&str, &str); 4] =
    [("consent", "consents"), ("top_up", "payments"), ("deletion", "deletions"), ("decision", "decisions")];

/// The run of all acts.
const ACTS: &str = "acts";

/// The runs in which an act is numbered.
fn runs_of(kind: &str) -> impl Iterator<Item = &'static str> {
    let run = RUNS.iter().find(|(begin, _)| kind.starts_with(begin)).map(|(_, name)| *name);
    [ACTS].into_iter().chain(run)
}

/// How many numbers of a series are wanted.
#[derive(Serialize)]
struct Wanted<'w> {
    series: &'w str,
    events: u64,
}

/// An event as it is kept.
#[derive(Serialize)]
struct Kept<'k> {
    kind: &'k str,
    campaign: Option<&'k str>,
    /// In hexadecimal.
    sealed: String,
}

/// Takes the next numbers of series, `(series, how many)`, and answers the first of each. Numbers go up by
/// one from 1, in the order of the log, so that whoever has some of them sees which others there must be
/// (R93). Belongs inside the transaction of the leaves.
pub(crate) async fn take_numbers<D: Database>(
    db: &D,
    account: &str,
    wanted: &BTreeMap<String, u64>,
) -> Result<BTreeMap<String, u64>, DbError> {
    let wanted_rows: Vec<_> =
        wanted.iter().map(|(series, events)| Wanted { series, events: *events }).collect();
    let rows = db.query(sql!("events.sql", "take_numbers"), params![account, json(&wanted_rows)?]).await?;
    let mut first = BTreeMap::new();
    for row in &rows {
        let series = row.text("series")?;
        let count = wanted.get(&series).copied().unwrap_or_default();
        first.insert(series, row.number::<u64>("events")? - count + 1);
    }
    Ok(first)
}

/// Writes the events of one account into the log of its cell.
#[derive(Clone, Copy)]
pub(crate) struct Recorder<'r> {
    /// Whose log it is.
    pub cell: CellName,
    /// `acc_…`
    pub account: &'r str,
    /// Seals the events.
    pub key: &'r SealingKey,
}

impl Recorder<'_> {
    /// Writes events and their leaves; returns the index of the first. Belongs inside a transaction.
    pub(crate) async fn record<D: Database>(
        &self,
        db: &D,
        now: i64,
        events: Vec<NewEvent<'_>>,
    ) -> Result<i64, DbError> {
        let Self { cell, account, key } = *self;
        let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
        for event in &events {
            for run in runs_of(event.kind) {
                *wanted.entry(run.to_owned()).or_default() += 1;
            }
        }
        let mut next = take_numbers(db, account, &wanted).await?;
        let mut leaves = Vec::with_capacity(events.len());
        let mut salted = Vec::with_capacity(events.len());
        for event in events {
            let mut body =
                serde_json::json!({"v": 1, "kind": event.kind, "account": account, "at": time_text(now)});
            if let (Json::Object(body), Json::Object(fields)) = (&mut body, event.fields) {
                body.extend(fields);
                for run in runs_of(event.kind) {
                    let number = next.get_mut(run).ok_or(DbError::NoRow)?;
                    body.insert(number_field(run), (*number).into());
                    *number += 1;
                }
            }
            let salt: [u8; 32] = random()?;
            leaves.push(leaf(&salt, &body));
            salted.push((
                event.kind,
                event.campaign,
                [salt.as_slice(), &evidence::canonical(&body)].concat(),
            ));
        }
        let first = log::append(db, &cell.log(), &leaves).await?;
        let mut rows = Vec::with_capacity(salted.len());
        for ((kind, campaign, plain), index) in salted.into_iter().zip(first..) {
            rows.push(Kept { kind, campaign, sealed: hex(&key.seal(&place(account, index), &plain)?) });
        }
        db.query(sql!("events.sql", "keep"), params![account, first, now, json(&rows)?]).await?;
        Ok(first)
    }
}

/// Where a sealed event belongs: to one leaf, so that two of one account cannot be exchanged either.
fn place(account: &str, index: i64) -> String {
    format!("{account} event {index}")
}

/// A sealed event anew, for the place that its leaf has in another log.
pub(crate) fn seal_for(
    key: &SealingKey,
    account: &str,
    (former, index): (i64, i64),
    sealed: &[u8],
) -> Result<Vec<u8>, DbError> {
    key.seal(&place(account, index), &key.open(&place(account, former), sealed)?)
}

/// Opens the stored event of a leaf: its salt and its body.
pub(crate) fn open(
    key: &SealingKey,
    account: &str,
    index: i64,
    sealed: &[u8],
) -> Result<([u8; 32], Json), DbError> {
    let plain = key.open(&place(account, index), sealed)?;
    let (salt, body) = plain.split_first_chunk::<32>().ok_or(DbError::Seal)?;
    Ok((*salt, serde_json::from_slice(body).map_err(|_| DbError::Seal)?))
}
