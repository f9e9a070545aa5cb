//! SQLite as Spin gives it to components, its traps included.
//!
//! Every open is a new connection, but in a repeatable run (`kept.rs`). A statement runs on a thread of
//! its own, unless it is known to be quick and asked for in the way that lets the whole instance wait. It
//! holds the connection's one mutex to its end, and passes rows through a channel of four: a second
//! statement on a connection whose rows nobody reads waits for good. The columns are answered before the
//! statement runs, so what goes wrong in it is known only from the result at the end.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use tokio::sync::{mpsc, oneshot};

use crate::bindings::sqlite::{Error, QueryResult, RowResult, Value};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::faults::{FaultInjector, StatementFault, StatementPoint};
use crate::kill_switch::KillSwitch;
use crate::private_files;
use crate::sql_clock;
use crate::sql_random::SqlRandom;
use crate::write_turns::{TooLong, WriteTurns};

mod kept;
#[cfg(test)]
mod tests;

pub(crate) use kept::KeptConnections;

/// How many rows may wait between SQLite and the component.
const ROWS_IN_FLIGHT: usize = 4;
/// The most bytes of one row, or of one gathered result.
const RESULT_BYTES_MAX: usize = 128 << 20;
/// How many statements a connection keeps prepared.
const STATEMENTS_PREPARED_MAX: usize = 64;

/// A connection that a component has open. The file is opened with the first statement.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
}

/// What takes the place of SQLite's own functions, where a test drives them, and connections that stay open then.
#[derive(Clone, Default)]
pub(crate) struct Driven {
    pub random: Option<SqlRandom>,
    pub clock: Option<Clock>,
    pub kept: Option<KeptConnections>,
}

struct Shared {
    path: PathBuf,
    component: Arc<str>,
    label: String,
    faults: Arc<dyn FaultInjector>,
    counters: Arc<Counters>,
    kill_switch: Arc<KillSwitch>,
    driven: Driven,
    opened: OnceLock<Mutex<Opened>>,
}

/// An open file. The connection is dropped first, and with it its transaction, then its turn.
struct Opened {
    connection: rusqlite::Connection,
    turns: WriteTurns,
}

/// A statement under way.
pub(crate) struct Execution {
    pub columns: Vec<String>,
    pub rows: mpsc::Receiver<RowResult>,
    /// Resolves when the statement is done. Closed without a value when the instance was killed.
    pub result: oneshot::Receiver<Result<(), Error>>,
}

/// Why a statement has no answer at all: the instance is being killed, and must trap.
#[derive(Debug, thiserror::Error)]
#[error("the instance was killed at a fault point")]
pub(crate) struct Killed;

enum Stop {
    Error(Error),
    Killed,
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Error(Error::Io(error.to_string()))
    }
}

impl From<TooLong> for Stop {
    fn from(TooLong: TooLong) -> Self {
        // What SQLite says when its own patience is over.
        Self::Error(Error::Io("database is locked".to_owned()))
    }
}

impl Connection {
    pub(crate) fn new(
        path: PathBuf,
        component: Arc<str>,
        label: String,
        faults: Arc<dyn FaultInjector>,
        counters: Arc<Counters>,
        kill_switch: Arc<KillSwitch>,
        driven: Driven,
    ) -> Self {
        let opened = OnceLock::new();
        let shared = Shared { path, component, label, faults, counters, kill_switch, driven, opened };
        Self { shared: Arc::new(shared) }
    }

