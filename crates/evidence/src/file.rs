//! Evidence files: events with what proves that the log holds them, and the check of it all (R91, R93).
//!
//! The log's leaves hold no personal data: a leaf is a commitment to an event under 32 random bytes
//! of salt. An evidence file opens the commitments: it carries the events, their salts, and for each
//! the hashes that lead from its leaf to the root of a signed checkpoint. Whoever has the file can
//! check it without the service. Where a salt was destroyed with its person, the leaf says nothing.
//!
//! ```json
//! {"format": "sendbox-evidence-1", "verifier_key": "…", "checkpoint": "…",
//!  "events": [{"index": 3, "salt": "hex", "event": {"kind": "hand_over", …}, "proof": ["base64", …]}],
//!  "next_cursor": null}
//! ```

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Hash;
use crate::checkpoint::{self, CheckpointError};
use crate::merkle;

/// The only `format` that there is so far.
pub const FORMAT: &str = "sendbox-evidence-1";

/// One page of evidence, as `GET /v1/evidence` answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// [`FORMAT`].
    pub format: String,
    /// [`crate::SigningKey::verifier_key`] of the log.
    pub verifier_key: String,
    /// A signed note; its size lies above every index below.
    pub checkpoint: String,
    pub events: Vec<EvidenceEvent>,
    /// Asks for the next page; it takes no part in the proof.
    pub next_cursor: Option<String>,
}

/// An event and its way to the checkpoint's root.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEvent {
    /// The leaf's place in the log, from 0.
    pub index: u64,
    /// 32 bytes in lower-case hexadecimal.
    pub salt: String,
    /// A JSON object; its `kind` says what happened.
    pub event: Value,
    /// The hashes of [`merkle::inclusion_ranges`], each in base64.
    pub proof: Vec<String>,
}

impl EvidenceFile {
    /// A page in the current format.
    #[must_use]
    pub fn new(
        verifier_key: String,
        checkpoint: String,
        events: Vec<EvidenceEvent>,
        next_cursor: Option<String>,
    ) -> Self {
        Self { format: FORMAT.to_owned(), verifier_key, checkpoint, events, next_cursor }
    }
}

impl EvidenceEvent {
    /// Writes salt and proof as the file spells them.
    #[must_use]
    pub fn new(index: u64, salt: &[u8; 32], event: Value, proof: &[Hash]) -> Self {
        let proof = proof.iter().map(|hash| BASE64_STANDARD.encode(hash)).collect();
        Self { index, salt: base16ct::lower::encode_string(salt), event, proof }
    }
}

/// What a file that holds proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The log's name.
    pub origin: String,
    /// Leaves in the log at the checkpoint.
    pub size: u64,
    pub root: Hash,
    /// The key that the checkpoint was verified with.
    pub verifier_key: String,
    /// In the file's order.
    pub events: Vec<VerifiedEvent>,
    /// How many events there are of each `kind`.
    pub by_kind: BTreeMap<String, u64>,
}

/// An event that the log is proven to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedEvent {
    pub index: u64,
    pub event: Value,
}

/// Why a file proves nothing. What is wrong with an event names its index in the log.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    #[error("not an evidence file: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the format is `{0}`, not `{FORMAT}`")]
    Format(String),
    #[error("the file was signed with `{found}`, not with the expected key")]
    OtherKey { found: String },
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("event {index}: {reason}")]
    Event { index: u64, reason: EventProblem },
}

/// What is wrong with one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventProblem {
    #[error("it lies after the end of the checkpoint's log")]
    AfterTheCheckpoint,
    #[error("it stands in the file twice")]
    Twice,
    #[error("its salt is not 32 bytes in lower-case hexadecimal")]
    Salt,
    #[error("hash {0} of its proof is not 32 bytes in base64")]
    ProofHash(usize),
    #[error("it is not an object with a `kind`")]
    Kind,
    #[error("the log does not hold it as it stands here: the event, its salt or its proof was changed")]
    NotInTheLog,
}

