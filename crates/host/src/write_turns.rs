//! Who writes into a database file next. SQLite lets writers wait by sleeping and looking again, longer each
//! time: one that came late may go first, and the file stands idle while everybody sleeps. Writers of one
//! process wait for each other here instead, in the order in which they came; those of other processes still
//! meet SQLite's own lock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// As long as SQLite itself waits for a lock, here and on Spin.
const PATIENCE: Duration = Duration::from_secs(5);

/// The lines before all files that are open. Hosts that share a file share its line.
static LINES: Mutex<BTreeMap<PathBuf, Weak<Semaphore>>> = Mutex::new(BTreeMap::new());

/// The line before one file, and one connection's place in it.
pub(crate) struct WriteTurns {
    line: Arc<Semaphore>,
    turn: Option<OwnedSemaphorePermit>,
}

/// The turn did not come in time.
pub(crate) struct TooLong;

impl WriteTurns {
    /// The line before the file at `path`, which all must spell in the same way.
    pub fn of(path: &Path) -> Self {
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.get(path).and_then(Weak::upgrade).unwrap_or_else(|| {
            lines.retain(|_, line| line.strong_count() > 0);
            let line = Arc::new(Semaphore::new(1));
            lines.insert(path.to_owned(), Arc::downgrade(&line));
            line
        });
        Self { line, turn: None }
    }

    /// Waits for the connection's turn if a statement is about to begin to write. Blocks the thread, which must
    /// be one of the runtime's that may.
    pub fn wait(
        &mut self,
        connection: &rusqlite::Connection,
        statement: &rusqlite::Statement<'_>,
    ) -> Result<(), TooLong> {
        // BEGIN IMMEDIATE counts as writing, a plain BEGIN does not.
        if self.turn.is_some() || statement.readonly() || !connection.is_autocommit() {
            return Ok(());
        }
        let line = Arc::clone(&self.line);
        let turn = Handle::current().block_on(async { timeout(PATIENCE, line.acquire_owned()).await });
        self.turn = Some(turn.map_err(|_| TooLong)?.map_err(|_| TooLong)?);
        Ok(())
    }

    /// Lets the next one write if the connection has no transaction open.
    pub fn pass_on(&mut self, connection: &rusqlite::Connection) {
        if connection.is_autocommit() {
            self.turn = None;
        }
    }
}
