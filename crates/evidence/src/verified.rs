//! What evidence proves as a whole: that no event of a series is missing, and that the log was only
//! continued since an earlier file (R91, R93).
//!
//! *Against whoever holds or passes on a file* nothing in it can be changed, added, left out or put in
//! another order: the count is signed with the root, and every number up to it must be there. *Against
//! whoever reaches into the database* a row that was removed leaves a gap in the numbers. *Against the
//! service itself* an event that it once showed can be neither changed nor dropped
//! ([`Verified::continues`]), and none from the middle of a series, since the numbers stand under the log's
//! commitments. What no log can show is an act that the service never wrote down.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::faults::{EventProblem, EvidenceError, Incomplete, NotContinued};
use crate::file::{self, VerifiedEvent, VerifiedPage};
use crate::{Hash, Series, merkle};

/// What files that hold prove.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The log's name.
    pub origin: String,
    /// Leaves in the log at the checkpoint.
    pub size: u64,
    pub root: Hash,
    /// The key that the checkpoint was verified with.
    pub verifier_key: String,
    /// Whose events they are, of what, and how many: all of them are here.
    pub series: Series,
    /// By their index.
    pub events: Vec<VerifiedEvent>,
    /// How many events there are of each `kind`.
    pub by_kind: BTreeMap<String, u64>,
    /// Sizes of earlier logs with the proofs that this one continues them.
    since: BTreeMap<u64, Vec<Hash>>,
}

/// Checks all pages of one evidence file without any other source; their order is of no matter. With
/// `expected_key` (from `GET /v1/log/key`, kept earlier) the checkpoint must be of that key; without it, of
/// the key that the files name, which proves that they are of one piece, but not whose they are.
pub fn verify<T: AsRef<str>>(files: &[T], expected_key: Option<&str>) -> Result<Verified, EvidenceError> {
    let mut pages = Vec::with_capacity(files.len());
    for text in files {
        pages.push(file::verify_page(text.as_ref(), expected_key)?);
    }
    join(pages)
}

fn join(pages: Vec<VerifiedPage>) -> Result<Verified, EvidenceError> {
    let series = the_series(&pages)?;
    let first = pages.first().ok_or(Incomplete::NoFile)?;
    let (checkpoint, verifier_key) = (first.checkpoint.clone(), first.verifier_key.clone());
    let mut since = BTreeMap::new();
    let mut events = BTreeMap::new();
    for page in pages {
        if page.checkpoint != checkpoint || page.verifier_key != verifier_key {
            return Err(Incomplete::OtherCheckpoint.into());
        }
        since.extend(page.since);
        for event in page.events {
            let index = event.index;
            if events.insert(index, event).is_some() {
                return Err(EvidenceError::Event { index, reason: EventProblem::OutOfOrder });
            }
        }
    }
    let events: Vec<VerifiedEvent> = events.into_values().collect();
    all_there(&series, &events)?;
    let by_kind = file::by_kind(&events);
    let (origin, size, root) = (checkpoint.origin, checkpoint.size, checkpoint.root);
    Ok(Verified { origin, size, root, verifier_key, series, events, by_kind, since })
}

/// What the pages are about: at least one says so, and none says anything else.
fn the_series(pages: &[VerifiedPage]) -> Result<Series, Incomplete> {
    let mut named = pages.iter().filter_map(|page| page.series.as_ref());
    let series = named.next().ok_or(Incomplete::NoCount)?;
    if named.all(|other| other == series) { Ok(series.clone()) } else { Err(Incomplete::OtherSeries) }
}

/// Every number from 1 to the count, once, each on an event of this account and campaign.
fn all_there(series: &Series, events: &[VerifiedEvent]) -> Result<(), EvidenceError> {
    let field = series.number_field();
    let mut numbers = BTreeMap::new();
    for VerifiedEvent { index, event } in events {
        let failed = |reason| EvidenceError::Event { index: *index, reason };
        let says = |field: &str, wanted: &str| event.get(field).and_then(Value::as_str) == Some(wanted);
        let ours =
            says("account", &series.account) && (!series.is_campaign() || says("campaign", &series.name));
        let number = event.get(&field).and_then(Value::as_u64);
        let number = number.filter(|number| ours && (1..=series.events).contains(number));
        let number = number.ok_or(failed(EventProblem::NotOfTheSeries))?;
        if numbers.insert(number, index).is_some() {
            return Err(failed(EventProblem::NumberTwice));
        }
    }
    let found = numbers.len() as u64;
    if found == series.events {
        return Ok(());
    }
    let first = (1..=series.events).find(|number| !numbers.contains_key(number)).unwrap_or_default();
    Err(Incomplete::Missing { expected: series.events, found, first }.into())
}

impl Verified {
    /// The first and the last instant of the events, as they say it; `None` without events.
    #[must_use]
    pub fn period(&self) -> Option<(&str, &str)> {
        let texts = self.events.iter().filter_map(|VerifiedEvent { event, .. }| {
            event.get("handed_over_at").or_else(|| event.get("at"))?.as_str()
        });
        // One form, in UTC and of one length: the order of texts is that of instants.
        texts.fold(None, |period: Option<(&str, &str)>, at| {
            Some(period.map_or((at, at), |(first, last)| (first.min(at), last.max(at))))
        })
    }

    /// Takes a proof that was asked for apart, by `GET /v1/log/consistency`; [`Verified::continues`] checks it.
    pub fn add_proof(&mut self, from: u64, proof: Vec<Hash>) {
        self.since.insert(from, proof);
    }

    /// Checks that this log only continues the one of an earlier file, and that whatever that file shows of
    /// the same series is still shown. Answers how many events came since, where it is the same series.
    pub fn continues(&self, earlier: &Self) -> Result<Option<u64>, NotContinued> {
        if self.verifier_key != earlier.verifier_key || self.origin != earlier.origin {
            return Err(NotContinued::OtherLog);
        }
        if earlier.size > self.size {
            return Err(NotContinued::Shorter);
        }
        let nothing = Vec::new();
        let needed = earlier.size != self.size && earlier.size != 0;
        let proof = match self.since.get(&earlier.size) {
            Some(proof) => proof,
            None if needed => return Err(NotContinued::NoProof(earlier.size)),
            None => &nothing,
        };
        if !merkle::verify_consistency(earlier.size, self.size, &earlier.root, &self.root, proof) {
            return Err(NotContinued::Rewritten);
        }
        let (now, before) = (&self.series, &earlier.series);
        if (&now.account, &now.name) != (&before.account, &before.name) {
            return Ok(None);
        }
        let shown: BTreeMap<u64, &Value> =
            self.events.iter().map(|event| (event.index, &event.event)).collect();
        for VerifiedEvent { index, event } in &earlier.events {
            if shown.get(index) != Some(&event) {
                return Err(NotContinued::EventGone(*index));
            }
        }
        Ok(Some(now.events.saturating_sub(before.events)))
    }
}

#[cfg(test)]
mod tests;