/// Checks a whole file without any other source. With `expected_key` (from `GET /v1/log/key`, kept
/// earlier) the checkpoint must be of that key; without it, of the key that the file names, which
/// proves that the file is of one piece, but not whose it is.
pub fn verify(file: &str, expected_key: Option<&str>) -> Result<Verified, EvidenceError> {
    let file: EvidenceFile = serde_json::from_str(file)?;
    if file.format != FORMAT {
        return Err(EvidenceError::Format(file.format));
    }
    if expected_key.is_some_and(|key| key.trim() != file.verifier_key) {
        return Err(EvidenceError::OtherKey { found: file.verifier_key });
    }
    let checkpoint = checkpoint::verify(&file.checkpoint, &file.verifier_key)?;

    let mut seen = BTreeSet::new();
    let mut by_kind = BTreeMap::new();
    let mut events = Vec::with_capacity(file.events.len());
    for evidence in file.events {
        let index = evidence.index;
        let failed = |reason| EvidenceError::Event { index, reason };
        if !seen.insert(index) {
            return Err(failed(EventProblem::Twice));
        }
        let kind = verify_event(&evidence, checkpoint.size, &checkpoint.root).map_err(failed)?;
        *by_kind.entry(kind).or_default() += 1;
        events.push(VerifiedEvent { index, event: evidence.event });
    }
    Ok(Verified {
        origin: checkpoint.origin,
        size: checkpoint.size,
        root: checkpoint.root,
        verifier_key: file.verifier_key,
        events,
        by_kind,
    })
}

/// Checks one event against the root; answers its kind.
fn verify_event(evidence: &EvidenceEvent, size: u64, root: &Hash) -> Result<String, EventProblem> {
    if evidence.index >= size {
        return Err(EventProblem::AfterTheCheckpoint);
    }
    let mut salt = [0; 32];
    let decoded = base16ct::lower::decode(&evidence.salt, &mut salt).map_err(|_| EventProblem::Salt)?;
    if decoded.len() != 32 {
        return Err(EventProblem::Salt);
    }
    let mut proof = Vec::with_capacity(evidence.proof.len());
    for (position, text) in evidence.proof.iter().enumerate() {
        let hash = BASE64_STANDARD.decode(text).ok().and_then(|hash| Hash::try_from(hash).ok());
        proof.push(hash.ok_or(EventProblem::ProofHash(position))?);
    }
    let leaf = merkle::leaf_hash(commitment(&salt, &evidence.event));
    if !merkle::verify_inclusion(&leaf, evidence.index, size, &proof, root) {
        return Err(EventProblem::NotInTheLog);
    }
    evidence.event.get("kind").and_then(Value::as_str).map(str::to_owned).ok_or(EventProblem::Kind)
}

/// The data of a leaf: SHA-256 of the salt and the event's canonical bytes. With 32 random bytes
/// nobody can guess the event from it, a phone number included. The log's leaf hash is
/// [`merkle::leaf_hash`] of it.
#[must_use]
pub fn commitment(salt: &[u8; 32], event: &Value) -> Hash {
    commitment_to(salt, &canonical(event))
}

/// [`commitment`] to an event that is already in its canonical bytes.
#[must_use]
pub fn commitment_to(salt: &[u8; 32], canonical: &[u8]) -> Hash {
    Sha256::new().chain_update(salt).chain_update(canonical).finalize().into()
}

/// The one way to write an event in bytes: JSON in UTF-8, the keys of every object sorted by their
/// bytes, no white space. (In whatever order a parser that keeps the order of keys holds them.)
#[must_use]
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_canonical(value, &mut bytes);
    bytes
}

fn write_canonical(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Object(fields) => {
            bytes.push(b'{');
            let sorted: BTreeMap<&str, &Value> =
                fields.iter().map(|(key, value)| (key.as_str(), value)).collect();
            for (position, (key, value)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    bytes.push(b',');
                }
                write_scalar(&Value::from(key), bytes);
                bytes.push(b':');
                write_canonical(value, bytes);
            }
            bytes.push(b'}');
        }
        Value::Array(items) => {
            bytes.push(b'[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    bytes.push(b',');
                }
                write_canonical(item, bytes);
            }
            bytes.push(b']');
        }
        scalar => write_scalar(scalar, bytes),
    }
}

/// A value without parts, as serde_json writes it.
fn write_scalar(value: &Value, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(value.to_string().as_bytes());
}

#[cfg(test)]
mod tests;
