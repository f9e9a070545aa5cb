//! The database's own clock: what several hosts must agree on is timed by it alone (R87).

use crate::database::{Database, DbError};
use crate::params;

/// How leases, and the questions about them, are timed. Hosts' clocks may differ by minutes; the host
/// that holds the file, or the server that serves it, has one. Only the sandbox's shift of the product's
/// clock is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatabaseClock {
    /// Milliseconds by which the product's clock is shifted.
    pub shift_ms: i64,
}

impl DatabaseClock {
    /// The database's time in a statement, Unix milliseconds without the shift. Within one statement it
    /// is one instant.
    pub(crate) const SQL: &'static str = "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)";

    /// Unix milliseconds.
    pub async fn now<D: Database>(self, db: &D) -> Result<i64, DbError> {
        let rows = db.query(&format!("SELECT {} + ?1 AS now", Self::SQL), params![self.shift_ms]).await?;
        rows.first().ok_or(DbError::NoRow)?.int("now")
    }
}
