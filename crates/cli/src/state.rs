//! Whether a state folder fits what the host is started with: looked at before anything is served.

use std::path::Path;

use anyhow::{Context, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use host::private_files;
use store::{DbError, MasterKey, NativeDatabase, Part, check_master_key, migrate};

use crate::variables::Variables;

/// Brings the database of a state folder to this program's schema and holds it against the master key. Says in
/// words what does not fit; then nothing was changed.
pub fn check(state_dir: &Path, variables: &Variables) -> anyhow::Result<()> {
    let text = variables.get("master_key").unwrap_or_default();
    let key: Option<[u8; 32]> = BASE64_STANDARD.decode(text.trim()).ok().and_then(|key| key.try_into().ok());
    let key = key.context("the variable master_key is not 32 bytes in base64")?;
    let path = state_dir.join("sqlite_db.db");
    if !path.is_file() {
        return Ok(());
    }
    private_files::prepare_database(&path).with_context(|| path.display().to_string())?;
    let fits = pollster::block_on(async {
        let database = NativeDatabase::open(&path).await?;
        migrate(&database, &[Part::Directory, Part::Log, Part::Cell]).await?;
        check_master_key(&database, &MasterKey::new(key)?).await
    });
    let path = path.display();
    match fits {
        Ok(()) => Ok(()),
        Err(DbError::MasterKey) => bail!(
            "{path} belongs to another master key. Give the one that it was made with, or another --state-dir"
        ),
        Err(DbError::SchemaNewer) => {
            bail!(
                "{path} was made by a newer version of this program. Start that one, or give another --state-dir"
            )
        }
        Err(DbError::SchemaOther) => bail!(
            "{path} has another structure than this program's. Start the version that made it, or give another --state-dir"
        ),
        Err(error) => bail!("{path}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started_with(state: &Path, key: [u8; 32]) -> anyhow::Result<()> {
        let given = [("master_key".to_owned(), BASE64_STANDARD.encode(key))];
        check(state, &Variables::read(&given, state).expect("there is no .env"))
    }

    fn said(outcome: anyhow::Result<()>) -> String {
        outcome.expect_err("it does not fit").to_string()
    }

    /// A state folder that was served under a key.
    fn state() -> tempfile::TempDir {
        let state = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(state.path().join("sqlite_db.db"), "").expect("written");
        started_with(state.path(), [1; 32]).expect("new");
        state
    }

    #[test]
    fn another_master_key_is_said_before_anything_is_served() {
        let state = state();
        assert!(said(started_with(state.path(), [2; 32])).contains("another master key"));
        started_with(state.path(), [1; 32]).expect("the right one");
    }

    #[test]
    fn a_newer_or_another_schema_is_said_before_anything_is_served() {
        for (change, words) in
            [("version = version + 1", "newer"), ("digest = zeroblob(32)", "another structure")]
        {
            let state = state();
            let database = rusqlite::Connection::open(state.path().join("sqlite_db.db")).expect("opens");
            database.execute(&format!("UPDATE schema SET {change}"), []).expect("written");
            assert!(said(started_with(state.path(), [1; 32])).contains(words), "{change}");
        }
    }

    #[test]
    fn a_master_key_that_is_none_is_said() {
        let state = tempfile::tempdir().expect("a temporary folder");
        let given = [("master_key".to_owned(), "short".to_owned())];
        let variables = Variables::read(&given, state.path()).expect("there is no .env");
        assert!(said(check(state.path(), &variables)).contains("32 bytes"));
    }
}
