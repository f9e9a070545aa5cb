//! What every decision of staff names: who decides, and on what (R79, R82).

use api::decisions::{BASIS_CHARACTERS_MAX, BY_CHARACTERS_MAX};
use edge::{Code, Problem, Result};

/// Both without the space around them; neither may be missing.
pub fn checked(by: &str, basis: &str) -> Result<(String, String)> {
    let checked = |text: &str, field: &str, characters_max: usize| {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > characters_max {
            return Err(Problem::field(Code::InvalidField, field));
        }
        Ok(text.to_owned())
    };
    Ok((checked(by, "by", BY_CHARACTERS_MAX)?, checked(basis, "basis", BASIS_CHARACTERS_MAX)?))
}
