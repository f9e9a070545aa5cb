//! Checkpoints: the size and the root of a cell's log, signed and kept (R91).

use evidence::{Checkpoint, SigningKey};

use crate::cell::{Cell, Job, Next};
use crate::clock::DatabaseClock;
use crate::database::{Database, DbError};

/// A log that grew while it was signed is signed again after this.
const GROWING_MS: i64 = 1_000;

impl<D: Database> Cell<'_, D> {
    /// The key that signs the checkpoints of the cell's log: it follows from the master key, and is known under the
    /// log's name.
    pub fn signing_key(&self) -> Result<SigningKey, DbError> {
        Ok(SigningKey::from_seed(&self.name.log(), self.keys.service_key("checkpoint signing")?))
    }

    /// The newest checkpoint that was kept; where there is none, the log as it is now is signed and kept.
    pub async fn checkpoint(&self, now: i64) -> Result<String, DbError> {
        if let Some(note) = self.log().kept_checkpoint().await? {
            return Ok(note);
        }
        let (size, note) = self.sign().await?;
        self.log().keep_checkpoint(size, now, &note).await?;
        Ok(note)
    }

    /// The step of the job that signs a log which has grown.
    pub async fn sign_log(&self, job: &Job, clock: DatabaseClock, now: i64) -> Result<Option<Next>, DbError> {
        // Added up before the transaction begins, so that no writer waits for it.
        let (size, note) = self.sign().await?;
        self.commit_step(job, clock, async |_| {
            let has_grown = self.log().keep_checkpoint(size, now, &note).await?;
            Ok(if has_grown { Next::At(now + GROWING_MS) } else { Next::Done })
        })
        .await
    }

    async fn sign(&self) -> Result<(u64, String), DbError> {
        let log = self.log();
        let size = log.size().await?;
        let checkpoint = Checkpoint { origin: self.name.log(), size, root: log.root(size).await? };
        Ok((size, checkpoint.sign(&self.signing_key()?)))
    }
}
