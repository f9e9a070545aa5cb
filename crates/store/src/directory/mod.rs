//! The directory: logins, sessions, API keys, visitors' cookie choices; how the operators are, which cell has
//! which payment, and to whom no account may send. It knows where an account's cell is, and nothing of what is in it.

mod accounts;
mod api_keys;
mod attempts;
mod cookie_choices;
mod operators;
mod payments;
mod sandbox;
mod service_blacklist;
mod sessions;

pub use accounts::{DirectoryAccount, PasswordChange, SignInCheck};
pub use api_keys::ApiKey;
pub use attempts::Attempt;
pub use cookie_choices::CookieChoice;
pub use operators::{OperatorState, Slots, UnreadCount};
pub use sandbox::{SandboxMessage, SandboxReport, SandboxState};
pub(crate) use service_blacklist::number_place;
pub use service_blacklist::{NewServiceListing, ServiceChange, ServiceEntry, ServiceListed, ServiceRemoval};
pub use sessions::{Bearer, Session};

use crate::database::Database;

/// The directory over a connection.
pub struct Directory<'a, D> {
    pub(crate) db: &'a D,
}

impl<'a, D: Database> Directory<'a, D> {
    /// The directory in the database behind a connection.
    pub const fn new(db: &'a D) -> Self {
        Self { db }
    }
}
