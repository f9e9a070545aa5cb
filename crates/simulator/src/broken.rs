//! Breaks an account between two requests, as a disk does.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::application::{CELLS, file_of};

/// Flips a bit of an account's key in the file of the database; the same again mends it.
///
/// # Errors
/// When the file cannot be written.
pub fn flip_a_bit(state: &Path, account: &str) -> rusqlite::Result<()> {
    for cell in CELLS {
        let file = Connection::open(state.join(file_of(cell)))?;
        file.busy_timeout(Duration::from_secs(5))?;
        let read = "SELECT evidence_key FROM account WHERE account = ?1";
        let key: Option<Vec<u8>> = file.query_row(read, [account], |row| row.get(0)).optional()?;
        let Some(mut key) = key else { continue };
        if let Some(last) = key.last_mut() {
            *last ^= 1;
        }
        file.execute("UPDATE account SET evidence_key = ?2 WHERE account = ?1", params![account, key])?;
    }
    Ok(())
}
