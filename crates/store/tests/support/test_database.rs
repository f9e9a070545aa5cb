//! What the tests run on: SQLite in memory, or, where `SENDBOX_TEST_SQLD` names its program, a real sqld.

use std::cell::Cell;

use pollster::FutureExt as _;
use sendbox_store::{Database, DbError, Engine, NativeDatabase, Row, Value, set_database_clock};

use super::sqld::Sqld;

thread_local! {
    static CLOCK: Cell<Option<i64>> = const { Cell::new(None) };
}

/// Lets the database's clock stand still for the statements of this thread, in Unix milliseconds.
pub fn drive_database_clock(now: i64) {
    CLOCK.set(Some(now));
    set_database_clock(Some(now));
}

/// Of so many cases of a property, as many as are tried: on a server, where each statement is a round trip, a twelfth. What
/// differs there is what a statement may say, not what a sequence of them comes to.
pub fn cases(native: u32) -> u32 {
    if std::env::var_os("SENDBOX_TEST_SQLD").is_some() { native / 12 } else { native }
}

/// A database of a test's own.
pub enum TestDatabase {
    Native(NativeDatabase),
    Server(Sqld),
}

impl TestDatabase {
    /// An empty one, with whatever the tests run on.
    pub fn empty() -> Self {
        match std::env::var_os("SENDBOX_TEST_SQLD") {
            Some(program) => Self::Server(Sqld::empty(&program)),
            None => Self::Native(NativeDatabase::in_memory().block_on().expect("opens")),
        }
    }
}

impl Database for TestDatabase {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match self {
            Self::Native(native) => native.query(sql, parameters).await,
            // A server's clock cannot be driven: the statement is told the time instead.
            Self::Server(sqld) => match CLOCK.get() {
                Some(now) => {
                    let told = format!("({now} / 1000.0)");
                    sqld.query(&sql.replace("unixepoch('subsec')", &told), parameters)
                }
                None => sqld.query(sql, parameters),
            },
        }
    }

    fn engine(&self) -> Engine {
        match self {
            Self::Native(native) => native.engine(),
            Self::Server(_) => Engine::Server,
        }
    }
}
