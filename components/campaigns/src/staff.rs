//! What every decision of staff names: who decides, and on what (R79, R82).

use edge::{Problem, Result};
use serde::Deserialize;

/// The longest name and the longest basis, in characters.
const BY_CHARACTERS_MAX: usize = 120;
const BASIS_CHARACTERS_MAX: usize = 500;

/// The body of a request that needs nothing else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    by: String,
    basis: String,
}

impl DecisionForm {
    /// Both, as they are kept.
    pub fn checked(&self) -> Result<(String, String)> {
        checked(&self.by, &self.basis)
    }
}

/// Both without the space around them; neither may be missing.
pub fn checked(by: &str, basis: &str) -> Result<(String, String)> {
    let checked = |text: &str, field: &str, characters_max: usize| {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > characters_max {
            return Err(Problem::field("invalid_field", field));
        }
        Ok(text.to_owned())
    };
    Ok((checked(by, "by", BY_CHARACTERS_MAX)?, checked(basis, "basis", BASIS_CHARACTERS_MAX)?))
}
