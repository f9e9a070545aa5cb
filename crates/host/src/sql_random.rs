//! SQLite's random functions from a seed, so that ids which statements make are the same in every
//! run of a simulation.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{Rng as _, SeedableRng as _};
use rusqlite::functions::FunctionFlags;

/// The longest blob that `randomblob` is asked for here, in bytes.
const BLOB_BYTES_MAX: i64 = 1 << 20;

/// One seeded source for all connections of a host.
#[derive(Debug, Clone)]
pub(crate) struct SqlRandom(Arc<Mutex<rand::rngs::StdRng>>);

impl SqlRandom {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(rand::rngs::StdRng::seed_from_u64(seed))))
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    /// Replaces `random()` and `randomblob(n)` on a connection.
    pub(crate) fn install(&self, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        let source = self.clone();
        connection.create_scalar_function("randomblob", 1, FunctionFlags::SQLITE_UTF8, move |context| {
            // As SQLite's own: never less than one byte.
            let length = context.get::<i64>(0)?.clamp(1, BLOB_BYTES_MAX);
            let mut bytes = vec![0; usize::try_from(length).unwrap_or(1)];
            source.fill(&mut bytes);
            Ok(bytes)
        })?;
        let source = self.clone();
        connection.create_scalar_function("random", 0, FunctionFlags::SQLITE_UTF8, move |_| {
            let mut bytes = [0; 8];
            source.fill(&mut bytes);
            Ok(i64::from_le_bytes(bytes))
        })
    }
}
