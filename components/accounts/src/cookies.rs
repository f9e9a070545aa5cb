//! Cookies of answers.

use edge::{Answer, Problem, Result};
use http::{HeaderValue, header};

/// Adds a cookie to an answer.
pub fn set_cookie(answer: &mut Answer, cookie: &str) -> Result<()> {
    let value = HeaderValue::from_str(cookie).map_err(|error| Problem::internal("cookie", &error))?;
    answer.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
