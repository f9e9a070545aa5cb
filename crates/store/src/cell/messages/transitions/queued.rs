//! Into the queue, and out of it: queued, leased, blocked, cancelled.

use std::collections::BTreeMap;

use domain::cell_name::CellName;
use domain::message::Reason;
use domain::one_time_codes::FRESH_MS;
use serde::Serialize;

use crate::cell::messages::judged::Judged;
use crate::cell::messages::terms::Terms;
use crate::database::{Database, DbError, Value};
use crate::row::Row;
use crate::{json, params, sql};

/// The contacts whose messages one step of a preparation makes.
pub(crate) struct Audience<'a> {
    pub campaign: &'a str,
    /// Behind this contact.
    pub after: &'a str,
    /// Up to this one.
    pub to: &'a str,
    /// Of the completed uploads those up to this one.
    pub base_no: i64,
    /// Only those whom its start fixed.
    pub to_recipients: bool,
    /// The route of each range of numbers.
    pub routes: &'a BTreeMap<String, String>,
    /// The route of every other number.
    pub other_route: &'a str,
    /// In which they are born.
    pub cell: CellName,
    /// Their rows follow this one.
    pub last_row: i64,
}

/// Takes rows for new messages, and answers the last one before them. Belongs inside the transaction that queues; a row
/// that is not used stays unused.
pub(crate) async fn take_rows<D: Database>(db: &D, count: usize) -> Result<i64, DbError> {
    let count = count as i64;
    let rows = db.query(sql!("queued.sql", "take_rows"), params![count]).await?;
    Ok(rows.first().ok_or(DbError::NoRow)?.int("last_row")? - count)
}

/// Queues one message for each contact; whose number is in the blacklist gets one that is blocked. What is there
/// already stays as it is.
pub(crate) async fn queue<D: Database>(
    db: &D,
    account: &str,
    audience: &Audience<'_>,
    now: i64,
) -> Result<(), DbError> {
    let mut parameters = params![
        account,
        audience.campaign,
        audience.after,
        audience.to,
        now,
        audience.base_no,
        json(audience.routes)?,
        audience.other_route
    ];
    parameters.extend(Judged::at_any_hour(now)?.parameters());
    parameters.extend(params![i64::from(audience.cell.number()), audience.last_row]);
    let statement = match audience.to_recipients {
        true => sql!("queued.sql", "queue_recipients"),
        false => sql!("queued.sql", "queue"),
    };
    db.query(statement, parameters).await?;
    Ok(())
}

/// A call that may be repeated.
#[derive(Serialize)]
pub(crate) struct NextAttempt {
    /// The row of the attempt before.
    pub after: i64,
    /// The id of the next: `msg_…`
    pub message: String,
}

/// Queues the next attempts. Each is a message of its own, which passes every gate again. There is none beyond the
/// plan, of a campaign that is over, to a number that was blacklisted, or to a contact that was erased (R66, R67,
/// R76).
pub(crate) async fn queue_next_attempts<D: Database>(
    db: &D,
    account: &str,
    next: &[NextAttempt],
    now: i64,
) -> Result<(), DbError> {
    if next.is_empty() {
        return Ok(());
    }
    let last_row = take_rows(db, next.len()).await?;
    db.query(sql!("queued.sql", "queue_next_attempts"), params![account, json(&next)?, now, last_row])
        .await?;
    Ok(())
}

/// What one lease takes.
pub(crate) struct Leased<'l> {
    /// Its id: only its holder can settle.
    pub lease: &'l str,
    /// Until when, by the database's clock. Unix milliseconds.
    pub until: i64,
    /// Of which route's messages.
    pub route: &'l str,
    pub terms: &'l Terms,
    /// At most so many.
    pub limit: i64,
}

/// Takes due messages for sending, if every gate is open.
pub(crate) async fn lease<D: Database>(
    db: &D,
    account: &str,
    leased: &Leased<'_>,
    now: i64,
) -> Result<(), DbError> {
    let terms = leased.terms;
    let parameters = params![
        account,
        &terms.campaign,
        leased.lease,
        leased.until,
        &terms.operator,
        terms.operator_price.0,
        terms.service_price.0,
        i64::from(terms.paid_if_answered),
        leased.route,
        now,
        leased.limit,
        now - FRESH_MS
    ];
    db.query(sql!("queued.sql", "lease"), parameters).await?;
    Ok(())
}

/// Which of the queued messages are blocked.
pub(crate) enum Queued<'q> {
    /// Of one row, whosever it is.
    Row(i64),
    /// Of a campaign, behind a row and up to another: all but the first `agreed`.
    Beyond { account: &'q str, campaign: &'q str, behind: i64, up_to: i64, agreed: i64 },
    /// Of one-time codes whose campaign was started by then, whosever they are.
    StartedBy { started_at: i64, limit: i64 },
    /// To numbers, by their hashes in hexadecimal, of the campaigns that are not over: a number has at most one
    /// message in each of those few.
    ToNumbers { account: &'q str, hashes: &'q [String] },
    /// To one contact.
    ToContact { account: &'q str, contact: &'q str },
    /// To the contacts behind one and up to another; all of them where the limit is negative.
    ToContacts { account: &'q str, after: &'q str, to: &'q str, limit: i64 },
}

impl Queued<'_> {
    /// The statement that blocks them. Its parameters begin with the fifth.
    fn statement(&self) -> Result<(&'static str, Vec<Value>), DbError> {
        Ok(match self {
            Self::Row(id) => (sql!("queued.sql", "block_row"), params![*id]),
            Self::Beyond { account, campaign, behind, up_to, agreed } => {
                (sql!("queued.sql", "block_beyond"), params![*account, *campaign, *behind, *agreed, *up_to])
            }
            Self::StartedBy { started_at, limit } => {
                (sql!("queued.sql", "block_started_by"), params![*started_at, *limit])
            }
            Self::ToNumbers { account, hashes } => {
                (sql!("queued.sql", "block_to_numbers"), params![*account, json(hashes)?])
            }
            Self::ToContact { account, contact } => {
                (sql!("queued.sql", "block_to_contact"), params![*account, *contact])
            }
            Self::ToContacts { account, after, to, limit } => {
                (sql!("queued.sql", "block_to_contacts"), params![*account, *after, *to, *limit])
            }
        })
    }
}

/// Blocks queued messages for good: a gate shut before them at an instant. Where somebody counts them, each is a row
/// of the answer.
pub(crate) async fn block<D: Database>(
    db: &D,
    which: &Queued<'_>,
    reason: Reason,
    now: i64,
) -> Result<Vec<Row>, DbError> {
    let (statement, which) = which.statement()?;
    let mut parameters = params![reason.as_str()];
    parameters.extend(Judged::at_any_hour(now)?.parameters());
    parameters.extend(which);
    db.query(statement, parameters).await
}

/// Cancels up to `limit` queued messages of one cancelled campaign, or of all; answers how many.
pub(crate) async fn cancel<D: Database>(
    db: &D,
    account: &str,
    campaign: Option<&str>,
    reason: Reason,
    limit: i64,
) -> Result<i64, DbError> {
    let mut parameters = params![account, reason.as_str(), limit];
    let statement = match campaign {
        None => sql!("queued.sql", "cancel_all"),
        Some(campaign) => {
            parameters.push(campaign.into());
            sql!("queued.sql", "cancel")
        }
    };
    Ok(db.query(statement, parameters).await?.len() as i64)
}