    /// Starts a statement; comes back when its columns are known.
    pub(crate) async fn start(
        &self,
        sql: String,
        parameters: Vec<Value>,
    ) -> Result<Result<Execution, Error>, Killed> {
        let (columns_sender, columns) = oneshot::channel();
        let (row_sender, rows) = mpsc::channel(ROWS_IN_FLIGHT);
        let (result_sender, result) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || {
            let outcome = shared.run(
                &sql,
                parameters,
                Rows::Streamed { columns: Some(columns_sender), rows: row_sender },
            );
            match outcome {
                Ok(_) => drop(result_sender.send(Ok(()))),
                Err(Stop::Error(error)) => drop(result_sender.send(Err(error))),
                Err(Stop::Killed) => {}
            }
        });
        match columns.await {
            Ok(columns) => Ok(Ok(Execution { columns, rows, result })),
            Err(_) => match result.await {
                Ok(Err(error)) => Ok(Err(error)),
                Ok(Ok(())) => Ok(Err(Error::Io("the columns were lost".to_owned()))),
                Err(_) => Err(Killed),
            },
        }
    }

    /// Runs a statement to its end and gathers its rows.
    pub(crate) async fn gather(
        &self,
        sql: String,
        parameters: Vec<Value>,
    ) -> Result<Result<QueryResult, Error>, Killed> {
        let outcome = if self.shared.may_run_here(&sql) {
            self.shared.run_gathered(&sql, parameters)
        } else {
            let shared = Arc::clone(&self.shared);
            let run = move || shared.run_gathered(&sql, parameters);
            let done = tokio::task::spawn_blocking(run).await;
            done.unwrap_or_else(|error| Err(Stop::Error(Error::Io(error.to_string()))))
        };
        match outcome {
            Ok(result) => Ok(Ok(result)),
            Err(Stop::Error(error)) => Ok(Err(error)),
            Err(Stop::Killed) => Err(Killed),
        }
    }

    /// What SQLite's `changes()` says. Waits for the statement under way, as Spin does.
    pub(crate) async fn changes(&self) -> Result<u64, Error> {
        self.ask(rusqlite::Connection::changes).await
    }

    /// What SQLite's `last_insert_rowid()` says. Waits for the statement under way.
    pub(crate) async fn last_insert_rowid(&self) -> Result<i64, Error> {
        self.ask(rusqlite::Connection::last_insert_rowid).await
    }

    async fn ask<T: Send + 'static>(&self, question: fn(&rusqlite::Connection) -> T) -> Result<T, Error> {
        let shared = Arc::clone(&self.shared);
        let ask = move || Ok(question(&shared.opened()?.connection));
        tokio::task::spawn_blocking(ask).await.map_err(|error| Error::Io(error.to_string()))?
    }
}

