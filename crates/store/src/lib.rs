//! Every SQL statement of SENDBOX, the migrations, and encryption at rest.
//!
//! Two doors lead to the data: the [`directory`] (who has an account, and where) and a [`cell`]
//! (everything of a tenant). No statement joins across them, so tenants can be spread over many
//! databases. What a caller asks about an account is reached through a [`cell::Tenant`] only;
//! [`cell::Cell`] finds work across tenants, for ticks and for operators' reports.

mod act;
pub mod cell;
mod clock;
mod database;
mod db_error;
pub mod directory;
mod encoding;
pub mod log;
mod message_tokens;
mod migrations;
#[cfg(not(target_family = "wasm"))]
mod native;
mod opt_out_links;
mod page;
mod refusal;
mod row;
mod seal;
#[cfg(feature = "spin")]
pub mod signal;
#[cfg(feature = "spin")]
mod spin;
mod statement;
mod value;
mod visit_links;
#[cfg(feature = "spin")]
mod write_line;

pub use act::Act;
pub use clock::DatabaseClock;
pub use database::{Database, DbError, Engine, Value, transaction};
pub use migrations::{Part, check_cell, check_master_key, migrate};
#[cfg(not(target_family = "wasm"))]
pub use native::{NativeDatabase, set_database_clock};
pub use opt_out_links::OptOutLinks;
pub use page::StoredPage;
pub use refusal::{Refusal, StoreError};
pub use row::Row;
pub use seal::{AccountKeys, MasterKey, SealingKey, WrappedKeys, random};
#[cfg(feature = "spin")]
pub use spin::{Pace, SpinDatabase};
pub use statement::statement;
pub use visit_links::VisitLinks;
#[cfg(feature = "spin")]
pub use write_line::{WriteLine, WriteTurn};

pub(crate) use encoding::{hex, json, unhex};
pub(crate) use statement::sql;

use domain::cell_name::CellName;
use domain::ids::IdKind;

/// A new id of that kind for the instant `now` (Unix milliseconds).
pub fn new_id(kind: IdKind, now: i64) -> Result<String, DbError> {
    Ok(kind.new_id(now, random()?, None))
}

/// A new id of something that is born in a cell, which the id says.
fn new_id_in(cell: CellName, kind: IdKind, now: i64) -> Result<String, DbError> {
    Ok(kind.new_id(now, random()?, Some(cell)))
}
