//! Key-value stores in one SQLite file, in the layout that Spin uses, so that either host can
//! read what the other wrote.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::{OptionalExtension as _, params};
use tokio::sync::{mpsc, oneshot};

use crate::bindings::key_value::Error;
use crate::private_files;

/// The most bytes of one value.
const VALUE_BYTES_MAX: usize = 128 << 20;
/// How many keys may wait between SQLite and the component.
const KEYS_IN_FLIGHT: usize = 4;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";
const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";
const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2)";
const KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1";

/// The file behind all stores of an application. It is opened with the first use.
#[derive(Debug, Clone)]
pub(crate) struct KeyValueFile {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    opened: OnceLock<Mutex<rusqlite::Connection>>,
}

/// A store that a component has open.
#[derive(Debug, Clone)]
pub struct Store {
    file: KeyValueFile,
    label: String,
}

/// Keys as they come, and whether all have come.
pub(crate) struct Keys {
    pub keys: mpsc::Receiver<String>,
    pub result: oneshot::Receiver<Result<(), Error>>,
}

impl KeyValueFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        let shared = Shared { path, opened: OnceLock::new() };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn store(&self, label: String) -> Store {
        Store { file: self.clone(), label }
    }

    fn connection(&self) -> Result<MutexGuard<'_, rusqlite::Connection>, rusqlite::Error> {
        let opened = match self.shared.opened.get() {
            Some(opened) => opened,
            None => {
                private_files::prepare_database(&self.shared.path)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
                let connection = rusqlite::Connection::open(&self.shared.path)?;
                // What is stored here can be recomputed: no flush to disk for every value.
                connection.pragma_update(None, "journal_mode", "WAL")?;
                connection.pragma_update(None, "synchronous", "NORMAL")?;
                connection.execute(CREATE, [])?;
                self.shared.opened.get_or_init(|| Mutex::new(connection))
            }
        };
        Ok(opened.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store {
    pub(crate) async fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        let value = self
            .run(move |connection, label| {
                connection
                    .prepare_cached(GET)?
                    .query_row(params![label, key], |row| row.get::<_, Vec<u8>>(0))
                    .optional()
            })
            .await?;
        match value {
            Some(value) if value.len() > VALUE_BYTES_MAX => {
                Err(Error::Other(format!("query result exceeds limit of {VALUE_BYTES_MAX} bytes")))
            }
            value => Ok(value),
        }
    }

    pub(crate) async fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        self.run(move |connection, label| {
            connection.prepare_cached(SET)?.execute(params![label, key, value])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn delete(&self, key: String) -> Result<(), Error> {
        self.run(move |connection, label| {
            connection.prepare_cached(DELETE)?.execute(params![label, key])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn exists(&self, key: String) -> Result<bool, Error> {
        self.run(move |connection, label| {
            connection.prepare_cached(EXISTS)?.query_row(params![label, key], |row| row.get(0))
        })
        .await
    }

    /// Starts listing the keys.
    pub(crate) fn keys(&self) -> Keys {
        let (key_sender, keys) = mpsc::channel(KEYS_IN_FLIGHT);
        let (result_sender, result) = oneshot::channel();
        let store = self.clone();
        tokio::task::spawn_blocking(move || {
            drop(result_sender.send(store.send_keys(&key_sender)));
        });
        Keys { keys, result }
    }

    fn send_keys(&self, to: &mpsc::Sender<String>) -> Result<(), Error> {
        let other = |error: rusqlite::Error| Error::Other(error.to_string());
        let connection = self.file.connection().map_err(other)?;
        let mut statement = connection.prepare_cached(KEYS).map_err(other)?;
        let mut rows = statement.query(params![self.label]).map_err(other)?;
        while let Some(row) = rows.next().map_err(other)? {
            let key = row.get(0).map_err(other)?;
            to.blocking_send(key).map_err(|_| Error::Other("key send error".to_owned()))?;
        }
        Ok(())
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection, &str) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.clone();
        let run = move || {
            let connection = store.file.connection()?;
            work(&connection, &store.label)
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(outcome) => outcome.map_err(|error| Error::Other(error.to_string())),
            Err(error) => Err(Error::Other(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stores_with_other_labels_are_kept_apart_in_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = KeyValueFile::new(folder.path().join("sqlite_key_value.db"));
        let (one, other) = (file.store("one".to_owned()), file.store("other".to_owned()));
        let key = || "a".to_owned();
        one.set(key(), vec![1]).await.expect("set");
        one.set(key(), vec![2]).await.expect("set again");
        assert!(matches!(one.get(key()).await, Ok(Some(value)) if value == [2]));
        assert!(matches!(other.get(key()).await, Ok(None)));
        other.delete(key()).await.expect("nothing to delete is no error");
        assert!(matches!(one.exists(key()).await, Ok(true)));
        let mut listed = one.keys();
        assert_eq!(listed.keys.recv().await.as_deref(), Some("a"));
        assert_eq!(listed.keys.recv().await, None);
        assert!(matches!(listed.result.await, Ok(Ok(()))));
    }
}
