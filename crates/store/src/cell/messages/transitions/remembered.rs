//! What a message keeps of a person: the number, while an operator has it, and nothing once the account is gone.

use serde::Serialize;

use crate::database::{Database, DbError};
use crate::{json, params, sql};

/// The number of a message that is with an operator.
#[derive(Serialize)]
pub(crate) struct NumberKept {
    /// The row.
    pub id: i64,
    /// Sealed under the evidence key, in hexadecimal.
    pub number: String,
}

/// Keeps numbers whose contacts are about to go. A settlement without a charge clears them again.
pub(crate) async fn keep_numbers<D: Database>(
    db: &D,
    account: &str,
    numbers: &[NumberKept],
) -> Result<(), DbError> {
    if numbers.is_empty() {
        return Ok(());
    }
    db.query(sql!("remembered.sql", "keep_numbers"), params![account, json(&numbers)?]).await?;
    Ok(())
}

/// Takes the contact and the personal key's hash of its number out of the messages behind one row and up to another. What
/// was handed over keeps its number, and a hash of it, under the evidence key (R90, R92).
pub(crate) async fn forget_contacts<D: Database>(
    db: &D,
    account: &str,
    after: i64,
    to: i64,
) -> Result<(), DbError> {
    db.query(sql!("remembered.sql", "forget_contacts"), params![account, after, to]).await?;
    Ok(())
}
