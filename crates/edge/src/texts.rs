//! Short texts that people write: what a thing is called, who decided, and on what.

use api::decisions::{BASIS_CHARACTERS_MAX, BY_CHARACTERS_MAX};

use crate::{Code, Problem, Result};

/// A text without the space around it, of so many characters at most. An empty one is as good as none, so it is
/// refused like one that is too long.
pub fn bounded<'t>(text: &'t str, field: &str, characters_max: usize) -> Result<&'t str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > characters_max {
        return Err(Problem::field(Code::InvalidField, field));
    }
    Ok(text)
}

/// What every decision of staff names: who decides, and on what (R79, R82). Both without the space around them; neither
/// may be missing.
pub fn said_by_staff(by: &str, basis: &str) -> Result<(String, String)> {
    let (by, basis) = (bounded(by, "by", BY_CHARACTERS_MAX)?, bounded(basis, "basis", BASIS_CHARACTERS_MAX)?);
    Ok((by.to_owned(), basis.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_counts_in_characters_and_without_the_space_around_it() {
        assert_eq!(bounded("  сату \n", "name", 4), Ok("сату"));
        for text in ["", " \t", "сатып"] {
            assert_eq!(bounded(text, "name", 4), Err(Problem::field(Code::InvalidField, "name")), "{text:?}");
        }
    }
}