impl Shared {
    fn opened(&self) -> Result<MutexGuard<'_, Opened>, Error> {
        if self.opened.get().is_none() {
            private_files::prepare_database(&self.path).map_err(|error| Error::Io(error.to_string()))?;
            let kept = self.driven.kept.as_ref().and_then(|kept| kept.take(&self.path));
            let open = || {
                let connection = self.open().map_err(|error| Error::Io(error.to_string()))?;
                Ok(Opened { connection, turns: WriteTurns::of(&self.path) })
            };
            let opened = kept.map_or_else(open, Ok)?;
            // Of two that race to open, one connection is used and the other dropped.
            let _ = self.opened.set(Mutex::new(opened));
        }
        let mutex = self.opened.get().ok_or_else(|| Error::Io("the database did not open".to_owned()))?;
        Ok(mutex.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn open(&self) -> rusqlite::Result<rusqlite::Connection> {
        // No PRAGMA: what a component needs it must set itself, as on Spin. The busy timeout is
        // the library's own five seconds.
        let mut connection = rusqlite::Connection::open(&self.path)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_PREPARED_MAX);
        if let Some(random) = &self.driven.random {
            random.install(&connection)?;
        }
        if let Some(clock) = &self.driven.clock {
            sql_clock::install(clock, &connection)?;
        }
        connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
            AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => Authorization::Deny,
            _ => Authorization::Allow,
        }))?;
        Ok(connection)
    }

    /// Whether a statement can be run where it is asked for: it is known to be quick, and waits for nobody, since it
    /// reads or belongs to a transaction that has begun.
    fn may_run_here(&self, sql: &str) -> bool {
        // How long something takes is chance; a run that is to be repeatable does not go by it.
        if self.driven.random.is_some() || !self.counters.quick_statements.has(sql) {
            return false;
        }
        let Some(opened) = self.opened.get().and_then(|opened| opened.try_lock().ok()) else { return false };
        let connection = &opened.connection;
        !connection.is_autocommit()
            || connection.prepare_cached(sql).is_ok_and(|statement| statement.readonly())
    }

    fn run_gathered(&self, sql: &str, parameters: Vec<Value>) -> Result<QueryResult, Stop> {
        let started = Instant::now();
        let outcome = self.run(sql, parameters, Rows::gathered());
        self.counters.quick_statements.note(sql, started.elapsed());
        outcome
    }

    fn run(&self, sql: &str, parameters: Vec<Value>, mut rows: Rows) -> Result<QueryResult, Stop> {
        let mut opened = self.opened().map_err(Stop::Error)?;
        let point = StatementPoint {
            component: &self.component,
            label: &self.label,
            sql,
            number: self.counters.next_statement(),
        };
        let before = self.faults.before_statement(&point);
        if before == StatementFault::Kill {
            return Err(self.kill());
        }
        let outcome = opened.run_first_statement(sql, parameters, &mut rows, before);
        match self.faults.after_statement(&point) {
            StatementFault::Proceed => {}
            StatementFault::Fail(message) => return Err(Stop::Error(Error::Io(message))),
            StatementFault::Kill => return Err(self.kill()),
        }
        outcome?;
        Ok(rows.into_result())
    }

    fn kill(&self) -> Stop {
        self.kill_switch.fire();
        Stop::Killed
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let (Some(kept), Some(opened)) = (&self.driven.kept, self.opened.take()) {
            kept.keep(&self.path, opened.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Opened {
    fn run_first_statement(
        &mut self,
        sql: &str,
        parameters: Vec<Value>,
        rows: &mut Rows,
        before: StatementFault,
    ) -> Result<(), Stop> {
        let Self { connection, turns } = self;
        let outcome = match connection.prepare_cached(sql) {
            Ok(mut statement) => run(connection, turns, &mut statement, parameters, rows, before),
            Err(error) => {
                // The library refuses several statements in one text; Spin runs the first of them.
                let mut batch = rusqlite::Batch::new(connection, sql);
                match batch.next() {
                    Ok(Some(mut statement)) => {
                        run(connection, turns, &mut statement, parameters, rows, before)
                    }
                    _ => {
                        rows.columns(Vec::new())?;
                        Err(error.into())
                    }
                }
            }
        };
        turns.pass_on(connection);
        outcome
    }
}

fn run(
    connection: &rusqlite::Connection,
    turns: &mut WriteTurns,
    statement: &mut rusqlite::Statement<'_>,
    parameters: Vec<Value>,
    rows: &mut Rows,
    before: StatementFault,
) -> Result<(), Stop> {
    rows.columns(statement.column_names().map(ToOwned::to_owned).collect())?;
    if let StatementFault::Fail(message) = before {
        return Err(Stop::Error(Error::Io(message)));
    }
    turns.wait(connection, statement)?;
    let column_count = statement.column_count();
    let parameters = parameters.into_iter().map(to_sqlite);
    let mut produced = statement.query(rusqlite::params_from_iter(parameters))?;
    while let Some(row) = produced.next()? {
        let mut values = Vec::with_capacity(column_count);
        for column in 0..column_count {
            values.push(from_sqlite(row.get_ref(column)?)?);
        }
        rows.row(RowResult { values })?;
    }
    Ok(())
}

/// Where rows go.
enum Rows {
    Streamed { columns: Option<oneshot::Sender<Vec<String>>>, rows: mpsc::Sender<RowResult> },
    Gathered { result: QueryResult, bytes: usize },
}

impl Rows {
    fn gathered() -> Self {
        let result = QueryResult { columns: Vec::new(), rows: Vec::new() };
        Self::Gathered { result, bytes: 0 }
    }

    fn columns(&mut self, names: Vec<String>) -> Result<(), Stop> {
        match self {
            Self::Streamed { columns, .. } => match columns.take().map(|to| to.send(names)) {
                Some(Ok(())) => Ok(()),
                // Nobody waits any more: the instance is gone, and the statement must not run.
                _ => Err(Stop::Error(Error::Io("column send error".to_owned()))),
            },
            Self::Gathered { result, .. } => {
                result.columns = names;
                Ok(())
            }
        }
    }

    fn row(&mut self, row: RowResult) -> Result<(), Stop> {
        let too_big = || {
            let message = format!("query result exceeds limit of {RESULT_BYTES_MAX} bytes");
            Err(Stop::Error(Error::Io(message)))
        };
        let row_bytes: usize = row.values.iter().map(value_bytes).sum();
        match self {
            Self::Streamed { rows, .. } if row_bytes <= RESULT_BYTES_MAX => {
                rows.blocking_send(row).map_err(|_| Stop::Error(Error::Io("row send error".to_owned())))
            }
            Self::Gathered { result, bytes } if *bytes + row_bytes <= RESULT_BYTES_MAX => {
                *bytes += row_bytes;
                result.rows.push(row);
                Ok(())
            }
            _ => too_big(),
        }
    }

    fn into_result(self) -> QueryResult {
        match self {
            Self::Gathered { result, .. } => result,
            Self::Streamed { .. } => QueryResult { columns: Vec::new(), rows: Vec::new() },
        }
    }
}

fn value_bytes(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(blob) => blob.len(),
            Value::Integer(_) | Value::Real(_) | Value::Null => 0,
        }
}

fn to_sqlite(value: Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Integer(integer) => rusqlite::types::Value::Integer(integer),
        Value::Real(real) => rusqlite::types::Value::Real(real),
        Value::Text(text) => rusqlite::types::Value::Text(text),
        Value::Blob(blob) => rusqlite::types::Value::Blob(blob),
    }
}

fn from_sqlite(value: ValueRef<'_>) -> Result<Value, Stop> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => match String::from_utf8(text.to_vec()) {
            Ok(text) => Value::Text(text),
            Err(error) => return Err(Stop::Error(Error::Io(error.to_string()))),
        },
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    })
}
