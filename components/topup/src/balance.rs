//! What an account has, and every movement of it (R43, R52).

use domain::account::is_suspended;
use domain::ids::IdKind;
use domain::money::{Money, Tiyn};
use edge::{Answer, Call, ListOf, PageQuery, Result, format_time, json};
use serde::Serialize;
use store::cell::LedgerTransfer;

#[derive(Serialize)]
struct BalanceView {
    account_number: String,
    available: Money,
    held: Money,
    ledger_sum: Money,
    suspended: bool,
    /// Since when messages wait for money (R53).
    short_since: Option<String>,
    /// What came for the account and could not be credited (R51).
    unapplied: Money,
}

/// `GET /v1/balance`
pub async fn balance(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let balance = tenant.balance().await?;
    let view = BalanceView {
        account_number: tenant.number().to_owned(),
        available: Money(balance.available),
        held: Money(balance.held),
        ledger_sum: Money(balance.ledger_sum),
        suspended: is_suspended(balance.available),
        short_since: balance.short_since.map(format_time),
        unapplied: Money(balance.unapplied),
    };
    json(200, &view)
}

#[derive(Serialize)]
struct TransferView {
    id: String,
    kind: String,
    at: String,
    payment: Option<String>,
    /// Of a payment, when its notice came and when it was credited (R51).
    received_at: Option<String>,
    credited_at: Option<String>,
    campaign: Option<String>,
    messages: Option<i64>,
    entries: Vec<EntryView>,
}

#[derive(Serialize)]
struct EntryView {
    book: String,
    amount: String,
}

impl From<LedgerTransfer> for TransferView {
    fn from(transfer: LedgerTransfer) -> Self {
        let entry = |(book, amount): (String, Tiyn)| EntryView { book, amount: amount.to_string() };
        Self {
            id: transfer.transfer,
            kind: transfer.kind,
            at: format_time(transfer.at),
            payment: transfer.payment,
            received_at: transfer.received_at.map(format_time),
            credited_at: transfer.received_at.map(|_| format_time(transfer.at)),
            campaign: transfer.campaign,
            messages: transfer.messages,
            entries: transfer.entries.into_iter().map(entry).collect(),
        }
    }
}

/// `GET /v1/ledger`
pub async fn ledger(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let ledger = caller.tenant().await?.ledger(page.id(IdKind::Transfer)?, page.limit).await?;
    json(200, &ListOf::of(ledger, TransferView::from))
}
