//! The file of a stopped platform, into which millions of rows are written under the real schema.

use std::path::Path;

use rusqlite::Connection;

/// Works on the file of a stopped platform, without waiting for the disk: whoever loses it begins anew.
pub fn edit(database: &Path, work: impl FnOnce(&Connection) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    work(&connection)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    // What the system has still to write would be measured with what comes next.
    std::fs::File::open(database)?.sync_all()?;
    Ok(())
}

/// Writes many messages. Their indexes are made again behind them, by their own statements.
pub fn add_messages(
    connection: &Connection,
    write: impl FnOnce(&Connection) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut indexes: Vec<(String, String)> = Vec::new();
    let mut listed = connection.prepare(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'message' AND sql > ''",
    )?;
    for index in listed.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
        indexes.push(index?);
    }
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    write(connection)?;
    for (_, statement) in &indexes {
        connection.execute_batch(statement)?;
    }
    Ok(())
}
