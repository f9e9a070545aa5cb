//! The back end for native tests and benchmarks: rusqlite, with Spin's busy time-out.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value as SqlValue, ValueRef};

use crate::database::{Database, DbError, Engine, Value, prepare_connection};
use crate::row::Row;

thread_local! {
    static CLOCK: Cell<Option<i64>> = const { Cell::new(None) };
}

/// Lets SQLite's clock stand still, in Unix milliseconds, for the statements of this thread; with `None` it runs on
/// as the machine's own.
pub fn set_database_clock(now: Option<i64>) {
    CLOCK.set(now);
}

/// A connection to a file, or to memory.
pub struct NativeDatabase(rusqlite::Connection);

impl NativeDatabase {
    /// Opens a file and sets the connection up.
    pub async fn open(path: &Path) -> Result<Self, DbError> {
        let connection = rusqlite::Connection::open(path).map_err(|e| error(&e))?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(|e| error(&e))?;
        drive_clock(&connection).map_err(|e| error(&e))?;
        let database = Self(connection);
        prepare_connection(&database).await?;
        Ok(database)
    }

    /// A database of its own in memory.
    pub async fn in_memory() -> Result<Self, DbError> {
        Self::open(Path::new(":memory:")).await
    }
}

impl Database for NativeDatabase {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let mut statement = self.0.prepare_cached(sql).map_err(|e| error(&e))?;
        let names: Rc<[String]> = statement.column_names().map(str::to_owned).collect();
        let parameters = rusqlite::params_from_iter(parameters.into_iter().map(into_sql));
        let mut rows = statement.query(parameters).map_err(|e| error(&e))?;
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(|e| error(&e))? {
            let values = (0..names.len()).map(|place| row.get_ref(place).map(from_sql));
            let values = values.collect::<Result<_, _>>().map_err(|e| error(&e))?;
            answer.push(Row::new(Rc::clone(&names), values));
        }
        Ok(answer)
    }

    fn engine(&self) -> Engine {
        Engine::File
    }
}

/// Replaces `unixepoch('subsec')`, the one question for the time that statements here ask.
fn drive_clock(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.create_scalar_function("unixepoch", 1, FunctionFlags::SQLITE_UTF8, |_| {
        let machine = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let driven = |now: i64| Duration::from_millis(now.unsigned_abs());
        Ok(CLOCK.get().map_or_else(machine, driven).as_secs_f64())
    })
}

fn into_sql(value: Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Integer(value) => SqlValue::Integer(value),
        Value::Real(value) => SqlValue::Real(value),
        Value::Text(value) => SqlValue::Text(value),
        Value::Blob(value) => SqlValue::Blob(value),
    }
}

fn from_sql(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
    }
}

fn error(error: &rusqlite::Error) -> DbError {
    DbError::from_message(error.to_string())
}
