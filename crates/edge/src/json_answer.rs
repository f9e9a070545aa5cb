//! Answers in JSON, from values.

use serde::Serialize;

use crate::answer::{Answer, status_code, with_body};
use crate::problem::Problem;

/// A JSON answer.
pub fn json<T: Serialize>(status: u16, value: &T) -> Result<Answer, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::internal("an answer to JSON", &error))?;
    Ok(with_body(status_code(status), "application/json", body))
}
