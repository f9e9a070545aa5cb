//! The one door to SQLite: a small trait with a back end for Spin, one for native tests, and one of the tests' own
//! that speaks to a libSQL server as Spin does.

use std::future::Future;

pub use crate::db_error::DbError;
use crate::row::Row;
pub use crate::value::Value;

/// What stands behind a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite with a file of this machine: how it writes and overwrites is set for each connection.
    File,
    /// A libSQL server. How it writes is its own affair: it refuses to be told. References hold there from the
    /// start.
    Server,
}

/// A connection. One request uses one; two requests never share one at a time.
///
/// Batches come in as JSON arrays. SQLite takes such an array for a short table and likes to read it
/// once for every row of the other side; `json_each(…) j CROSS JOIN t` and, in an UPDATE, `+account`
/// (which hides the column from the index) make it go through the array once instead.
pub trait Database {
    /// Runs one statement to its end and returns all its rows. It is the only way to run one, so
    /// no error is left uncollected and no rows are left undrained.
    fn query(&self, sql: &str, parameters: Vec<Value>) -> impl Future<Output = Result<Vec<Row>, DbError>>;

    /// What answers.
    fn engine(&self) -> Engine;
}

/// Runs `work` between BEGIN IMMEDIATE and COMMIT. IMMEDIATE, because a reading transaction that
/// turns into a writing one fails at once instead of waiting its turn. An error rolls back.
pub async fn transaction<D: Database, T, E: From<DbError>>(
    db: &D,
    work: impl AsyncFnOnce(&D) -> Result<T, E>,
) -> Result<T, E> {
    if let Err(error) = db.query("BEGIN IMMEDIATE", vec![]).await {
        // It may have begun all the same, with its answer lost: who goes on with other work would write into a
        // transaction that nobody ends.
        let _none_was_begun = db.query("ROLLBACK", vec![]).await;
        return Err(error.into());
    }
    let outcome = match work(db).await {
        Ok(value) => db.query("COMMIT", vec![]).await.map(|_| value).map_err(E::from),
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        // SQLite may already have rolled back by itself (disk full); that is then its answer here.
        let _already_rolled_back = db.query("ROLLBACK", vec![]).await;
    }
    outcome
}

/// Settings that SQLite forgets with the connection: rows that are deleted are overwritten (R158),
/// a commit is on the disk when it returns, references hold.
pub async fn prepare_connection<D: Database>(db: &D) -> Result<(), DbError> {
    for pragma in ["PRAGMA foreign_keys = ON", "PRAGMA secure_delete = ON", "PRAGMA synchronous = FULL"] {
        db.query(pragma, vec![]).await?;
    }
    Ok(())
}

/// Whether a server said so of a statement that sets how it works.
#[cfg(feature = "spin")]
pub fn is_not_for_a_server(error: &DbError) -> bool {
    matches!(error, DbError::Other(message) if message.contains("unsupported statement"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use pollster::FutureExt as _;

    use super::*;
    use crate::NativeDatabase;

    /// The answer to its first BEGIN is lost on the way back.
    struct LosesAnAnswer {
        db: NativeDatabase,
        is_lost: Cell<bool>,
    }

    impl Database for LosesAnAnswer {
        async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
            let answer = self.db.query(sql, parameters).await;
            if sql == "BEGIN IMMEDIATE" && !self.is_lost.replace(true) {
                return Err(DbError::Other("the answer was lost".to_owned()));
            }
            answer
        }

        fn engine(&self) -> Engine {
            self.db.engine()
        }
    }

    /// R85: what is kept after an error, such as an operator's only report, is in no transaction of before.
    #[test]
    fn work_after_a_transaction_that_did_not_seem_to_begin_is_not_lost() {
        let db = NativeDatabase::in_memory().block_on().expect("opens");
        let db = LosesAnAnswer { db, is_lost: Cell::new(false) };
        let nothing = transaction(&db, async |_| Ok::<_, DbError>(())).block_on();
        nothing.expect_err("the answer was lost");
        let next = transaction(&db, async |db| db.query("SELECT 1", vec![]).await).block_on();
        assert_eq!(next.map(|rows| rows.len()), Ok(1), "a transaction of its own");
    }
}
