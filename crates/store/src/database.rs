//! The one door to SQLite: a small trait with a back end for Spin, one for native tests, and one of the tests' own
//! that speaks to a libSQL server as Spin does.

use std::future::Future;

pub use crate::row::Row;

/// A value that goes into a statement or comes out of one.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the variants are SQLite's own")]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// What went wrong below a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A UNIQUE, CHECK, NOT NULL or FOREIGN KEY constraint, or a trigger, refused the change.
    #[error("constraint: {0}")]
    Constraint(String),
    /// Another writer held the database for longer than the time-out. Try again.
    #[error("the database is busy")]
    Busy,
    /// Anything else: the database is full, missing or broken.
    #[error("database: {0}")]
    Other(String),
    /// A statement that always has a row had none.
    #[error("a row is missing")]
    NoRow,
    /// A row has not the form that the statement promises.
    #[error("column {0} has not the expected type")]
    Column(usize),
    /// A row has not the form that the statement promises.
    #[error("column {0} has not the expected form")]
    NamedColumn(String),
    /// A statement gives no column of that name, or two.
    #[error("no column, or more than one, is called {0}")]
    ColumnName(String),
    /// A sealed value does not open: a wrong or destroyed key, or a changed byte.
    #[error("a sealed value does not open")]
    Seal,
    /// A newer program made the schema: this one does not know what its rows mean.
    #[error("the schema is of a newer version than this program")]
    SchemaNewer,
    /// The schema has this program's version, and was made by other scripts.
    #[error("the schema was made by other scripts than this program's")]
    SchemaOther,
    /// The data belong to another master key.
    #[error("the data belong to another master key")]
    MasterKey,
}

/// What a file says of another writer, and a libSQL server of a crowd: too many at once, no connection in time. A
/// server that does not listen, or does not know the stream of a while ago, is being started again, or ended the
/// stream, and its transaction with it. In none of these cases was anything done.
const BUSY: [&str; 7] = [
    "locked",
    "busy",
    "too many concurrent",
    "timed out while opening",
    "connection refused",
    "stream has expired",
    "invalid baton",
];

impl DbError {
    /// Sorts SQLite's message: the runtime hands errors over as one string, so the telling apart
    /// is done on the text, and only here.
    pub fn from_message(message: String) -> Self {
        let lower = message.to_ascii_lowercase();
        if lower.contains("constraint") {
            Self::Constraint(message)
        } else if BUSY.iter().any(|words| lower.contains(words)) {
            Self::Busy
        } else {
            Self::Other(message)
        }
    }
}

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

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement, in order: `params![account, 5]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
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

    /// Whoever is told "busy" tries again, and "broken" gives up: a crowd at a server is the former.
    #[test]
    fn a_server_with_too_much_to_do_is_busy() {
        for said in [
            "Hrana: `api error: `{\"error\":\"Too many concurrent requests\"}``",
            "Hrana: `api error: `{\"error\":\"Timed out while opening database connection\"}``",
            "Hrana: `api error: `{\"message\":\"The stream has expired\",\"code\":\"STREAM_EXPIRED\"}``",
            "Hrana: `http error: `error trying to connect: tcp connect error: Connection refused (os error 111)``",
            "Hrana: `api error: `Received an invalid baton``",
            "database is locked",
        ] {
            assert_eq!(DbError::from_message(said.to_owned()), DbError::Busy, "{said}");
        }
        assert!(matches!(DbError::from_message("disk I/O error".to_owned()), DbError::Other(_)));
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
