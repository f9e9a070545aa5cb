//! Connections that stay open in a repeatable run. There each instance lives for one request, so that nothing depends on
//! how fast the machine is; most of such a run would be SQLite reading the schema for one more connection. So an
//! instance gets what an earlier one left, as later requests of one instance do elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Opened;

/// By their files.
#[derive(Clone, Default)]
pub(crate) struct KeptConnections {
    by_file: Arc<Mutex<BTreeMap<PathBuf, Vec<Opened>>>>,
}

impl KeptConnections {
    /// One that nobody uses.
    pub(super) fn take(&self, file: &Path) -> Option<Opened> {
        self.by_file.lock().unwrap_or_else(PoisonError::into_inner).get_mut(file)?.pop()
    }

    /// Keeps a connection that its instance is done with, unless it was left within a transaction, which ends with it.
    pub(super) fn keep(&self, file: &Path, opened: Opened) {
        if opened.connection.is_autocommit() {
            let mut by_file = self.by_file.lock().unwrap_or_else(PoisonError::into_inner);
            by_file.entry(file.to_owned()).or_default().push(opened);
        }
    }
}
