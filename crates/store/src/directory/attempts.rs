//! Counting attempts: wrong passwords, and requests that anybody may make (R118, R194, R196).
//!
//! A key is a hash of who attempts what. It is counted whether or not there is such a login, so that
//! the count does not tell.

use crate::database::{Database, DbError};
use crate::directory::Directory;
use crate::{params, sql};

/// The longest wait after wrong passwords.
const WAIT_MS_MAX: i64 = 15 * 60_000;
/// Counters that nobody touched for this long are forgotten.
const FORGET_MS: i64 = 24 * 60 * 60_000;

/// Whether an attempt is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It counts, and may be tried.
    Counted,
    /// Not before so many milliseconds have passed.
    Wait {
        /// Milliseconds.
        ms: i64,
    },
}

impl<D: Database> Directory<'_, D> {
    /// Counts an attempt that has not failed yet, in one statement, so that many at once cannot all
    /// find the count at zero. After `free` of them each doubles the wait.
    pub async fn count_attempt(&self, key: &[u8; 32], free: i64, now: i64) -> Result<Attempt, DbError> {
        // Read first, as in [`Directory::within_rate`].
        let waits = self
            .db
            .query("SELECT retry_at FROM attempt WHERE key = ?1 AND retry_at > ?2", params![key, now])
            .await?;
        if let Some(row) = waits.first() {
            return Ok(Attempt::Wait { ms: row.int("retry_at")? - now });
        }
        let counted =
            self.db.query(sql!("attempts.sql", "count"), params![key, now, free, WAIT_MS_MAX]).await?;
        if !counted.is_empty() {
            return Ok(Attempt::Counted);
        }
        let rows = self.db.query("SELECT retry_at FROM attempt WHERE key = ?1", params![key]).await?;
        Ok(Attempt::Wait { ms: rows.first().map_or(Ok(now), |row| row.int("retry_at"))? - now })
    }

    /// Forgets the attempts under these keys: one succeeded.
    pub async fn clear_attempts(&self, keys: &[[u8; 32]]) -> Result<(), DbError> {
        for key in keys {
            self.db.query("DELETE FROM attempt WHERE key = ?1", params![key]).await?;
        }
        Ok(())
    }

    /// Counts a request of a kind that anybody may make; false once a minute's share is used up.
    pub async fn within_rate(&self, key: &[u8; 32], per_minute: i64, now: i64) -> Result<bool, DbError> {
        // Read first: whoever is over it must not make others wait for a turn to write.
        let used_up = self
            .db
            .query(
                "SELECT 1 FROM attempt WHERE key = ?1 AND count >= ?2 AND at > ?3 - 60000",
                params![key, per_minute, now],
            )
            .await?;
        if !used_up.is_empty() {
            return Ok(false);
        }
        let counted =
            self.db.query(sql!("attempts.sql", "count_within_rate"), params![key, now, per_minute]).await?;
        if counted.first().map(|row| row.int("count")).transpose()? == Some(1) {
            self.db
                .query(
                    "DELETE FROM attempt WHERE key IN (SELECT key FROM attempt WHERE at < ?1 ORDER BY at LIMIT 100)",
                    params![now - FORGET_MS],
                )
                .await?;
        }
        Ok(!counted.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NativeDatabase, Part, migrate};

    const KEY: [u8; 32] = [7; 32];

    fn with_directory(story: impl AsyncFnOnce(Directory<'_, NativeDatabase>)) {
        pollster::block_on(async {
            let db = NativeDatabase::in_memory().await.expect("opens");
            migrate(&db, &[Part::Directory]).await.expect("migrates");
            story(Directory::new(&db)).await;
        });
    }

    /// R194: guessing gets slower with every guess, and a refused guess is not even counted.
    #[test]
    fn after_a_few_wrong_passwords_each_doubles_the_wait() {
        with_directory(async |directory| {
            for _ in 0..5 {
                assert_eq!(directory.count_attempt(&KEY, 5, 1_000).await, Ok(Attempt::Counted));
            }
            assert_eq!(directory.count_attempt(&KEY, 5, 1_000).await, Ok(Attempt::Wait { ms: 1_000 }));
            assert_eq!(directory.count_attempt(&KEY, 5, 2_000).await, Ok(Attempt::Counted));
            assert_eq!(directory.count_attempt(&KEY, 5, 2_000).await, Ok(Attempt::Wait { ms: 2_000 }));
            directory.clear_attempts(&[KEY]).await.expect("cleared");
            assert_eq!(directory.count_attempt(&KEY, 5, 2_000).await, Ok(Attempt::Counted));
        });
    }

    /// R118, R196: a minute's share is a minute's share.
    #[test]
    fn a_share_is_used_up_and_comes_back_after_a_minute() {
        with_directory(async |directory| {
            for _ in 0..3 {
                assert_eq!(directory.within_rate(&KEY, 3, 0).await, Ok(true));
            }
            assert_eq!(directory.within_rate(&KEY, 3, 59_999).await, Ok(false));
            assert_eq!(directory.within_rate(&KEY, 3, 60_000).await, Ok(true));
        });
    }
}
