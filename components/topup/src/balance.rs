//! What an account has, and every movement of it (R43, R52).

use api::ids::{CampaignId, LookupId, ScoringId, TransferId};
use api::money::{Amount, Balance, Entry, Transfer};
use domain::account::is_suspended;
use domain::ids::IdKind;
use domain::money::{Money, Tiyn};
use edge::{Answer, Call, PageQuery, Result, Time, json, stored, try_page_of};
use store::cell::LedgerTransfer;

/// `GET /v1/balance`
pub async fn balance(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let balance = tenant.balance().await?;
    let view = Balance {
        account_number: tenant.account_number().to_owned(),
        available: Money(balance.available),
        held: Money(balance.held),
        ledger_sum: Money(balance.ledger_sum),
        suspended: is_suspended(balance.available),
        short_since: balance.short_since.map(Time::of),
        unapplied: Money(balance.unapplied),
    };
    json(200, &view)
}

fn view(transfer: LedgerTransfer) -> Result<Transfer> {
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

/// `GET /v1/ledger`
pub async fn ledger(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let ledger = caller.tenant().await?.ledger(page.id(IdKind::Transfer)?, page.limit).await?;
    json(200, &try_page_of(ledger, view)?)
}
