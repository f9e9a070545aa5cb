//! The schema, brought to its newest version when a database is opened.

use crate::database::{Database, DbError, transaction};
use crate::params;

/// The parts of a schema. A database may hold several: by default it holds them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Accounts, sessions, keys, visitors' choices.
    Directory,
    /// Everything of tenants.
    Cell,
    /// The Merkle log beside either.
    Log,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Cell => "cell",
            Self::Log => "log",
        }
    }

    /// In order; a new version is a new file at the end.
    const fn versions(self) -> &'static [&'static str] {
        match self {
            Self::Directory => &[include_str!("../migrations/directory_1.sql")],
            Self::Cell => &[include_str!("../migrations/cell_1.sql")],
            Self::Log => &[include_str!("../migrations/log_1.sql")],
        }
    }
}

const SEPARATOR: &str = "\n----\n";

/// Brings the parts to their newest version. Many openers may do so at once: one does the work,
/// the others wait and find it done.
pub async fn migrate<D: Database>(db: &D, parts: &[Part]) -> Result<(), DbError> {
    if is_current(db, parts).await? {
        return Ok(());
    }
    // WAL lasts in the file; it cannot be set inside a transaction.
    db.query("PRAGMA journal_mode = WAL", vec![]).await?;
    transaction(db, async |db| {
        db.query(
            "CREATE TABLE IF NOT EXISTS schema (part TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT",
            vec![],
        )
        .await?;
        for part in parts {
            let done = version(db, *part).await?;
            for script in part.versions().iter().skip(done) {
                for statement in script.split(SEPARATOR) {
                    db.query(statement, vec![]).await?;
                }
            }
            db.query(
                "INSERT INTO schema (part, version) VALUES (?1, ?2)
                 ON CONFLICT (part) DO UPDATE SET version = max(version, excluded.version)",
                params![part.name(), part.versions().len() as i64],
            )
            .await?;
        }
        Ok(())
    })
    .await
}

async fn is_current<D: Database>(db: &D, parts: &[Part]) -> Result<bool, DbError> {
    let exists = db.query("SELECT 1 FROM sqlite_master WHERE name = 'schema'", vec![]).await?;
    if exists.is_empty() {
        return Ok(false);
    }
    for part in parts {
        if version(db, *part).await? < part.versions().len() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn version<D: Database>(db: &D, part: Part) -> Result<usize, DbError> {
    let rows = db.query("SELECT version FROM schema WHERE part = ?1", params![part.name()]).await?;
    let version = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    usize::try_from(version).map_err(|_| DbError::Column(0))
}
