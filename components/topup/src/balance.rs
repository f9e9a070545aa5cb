//! What an account has, and every movement of it (R43, R52).

use api::money::Balance;
use domain::account::is_suspended;
use domain::ids::IdKind;
use domain::money::Money;
use edge::{Answer, Call, PageQuery, Result, Time, json, try_page_of};

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

/// `GET /v1/ledger`
pub async fn ledger(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let page = PageQuery::of(&call)?;
    let ledger = caller.tenant().await?.ledger(page.id(IdKind::Transfer)?, page.limit).await?;
    json(200, &try_page_of(ledger, shown::transfer)?)
}
