//! Audiences as requests say them.

use domain::audience::Audience;

use crate::{Code, Problem, Result};

/// Refuses an audience that nobody can mean, with the part of it that is at fault.
pub fn check_audience(audience: &Audience, field: &str) -> Result<()> {
    let Some((selection, part)) = audience.fault() else { return Ok(()) };
    let path = [field, selection, part].into_iter().filter(|name| !name.is_empty());
    Err(Problem::field(Code::InvalidField, path.collect::<Vec<_>>().join(".")))
}
