//! How batches cross into a statement: as JSON, with their bytes in hexadecimal.

pub use domain::hexadecimal::{hex, unhex};
use serde::Serialize;

use crate::database::DbError;

/// A JSON text for `json_each`.
pub fn json<T: Serialize>(rows: &T) -> Result<String, DbError> {
    serde_json::to_string(rows).map_err(|error| DbError::Other(error.to_string()))
}
