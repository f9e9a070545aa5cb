//! Short texts that people write: what a thing is called, who decided, and on what.

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
