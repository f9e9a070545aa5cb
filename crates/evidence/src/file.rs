//! Evidence files: events with what proves that the log holds them (R91, R93).
//!
//! The log's leaves hold no personal data: a leaf is a commitment to an event under 32 random bytes
//! of salt. An evidence file opens the commitments: it carries the events, their salts, and for each
//! the hashes that lead from its leaf to the root of a signed checkpoint. Whoever has the file can
//! check it without the service. Where a salt was destroyed with its person, the leaf says nothing.
//!
//! ```json
//! {"format": "sendbox-evidence-1", "verifier_key": "…", "checkpoint": "…",
//!  "since": [{"size": 2, "proof": ["base64", …]}],
//!  "events": [{"index": 3, "salt": "hex", "event": {"kind": "hand_over", …}, "proof": ["base64", …]}],
//!  "next_cursor": null}
//! ```

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::checkpoint;
use crate::faults::{EventProblem, EvidenceError};
use crate::{Checkpoint, Hash, Series, canonical, commitment_to, merkle, read_canonical};

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
    /// A signed note; its size lies above every index below. On the first page of a series it says how
    /// many events the series has.
    pub checkpoint: String,
    /// That this log continues earlier ones, of which the asker may have files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub since: Vec<Since>,
    /// By their index.
    pub events: Vec<EvidenceEvent>,
    /// Asks for the next page; it takes no part in the proof.
    pub next_cursor: Option<String>,
}

/// The proof that the checkpoint's log begins with the whole log of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// Leaves in the earlier log.
    pub size: u64,
    /// The hashes of [`merkle::consistency_ranges`], each in base64.
    pub proof: Vec<String>,
}

/// An event and its way to the checkpoint's root.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEvent {
    /// The leaf's place in the log, from 0.
    pub index: u64,
    /// 32 bytes in lower-case hexadecimal.
    pub salt: String,
    /// A JSON object in its canonical bytes; its `kind` says what happened.
    pub event: Box<RawValue>,
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
        Self { format: FORMAT.to_owned(), verifier_key, checkpoint, since: Vec::new(), events, next_cursor }
    }
}

impl EvidenceEvent {
    /// Writes event, salt and proof as the file spells them.
    pub fn new(
        index: u64,
        salt: &[u8; 32],
        event: &Value,
        proof: &[Hash],
    ) -> Result<Self, serde_json::Error> {
        let event: Box<RawValue> = serde_json::from_slice(&canonical(event))?;
        Ok(Self { index, salt: base16ct::lower::encode_string(salt), event, proof: in_base64(proof) })
    }
}

/// Hashes as a file spells them.
#[must_use]
pub fn in_base64(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| BASE64_STANDARD.encode(hash)).collect()
}

/// Reads [`in_base64`]; the position of the first that is no hash is the error.
pub fn from_base64(texts: &[String]) -> Result<Vec<Hash>, usize> {
    let hash = |text: &String| Hash::try_from(BASE64_STANDARD.decode(text).ok()?).ok();
    texts.iter().enumerate().map(|(position, text)| hash(text).ok_or(position)).collect()
}

/// An event that the log is proven to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedEvent {
    pub index: u64,
    pub event: Value,
}

impl VerifiedEvent {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.event.get("kind").and_then(Value::as_str).unwrap_or_default()
    }
}

/// How many events there are of each `kind`.
#[must_use]
pub fn by_kind(events: &[VerifiedEvent]) -> BTreeMap<String, u64> {
    let mut by_kind = BTreeMap::new();
    for event in events {
        *by_kind.entry(event.kind().to_owned()).or_default() += 1;
    }
    by_kind
}

/// One page of which every event is proven. Whether events are missing only all pages together can say:
/// [`crate::verify`].
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedPage {
    pub checkpoint: Checkpoint,
    /// The key that the checkpoint was verified with.
    pub verifier_key: String,
    /// What the pages are about, where this one says so.
    pub series: Option<Series>,
    /// Sizes of earlier logs, each with what is to prove that this one continues it.
    pub since: Vec<(u64, Vec<Hash>)>,
    /// By their index.
    pub events: Vec<VerifiedEvent>,
}

/// Checks one page without any other source. With `expected_key` (from `GET /v1/log/key`, kept
/// earlier) the checkpoint must be of that key; without it, of the key that the file names, which
/// proves that the file is of one piece, but not whose it is.
pub fn verify_page(file: &str, expected_key: Option<&str>) -> Result<VerifiedPage, EvidenceError> {
    let file: EvidenceFile = serde_json::from_str(file)?;
    if file.format != FORMAT {
        return Err(EvidenceError::Format { found: file.format, known: FORMAT });
    }
    if expected_key.is_some_and(|key| key.trim() != file.verifier_key) {
        return Err(EvidenceError::OtherKey { found: file.verifier_key });
    }
    let (checkpoint, series) = checkpoint::verify_with_series(&file.checkpoint, &file.verifier_key)?;
    let mut since = Vec::with_capacity(file.since.len());
    for Since { size, proof } in &file.since {
        since.push((*size, from_base64(proof).map_err(EvidenceError::SinceHash)?));
    }
    let mut last = None;
    let mut events = Vec::with_capacity(file.events.len());
    for evidence in file.events {
        let index = evidence.index;
        let failed = |reason| EvidenceError::Event { index, reason };
        if last.is_some_and(|last| last >= index) {
            return Err(failed(EventProblem::OutOfOrder));
        }
        last = Some(index);
        let event = verify_event(&evidence, checkpoint.size, &checkpoint.root).map_err(failed)?;
        events.push(VerifiedEvent { index, event });
    }
    Ok(VerifiedPage { checkpoint, verifier_key: file.verifier_key, series, since, events })
}

/// Checks one event against the root, and answers it as its bytes read.
fn verify_event(evidence: &EvidenceEvent, size: u64, root: &Hash) -> Result<Value, EventProblem> {
    if evidence.index >= size {
        return Err(EventProblem::AfterTheCheckpoint);
    }
    let mut salt = [0; 32];
    let decoded = base16ct::lower::decode(&evidence.salt, &mut salt).map_err(|_| EventProblem::Salt)?;
    if decoded.len() != 32 {
        return Err(EventProblem::Salt);
    }
    let proof = from_base64(&evidence.proof).map_err(EventProblem::ProofHash)?;
    let event = read_canonical(evidence.event.get()).ok_or(EventProblem::NotCanonical)?;
    // The very bytes of the file, and not what a parser made of them.
    let leaf = merkle::leaf_hash(commitment_to(&salt, evidence.event.get().as_bytes()));
    if !merkle::verify_inclusion(&leaf, evidence.index, size, &proof, root) {
        return Err(EventProblem::NotInTheLog);
    }
    if event.get("kind").is_some_and(Value::is_string) { Ok(event) } else { Err(EventProblem::Kind) }
}
