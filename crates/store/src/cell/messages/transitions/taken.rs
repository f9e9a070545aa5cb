//! Of what was taken for sending: handed over, released, unknown, and what comes of that.

use std::collections::HashSet;

use domain::message::Reason;
use serde::Serialize;

use crate::cell::messages::judged::Judged;
use crate::cell::messages::terms::Terms;
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError};
use crate::{json, params, sql};

/// Which of these messages a lease holds on these terms: the guard of what is settled below. Somebody may have
/// settled one meanwhile, or taken it for another campaign, operator or price.
pub(crate) async fn held<D: Database>(
    db: &D,
    account: &str,
    lease: &str,
    terms: &Terms,
    ids: &[i64],
) -> Result<HashSet<i64>, DbError> {
    let parameters = params![
        account,
        json(&ids)?,
        lease,
        &terms.campaign,
        &terms.operator,
        terms.operator_price.0,
        terms.service_price.0
    ];
    let rows = db.query(sql!("taken.sql", "held"), parameters).await?;
    rows.first().ok_or(DbError::NoRow)?.json("held")
}

/// A message that its operator took.
#[derive(Serialize)]
pub(crate) struct Taken<'t> {
    /// The row.
    pub id: i64,
    /// What the operator calls it.
    pub reference: Option<&'t str>,
    /// The number, sealed under the evidence key, in hexadecimal.
    pub number: Option<String>,
    /// The number's hash by the same key, in hexadecimal.
    pub evidence_hash: Option<String>,
}

/// What all messages of one hand-over have in common.
pub(crate) struct HandedOver<'h> {
    /// In the order of their leaves and numbers.
    pub taken: &'h [Taken<'h>],
    /// The first leaf's place in the log.
    pub first_leaf: i64,
    /// The first one's number among the campaign's events.
    pub first_number: u64,
    /// The transfer that charges for them.
    pub capture: &'h str,
    /// When it was, and what judged it.
    pub judged: &'h Judged,
    /// Until when the results of calls are waited for; `None` for texts.
    pub result_due: Option<i64>,
}

/// Notes that their operator has messages.
pub(crate) async fn hand_over<D: Database>(
    db: &D,
    account: &str,
    handed_over: &HandedOver<'_>,
) -> Result<(), DbError> {
    let judged = handed_over.judged;
    let parameters = params![
        account,
        json(&handed_over.taken)?,
        handed_over.first_leaf,
        handed_over.capture,
        judged.at,
        &judged.rule,
        judged.offset_minutes,
        judged.hours.as_deref(),
        handed_over.result_due,
        handed_over.first_number as i64
    ];
    db.query(sql!("taken.sql", "hand_over"), parameters).await?;
    Ok(())
}

/// A message that was not sent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Released {
    /// The row.
    pub id: i64,
    /// Why it never will be; `None` where it returns to the queue.
    pub reason: Option<Reason>,
    /// Not before this instant then, Unix milliseconds.
    pub not_before: i64,
}

/// Lets go of messages, with what was held for them: with a reason they are blocked; without one they return to the
/// queue, unless meanwhile their campaign was cancelled, their number blacklisted or their contact erased (R66, R67).
/// Answers how many did return.
pub(crate) async fn release<D: Database>(
    db: &D,
    account: &str,
    released: &[Released],
    judged: &Judged,
) -> Result<i64, DbError> {
    let mut parameters = params![account, json(&released)?];
    parameters.extend(judged.parameters());
    parameters.push(judged.hours.as_deref().into());
    let states = db.query(sql!("taken.sql", "release"), parameters).await?;
    let mut queued = 0;
    for row in &states {
        queued += i64::from(row.text("state")? == "queued");
    }
    Ok(queued)
}

/// A message of which nobody knows, and when its operator is asked about it.
#[derive(Serialize)]
pub(crate) struct AskAt {
    /// The row.
    pub id: i64,
    /// By the database's clock, Unix milliseconds.
    pub at: i64,
}

/// Notes that nobody can say whether their operator took messages: it is asked from an instant on.
pub(crate) async fn lose_sight<D: Database>(db: &D, account: &str, unclear: &[AskAt]) -> Result<(), DbError> {
    if unclear.is_empty() {
        return Ok(());
    }
    db.query(sql!("taken.sql", "lose_sight"), params![account, json(&unclear)?]).await?;
    Ok(())
}

/// Notes that an operator is not asked about messages any more: they stay unknown until their owner decides.
pub(crate) async fn end_asking<D: Database>(
    db: &D,
    account: &str,
    ids: &[i64],
    now: i64,
) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    db.query(sql!("taken.sql", "end_asking"), params![account, json(&ids)?, i64::MAX, now]).await?;
    Ok(())
}

/// Puts the question about messages off, whosever they are.
pub(crate) async fn ask_later<D: Database>(db: &D, ids: &[i64], at: i64) -> Result<(), DbError> {
    db.query(sql!("taken.sql", "ask_later"), params![json(&ids)?, at]).await?;
    Ok(())
}

/// Notes that an operator has just said that it does not have messages, whosever they are; it is asked again so
/// long from now. The instant is taken here: an answer may come long after its tick began to ask.
pub(crate) async fn not_found<D: Database>(
    db: &D,
    ids: &[i64],
    clock: DatabaseClock,
    again_after_ms: i64,
) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    let parameters = params![json(&ids)?, clock.shift_ms, again_after_ms];
    db.query(sql!("taken.sql", "not_found"), parameters).await?;
    Ok(())
}

/// The lease under which a message left that its owner leaves alone.
#[derive(Serialize)]
pub(crate) struct LeftLease {
    /// The row.
    pub id: i64,
    pub lease: String,
}

/// Keeps under which lease messages left that were just blocked by their owner's word, for a report that comes
/// after all: it settles them without a charge, since the money was promised back.
pub(crate) async fn leave_alone<D: Database>(
    db: &D,
    account: &str,
    left: &[LeftLease],
    now: i64,
) -> Result<(), DbError> {
    db.query(sql!("taken.sql", "leave_alone"), params![account, json(&left)?, now]).await?;
    Ok(())
}

/// Makes a message that its owner left alone unknown again, since its operator speaks of it; answers whether it
/// was one. It is not asked about: should the settlement fail, "not found" would send it against its owner's word.
pub(crate) async fn reopen<D: Database>(db: &D, id: i64, now: i64) -> Result<bool, DbError> {
    let reopened = db.query(sql!("taken.sql", "reopen"), params![id, now, i64::MAX]).await?;
    Ok(!reopened.is_empty())
}
