//! The ledger.

use api::Time;
use api::ids::{CampaignId, LookupId, ScoringId, TransferId};
use api::money::{Amount, Entry, Transfer};
use domain::money::Tiyn;
use edge::{Result, stored};
use store::cell::LedgerTransfer;

/// A movement of money, with its entries.
pub fn transfer(transfer: LedgerTransfer) -> Result<Transfer> {
    let entry = |(book, amount): (String, Tiyn)| Ok(Entry { book: stored(&book)?, amount: Amount(amount) });
    Ok(Transfer {
        id: TransferId::stored(transfer.transfer),
        kind: stored(&transfer.kind)?,
        at: Time::of(transfer.at),
        payment: transfer.payment,
        received_at: transfer.received_at.map(Time::of),
        credited_at: transfer.received_at.map(|_| Time::of(transfer.at)),
        campaign: transfer.campaign.map(CampaignId::stored),
        scoring: transfer.scoring.map(ScoringId::stored),
        lookup: transfer.lookup.map(LookupId::stored),
        messages: transfer.messages,
        entries: transfer.entries.into_iter().map(entry).collect::<Result<_>>()?,
    })
}
