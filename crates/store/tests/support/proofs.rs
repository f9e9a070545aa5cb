//! Evidence files from a cell, as `GET /v1/evidence` makes them, and their check.

use evidence::file::{self, EvidenceError};
use evidence::{Checkpoint, EvidenceEvent, EvidenceFile, Verified};
use pollster::FutureExt as _;
use sendbox_store::Database;
use sendbox_store::cell::EvidencePage;
use sendbox_store::log::{CELL_LOG, LogReader};

use super::signing_key;

/// Writes a page as a file against the log as it stands, and verifies the file under the key.
pub fn verified<D: Database>(db: &D, page: &EvidencePage) -> Result<Verified, EvidenceError> {
    let reader = LogReader::new(db, CELL_LOG);
    let size = reader.size().block_on().expect("reads");
    let root = reader.root(size).block_on().expect("reads");
    let key = signing_key();
    let note = Checkpoint { origin: CELL_LOG.to_owned(), size, root }.sign(&key);
    let events = page.events.iter().map(|event| {
        let index = event.index.unsigned_abs();
        let proof = reader.inclusion(index, size).block_on().expect("reads");
        EvidenceEvent::new(index, &event.salt, event.event.clone(), &proof)
    });
    let file = EvidenceFile::new(key.verifier_key(), note, events.collect(), page.next_cursor.clone());
    let text = serde_json::to_string(&file).expect("JSON");
    file::verify(&text, Some(&key.verifier_key()))
}
