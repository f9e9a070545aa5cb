//! Receipts as they are answered.

use api::ids::PersonRequestId;
use api::people::{Kept, KeptOfPerson, PersonReceipt};
use domain::language::Language;
use edge::{Result, Time, stored};
use store::cell;

use crate::words;

/// A receipt, with the number that the caller named: none is kept with it.
pub fn view(receipt: cell::PersonReceipt, phone: &str, language: Language) -> Result<PersonReceipt> {
    let kept = |kept: cell::Kept| {
        let what = match kept {
            cell::Kept::Blacklist => Kept::Blacklist,
            cell::Kept::History => Kept::History,
            cell::Kept::Consents => Kept::Consents,
            cell::Kept::Stance => Kept::Stance,
            cell::Kept::Appeals => Kept::Appeals,
        };
        KeptOfPerson { what, words: words::kept(what, language).to_owned() }
    };
    let done = receipt.done;
    Ok(PersonReceipt {
        id: PersonRequestId::stored(receipt.request),
        kind: stored(receipt.kind.as_str())?,
        phone: phone.to_owned(),
        said: receipt.said,
        corrected: done.corrected,
        blacklisted: done.blacklisted,
        cancelled_messages: done.cancelled_messages,
        contact_deleted: done.contact_deleted,
        scores_voided: done.scores_voided,
        stance_ended: done.stance_ended,
        kept: done.kept.into_iter().map(kept).collect(),
        actor: receipt.actor,
        channel: receipt.channel,
        at: Time::of(receipt.at),
        log_index: receipt.log_index,
    })
}
