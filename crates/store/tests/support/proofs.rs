//! Evidence files from a cell, as `GET /v1/evidence` makes them, and their check.

use domain::cell_name::CellName;
use evidence::file;
use evidence::{Checkpoint, EvidenceError, EvidenceEvent, EvidenceFile, Series, Verified, VerifiedPage};
use pollster::FutureExt as _;
use sendbox_store::Database;
use sendbox_store::cell::EvidencePage;
use sendbox_store::log::LogReader;

use super::signing_key;

/// Writes a page as a file against the first cell's log as it stands, and verifies it under the key.
pub fn verified<D: Database>(db: &D, page: &EvidencePage) -> Result<VerifiedPage, EvidenceError> {
    verified_in(db, CellName::FIRST, page)
}

/// The same in any cell.
pub fn verified_in<D: Database>(
    db: &D,
    cell: CellName,
    page: &EvidencePage,
) -> Result<VerifiedPage, EvidenceError> {
    file::verify_page(&written(db, cell, page, None), Some(&signing_key(cell).verifier_key()))
}

/// Writes and verifies all pages of a series: none of its events is missing.
pub fn verified_whole<D: Database>(
    db: &D,
    page: &EvidencePage,
    series: Series,
) -> Result<Verified, EvidenceError> {
    verified_whole_in(db, CellName::FIRST, page, series)
}

/// The same in any cell.
pub fn verified_whole_in<D: Database>(
    db: &D,
    cell: CellName,
    page: &EvidencePage,
    series: Series,
) -> Result<Verified, EvidenceError> {
    evidence::verify(&[written(db, cell, page, Some(&series))], Some(&signing_key(cell).verifier_key()))
}

fn written<D: Database>(db: &D, cell: CellName, page: &EvidencePage, series: Option<&Series>) -> String {
    let reader = LogReader::new(db, cell.log());
    let size = reader.size().block_on().expect("reads");
    let root = reader.root(size).block_on().expect("reads");
    let key = signing_key(cell);
    let note = Checkpoint { origin: reader.name().to_owned(), size, root }.sign_with(&key, series);
    let mut page = page.clone();
    page.events.sort_by_key(|event| event.index);
    let events = page.events.iter().map(|event| {
        let index = event.index.unsigned_abs();
        let proof = reader.inclusion(index, size).block_on().expect("reads");
        EvidenceEvent::new(index, &event.salt, &event.event, &proof).expect("an event is JSON")
    });
    let file = EvidenceFile::new(key.verifier_key(), note, events.collect(), page.next_cursor.clone());
    serde_json::to_string(&file).expect("JSON")
}
