//! What an account itself agreed to.

use api::Time;
use api::consents::{Consent, ConsentState};
use api::ids::ConsentId;
use edge::{Result, stored};
use store::cell::ConsentRecord;

/// An acceptance, a consent or an attestation.
pub fn given_consent(record: ConsentRecord) -> Result<Consent> {
    Ok(Consent {
        id: ConsentId::stored(record.consent),
        document: stored(&record.document)?,
        version: record.version,
        sha256: record.sha256,
        language: stored(&record.language)?,
        state: match record.withdrawn_at {
            Some(_) => ConsentState::Withdrawn,
            None => ConsentState::Given,
        },
        at: Time::of(record.at),
        withdrawn_at: record.withdrawn_at.map(Time::of),
        log_index: record.log_index,
    })
}
