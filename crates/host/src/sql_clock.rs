//! SQLite's clock from a [`Clock`], so that a simulation drives the database's time, which several hosts
//! share, apart from the hosts' own.

use std::time::UNIX_EPOCH;

use rusqlite::functions::FunctionFlags;

use crate::clock::Clock;

/// Replaces `unixepoch('subsec')` on a connection. Other modifiers are not played.
pub(crate) fn install(clock: &Clock, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    let clock = clock.clone();
    connection.create_scalar_function("unixepoch", 1, FunctionFlags::SQLITE_UTF8, move |context| {
        let modifier = context.get::<String>(0)?;
        if modifier != "subsec" && modifier != "now" {
            let refused = format!("unixepoch('{modifier}') is not played here");
            return Err(rusqlite::Error::UserFunctionError(refused.into()));
        }
        Ok(clock.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64())
    })
}
