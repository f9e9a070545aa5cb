//! The back end in Wasm: Spin's SQLite.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

// The SDK's own type offers only the calls that give way; the interface that it wraps offers the others too.
use spin_sdk::sqlite::wit::sqlite::{Connection, Error, RowResult, Value as SpinValue};

use crate::database::{Database, DbError, Engine, Value, is_not_for_a_server, prepare_connection};
use crate::row::Row;
use crate::seal::random;
use crate::write_line::{WriteLine, WriteTurn};

thread_local! {
    // No tenant's data: what the runtime configuration has put behind each label.
    static ENGINES: RefCell<HashMap<String, Engine>> = RefCell::default();
    static LINES: RefCell<HashMap<String, WriteLine>> = RefCell::default();
}

/// Parameters of more bytes are a batch of rows: a statement that takes some time.
const AT_ONCE_BYTES_MAX: usize = 16 * 1024;

/// How statements begin that no writer holds up: those that read, and those that say how this connection writes.
const HELD_UP_BY_NONE: [&str; 4] =
    ["SELECT", "PRAGMA foreign_keys", "PRAGMA secure_delete", "PRAGMA synchronous"];

/// What the other requests of an instance do while one waits for a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// They wait too, for statements that no other writer can hold up: reading ones, and those of a transaction
    /// that has begun. Such a statement takes a fraction of the time that giving way and taking up again takes.
    Stands,
    /// They go on. For long statements beside work that must not wait.
    GoesOn,
}

/// A connection that the runtime opened.
pub struct SpinDatabase {
    label: String,
    pace: Pace,
    line: WriteLine,
    connection: RefCell<Rc<Connection>>,
    /// From a transaction's beginning to its end. Dropped after the connection, which rolls back.
    turn: RefCell<Option<WriteTurn>>,
    /// Statements begun and not ended: one that was cut off in the middle stays counted.
    under_way: Cell<u32>,
    in_transaction: Cell<bool>,
    engine: Engine,
}

impl SpinDatabase {
    /// Opens a new connection to the database of that label and sets it up. The first one of an instance finds out
    /// what stands behind the label.
    pub async fn open(label: &str, pace: Pace) -> Result<Self, DbError> {
        let connection = Rc::new(opened(label).await?);
        let known = ENGINES.with_borrow(|engines| engines.get(label).copied());
        let mut database = Self {
            label: label.to_owned(),
            pace,
            line: LINES.with_borrow_mut(|lines| lines.entry(label.to_owned()).or_default().clone()),
            connection: RefCell::new(connection),
            turn: RefCell::new(None),
            under_way: Cell::new(0),
            in_transaction: Cell::new(false),
            engine: known.unwrap_or(Engine::File),
        };
        if database.engine == Engine::File {
            match prepare_connection(&database).await {
                Err(refused) if known.is_none() && is_not_for_a_server(&refused) => {
                    database.engine = Engine::Server;
                }
                prepared => prepared?,
            }
        }
        ENGINES.with_borrow_mut(|engines| engines.insert(label.to_owned(), database.engine));
        Ok(database)
    }

    /// Whether nothing is open on it, so that another request may use it.
    pub fn is_at_rest(&self) -> bool {
        self.under_way.get() == 0 && !self.in_transaction.get()
    }

    /// Runs a statement once.
    async fn run(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let parameters: Vec<SpinValue> = parameters.into_iter().map(into_spin).collect();
        let connection = Rc::clone(&self.connection.borrow());
        self.under_way.set(self.under_way.get() + 1);
        let begins = sql.starts_with("BEGIN");
        let runs_at_once = self.runs_at_once(sql, &parameters);
        if begins {
            self.in_transaction.set(true);
        }
        let outcome = if runs_at_once {
            connection.execute(sql, &parameters).map(|result| (result.columns, result.rows))
        } else {
            giving_way(&connection, sql, parameters).await
        };
        self.under_way.set(self.under_way.get() - 1);
        // A failed COMMIT is followed by a ROLLBACK, which ends the transaction whatever it answers.
        if sql == "ROLLBACK" || (sql == "COMMIT" && outcome.is_ok()) {
            self.in_transaction.set(false);
        }
        let (columns, rows) = outcome.map_err(error)?;
        let names: Rc<[String]> = columns.into();
        let values = rows.into_iter().map(|row| row.values.into_iter().map(from_spin).collect());
        Ok(values.map(|values| Row::new(Rc::clone(&names), values)).collect())
    }

    /// Whether a statement can be run without giving way: a file answers, nothing holds it up, and it is no long
    /// work on many rows. A beginning transaction may wait for another writer, and a commit waits for the disk.
    fn runs_at_once(&self, sql: &str, parameters: &[SpinValue]) -> bool {
        let held_up_by_none = match self.in_transaction.get() {
            true => sql != "COMMIT",
            false => HELD_UP_BY_NONE.iter().any(|start| sql.starts_with(start)),
        };
        let bytes: usize = parameters.iter().map(bytes_of).sum();
        self.pace == Pace::Stands
            && self.engine == Engine::File
            && held_up_by_none
            && bytes <= AT_ONCE_BYTES_MAX
    }

