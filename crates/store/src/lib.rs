//! Every SQL statement of SENDBOX, the migrations, and encryption at rest.
//!
//! Two doors lead to the data: the [`directory`] (who has an account, and where) and a [`cell`]
//! (everything of a tenant). No statement joins across them, so tenants can be spread over many
//! databases. What a caller asks about an account is reached through a [`cell::Tenant`] only;
//! [`cell::Cell`] finds work across tenants, for ticks and for operators' reports.

pub mod cell;
mod clock;
mod database;
pub mod directory;
pub mod log;
mod migrations;
#[cfg(not(target_family = "wasm"))]
mod native;
mod opt_out_links;
mod refusal;
mod seal;
mod spin;

pub use clock::DatabaseClock;
pub use database::{Database, DbError, Engine, Row, Value, transaction};
pub use migrations::{Part, check_master_key, migrate};
#[cfg(not(target_family = "wasm"))]
pub use native::{NativeDatabase, set_database_clock};
pub use opt_out_links::OptOutLinks;
pub use refusal::{Refusal, StoreError};
pub use seal::{AccountKeys, MasterKey, SealingKey, WrappedKeys, random};
pub use spin::SpinDatabase;

use domain::ids::IdKind;

/// A new id of that kind for the instant `now` (Unix milliseconds).
pub fn new_id(kind: IdKind, now: i64) -> Result<String, DbError> {
    Ok(kind.new_id(now, random()?))
}

/// Lower-case hexadecimal, as `json_each` carries bytes into a statement.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

/// Reads what SQLite's `hex` wrote; `None` if it did not.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(pair.first()?)? << 4 | digit(pair.get(1)?)?) as u8)).collect()
}

/// A JSON text for `json_each`.
fn json<T: serde::Serialize>(rows: &T) -> Result<String, DbError> {
    serde_json::to_string(rows).map_err(|error| DbError::Other(error.to_string()))
}

/// Who does something, through what, and when: it goes into consents, events and histories (R10, R11).
#[derive(Clone, Debug)]
pub struct Act {
    /// Unix milliseconds, UTC, by the product's clock.
    pub now: i64,
    /// The session or key that acts: `ses_…`, `key_…`, or `sign_up`, `tick`, `bank`, `staff`, `recipient`.
    pub actor: String,
    /// `cabinet`, `api`, `webhook`, `tick`, `staff` or `opt_out_page`.
    pub channel: &'static str,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// From rows of which one more than `limit` was asked for, so that the end is known.
    fn cut(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(cursor) } else { None };
        Self { items, next_cursor }
    }
}
