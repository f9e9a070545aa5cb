//! What every decision of staff names: who decides, and on what (R79, R82).

use api::decisions::{BASIS_CHARACTERS_MAX, BY_CHARACTERS_MAX};
use edge::{Result, bounded};

/// Both without the space around them; neither may be missing.
pub fn checked(by: &str, basis: &str) -> Result<(String, String)> {
    let (by, basis) = (bounded(by, "by", BY_CHARACTERS_MAX)?, bounded(basis, "basis", BASIS_CHARACTERS_MAX)?);
    Ok((by.to_owned(), basis.to_owned()))
}
