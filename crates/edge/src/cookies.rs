//! Cookies of answers.

use http::{HeaderValue, header};

use crate::{Answer, Call, Problem, Result};

/// Adds a cookie to an answer. One of a host that is reached over TLS is never sent without it.
pub fn set_cookie(call: &Call, answer: &mut Answer, cookie: &str) -> Result<()> {
    let secure = if call.is_local() { "" } else { "; Secure" };
    let value = HeaderValue::from_str(&format!("{cookie}{secure}"));
    let value = value.map_err(|error| Problem::internal("cookie", &error))?;
    answer.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
