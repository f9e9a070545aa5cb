//! Contacts, proofs of their consent, and the blacklist.

use api::Time;
use api::contacts::{BlacklistEntry, ConsentProof, Contact};
use api::ids::{BlacklistEntryId, ContactId, ImportId};
use edge::{Problem, Result, stored};
use store::cell;

/// A contact of the base.
pub fn contact(contact: cell::Contact) -> Contact {
    Contact {
        id: ContactId::stored(contact.contact),
        phone: contact.phone,
        name: contact.name,
        fields: contact.fields,
        blacklisted: contact.blacklisted,
        import: ImportId::stored(contact.import),
        created_at: Time::of(contact.created_at),
    }
}

/// A proof of consent, which is kept as JSON.
pub fn consent(proof: &str) -> Result<ConsentProof> {
    serde_json::from_str(proof).map_err(|error| Problem::internal("a consent's proof", &error))
}

/// A listed number, with who listed it and why.
pub fn blacklist_entry(entry: cell::BlacklistEntry) -> Result<BlacklistEntry> {
    Ok(BlacklistEntry {
        id: BlacklistEntryId::stored(entry.entry),
        phone: entry.phone,
        source: stored(&entry.source)?,
        reason: entry.reason,
        actor: entry.actor,
        channel: stored(&entry.channel)?,
        created_at: Time::of(entry.created_at),
    })
}
