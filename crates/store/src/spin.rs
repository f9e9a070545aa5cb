//! The back end in Wasm: Spin's SQLite.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use spin_sdk::sqlite::{Connection, Error, Value as SpinValue};

use crate::database::{Database, DbError, Engine, Value, is_not_for_a_server, prepare_connection};
use crate::row::Row;
use crate::seal::random;

thread_local! {
    // No tenant's data: what the runtime configuration has put behind each label.
    static ENGINES: RefCell<HashMap<String, Engine>> = RefCell::default();
}

/// A connection that the runtime opened.
pub struct SpinDatabase {
    label: String,
    connection: RefCell<Rc<Connection>>,
    /// Statements begun and not ended: one that was cut off in the middle stays counted.
    under_way: Cell<u32>,
    in_transaction: Cell<bool>,
    engine: Engine,
}

impl SpinDatabase {
    /// Opens a new connection to the database of that label and sets it up. The first one of an instance finds out
    /// what stands behind the label.
    pub async fn open(label: &str) -> Result<Self, DbError> {
        let connection = Rc::new(Connection::open(label).await.map_err(error)?);
        let known = ENGINES.with_borrow(|engines| engines.get(label).copied());
        let mut database = Self {
            label: label.to_owned(),
            connection: RefCell::new(connection),
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
        let parameters = parameters.into_iter().map(into_spin);
        let connection = Rc::clone(&self.connection.borrow());
        // `execute` returns before the statement has run; only `collect` tells how it went, and a
        // second statement before the rows are drained would wait for ever.
        self.under_way.set(self.under_way.get() + 1);
        if sql.starts_with("BEGIN") {
            self.in_transaction.set(true);
        }
        let outcome = match connection.execute(sql, parameters).await {
            Ok(result) => {
                let names: Rc<[String]> = result.columns().into();
                result.collect().await.map(|rows| (names, rows))
            }
            Err(error) => Err(error),
        };
        self.under_way.set(self.under_way.get() - 1);
        // A failed COMMIT is followed by a ROLLBACK, which ends the transaction whatever it answers.
        if sql == "ROLLBACK" || (sql == "COMMIT" && outcome.is_ok()) {
            self.in_transaction.set(false);
        }
        let (names, rows) = outcome.map_err(error)?;
        let values = rows.into_iter().map(|row| row.values.into_iter().map(from_spin).collect());
        Ok(values.map(|values| Row::new(Rc::clone(&names), values)).collect())
    }

    /// Takes a new connection. The runtime's client names the server's stream in each statement; of a stream that
    /// expired, or that a server knew before it was started again, it goes on to speak for good.
    async fn reconnect(&self) -> Result<(), DbError> {
        let connection = Rc::new(Connection::open(&self.label).await.map_err(error)?);
        self.connection.replace(connection);
        Ok(())
    }

    /// The same on a server, which refuses at once what it has no room for, before it has done anything.
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
            // SQLite waits for its turn by itself.
            Engine::File => self.run(sql, parameters).await,
            Engine::Server => self.run_on_server(sql, parameters).await,
        }
    }

    fn engine(&self) -> Engine {
        self.engine
    }
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