    /// Runs a statement on a file: whoever writes waits for their turn among the requests of the instance.
    async fn run_on_file(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        if self.in_transaction.get() || !may_write(sql) || sql == "ROLLBACK" {
            let answer = self.run(sql, parameters).await;
            if !self.in_transaction.get() {
                self.turn.take();
            }
            return answer;
        }
        let turn = self.line.turn().await;
        let answer = self.run(sql, parameters).await;
        if self.in_transaction.get() {
            self.turn.replace(Some(turn));
        }
        answer
    }

    /// Takes a new connection. The runtime's client names the server's stream in each statement; of a stream that
    /// expired, or that a server knew before it was started again, it goes on to speak for good.
    async fn reconnect(&self) -> Result<(), DbError> {
        self.connection.replace(Rc::new(opened(&self.label).await?));
        Ok(())
    }

    /// Runs a statement on a server, which refuses at once what it has no room for, before it has done anything.
    async fn run_on_server(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        // Within a transaction nothing can be repeated alone.
        let is_alone = !self.in_transaction.get();
        let mut waits = Waits::default();
        loop {
            let answer = self.run(sql, parameters.clone()).await;
            if (is_alone || sql == "ROLLBACK") && matches!(answer, Err(DbError::Busy | DbError::Other(_))) {
                self.reconnect().await?;
            }
            match (answer, is_alone.then(|| waits.next()).flatten()) {
                (Err(DbError::Busy), Some(wait)) => spin_sdk::time::sleep(wait).await,
                (answer, _) => return answer,
            }
        }
    }
}

impl Database for SpinDatabase {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match self.engine {
            // SQLite waits for writers of other instances by itself.
            Engine::File => self.run_on_file(sql, parameters).await,
            Engine::Server => self.run_on_server(sql, parameters).await,
        }
    }

    fn engine(&self) -> Engine {
        self.engine
    }
}

/// Whether a statement may change rows, or keep others from it.
fn may_write(sql: &str) -> bool {
    let changes = ["INSERT ", "UPDATE ", "DELETE "];
    let reads_only = sql.starts_with("WITH") && !changes.iter().any(|word| sql.contains(word));
    !(reads_only || sql.starts_with("SELECT") || sql.starts_with("PRAGMA"))
}

async fn opened(label: &str) -> Result<Connection, DbError> {
    Connection::open_async(label.to_owned()).await.map_err(error)
}

/// Runs a statement while the other requests of the instance go on. `execute_async` returns before the statement
/// has run; only the result at the end tells how it went, and a second statement before the rows are drained would
/// wait for ever.
async fn giving_way(
    connection: &Connection,
    sql: &str,
    parameters: Vec<SpinValue>,
) -> Result<(Vec<String>, Vec<RowResult>), Error> {
    let (columns, rows, result) = connection.execute_async(sql.to_owned(), parameters).await?;
    let rows = rows.collect().await;
    result.await?;
    Ok((columns, rows))
}

/// How long is waited for a busy server: each time longer and by a share of chance, so that a crowd does not come
/// back at once; in all about as long as for a busy file.
#[derive(Default)]
struct Waits(u32);

impl Iterator for Waits {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        /// 8, 16, 32 … 512 ms, and that eight times.
        const DOUBLINGS_MAX: u32 = 6;
        const WAITS_MAX: u32 = DOUBLINGS_MAX + 8;
        if self.0 == WAITS_MAX {
            return None;
        }
        let longest = 8_u64 << self.0.min(DOUBLINGS_MAX);
        self.0 += 1;
        let chance = random::<8>().map(u64::from_le_bytes).unwrap_or_default();
        Some(Duration::from_millis(longest / 2 + chance % longest))
    }
}

fn bytes_of(value: &SpinValue) -> usize {
    match value {
        SpinValue::Text(text) => text.len(),
        SpinValue::Blob(bytes) => bytes.len(),
        SpinValue::Null | SpinValue::Integer(_) | SpinValue::Real(_) => 0,
    }
}

fn into_spin(value: Value) -> SpinValue {
    match value {
        Value::Null => SpinValue::Null,
        Value::Integer(value) => SpinValue::Integer(value),
        Value::Real(value) => SpinValue::Real(value),
        Value::Text(value) => SpinValue::Text(value),
        Value::Blob(value) => SpinValue::Blob(value),
    }
}

fn from_spin(value: SpinValue) -> Value {
    match value {
        SpinValue::Null => Value::Null,
        SpinValue::Integer(value) => Value::Integer(value),
        SpinValue::Real(value) => Value::Real(value),
        SpinValue::Text(value) => Value::Text(value),
        SpinValue::Blob(value) => Value::Blob(value),
    }
}

fn error(error: Error) -> DbError {
    match error {
        Error::Io(message) => DbError::from_message(message),
        other => DbError::Other(other.to_string()),
    }
}
