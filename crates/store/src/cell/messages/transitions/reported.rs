//! Of what was handed over: how it ended, and for calls what follows from that.

use domain::message::MessageState;
use serde::Serialize;

use crate::database::{Database, DbError};
use crate::row::Row;
use crate::{json, params, sql};

/// How a message ended, by its operator's word.
#[derive(Serialize)]
pub(crate) struct Reported {
    /// The row.
    pub id: i64,
    pub state: MessageState,
    /// Unix milliseconds.
    pub at: i64,
    /// The result in the words of calls; `None` for a text.
    pub call: Option<&'static str>,
    /// Its number among the campaign's events.
    pub number: u64,
}

/// Writes final words down; the leaf of the first stands at this place in the log.
pub(crate) async fn report<D: Database>(
    db: &D,
    account: &str,
    reported: &[Reported],
    first_leaf: i64,
) -> Result<(), DbError> {
    db.query(sql!("reported.sql", "report"), params![account, json(&reported)?, first_leaf]).await?;
    Ok(())
}

/// Waits longer for the results of calls, whosever they are.
pub(crate) async fn put_result_off<D: Database>(
    db: &D,
    ids: &[i64],
    until: i64,
    now: i64,
) -> Result<(), DbError> {
    db.query(sql!("reported.sql", "put_result_off"), params![json(&ids)?, until, now]).await?;
    Ok(())
}

/// Nothing is waited for any more of these calls; answers their campaigns, one a row.
pub(crate) async fn stop_waiting<D: Database>(
    db: &D,
    account: &str,
    ids: &[i64],
) -> Result<Vec<Row>, DbError> {
    db.query(sql!("reported.sql", "stop_waiting"), params![account, json(&ids)?]).await
}

/// Notes which transfer gave the charge of calls back.
pub(crate) async fn give_back<D: Database>(
    db: &D,
    account: &str,
    ids: &[i64],
    refund: &str,
) -> Result<(), DbError> {
    db.query(sql!("reported.sql", "give_back"), params![account, json(&ids)?, refund]).await?;
    Ok(())
}
