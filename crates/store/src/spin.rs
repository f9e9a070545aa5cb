//! The back end in Wasm: Spin's SQLite.

use spin_sdk::sqlite::{Connection, Error, Value as SpinValue};

use crate::database::{Database, DbError, Row, Value, prepare_connection};

/// A connection that the runtime opened.
pub struct SpinDatabase(Connection);

impl SpinDatabase {
    /// Opens a new connection to the database of that label and sets it up.
    pub async fn open(label: &str) -> Result<Self, DbError> {
        let database = Self(Connection::open(label).await.map_err(error)?);
        prepare_connection(&database).await?;
        Ok(database)
    }
}

impl Database for SpinDatabase {
    async fn query(&self, sql: &str, parameters: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let parameters = parameters.into_iter().map(into_spin);
        // `execute` returns before the statement has run; only `collect` tells how it went, and a
        // second statement before the rows are drained would wait for ever.
        let result = self.0.execute(sql, parameters).await.map_err(error)?;
        let rows = result.collect().await.map_err(error)?;
        Ok(rows.into_iter().map(|row| Row(row.values.into_iter().map(from_spin).collect())).collect())
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
