//! The contract: every route, with the types of what it takes and answers, its ids and its problem codes. Components
//! answer in these types, and the demo, the tests and the simulator read them.
//!
//! A file a subject holds its types and its operations. What a route means stands here and nowhere else: the
//! components' tables name the operations, `static/openapi.json` and the tables of docs/API.md are made from them,
//! and a test holds the three and spin.toml against each other.
//!
//! Keeps out: HTTP, the store, and every rule (those are `domain`'s).

pub mod accounts;
pub mod audiences;
pub mod audio;
pub mod automated_decisions;
pub mod campaigns;
pub mod codes;
pub mod consents;
pub mod contacts;
pub mod decisions;
pub mod deletion;
#[cfg(feature = "description")]
pub mod description;
pub mod exports;
pub mod ids;
pub mod jobs;
pub mod links;
pub mod lists;
pub mod messages;
pub mod money;
pub mod number_lookups;
pub mod operation;
pub mod operators;
pub mod opt_out;
pub mod page;
pub mod people;
pub mod problem;
pub mod proof;
pub mod reports;
mod rules;
pub mod sandbox;
pub mod schema;
pub mod scorings;
pub mod ticks;
pub mod time;
pub mod validations;

pub use codes::Code;
pub use operation::{Component, Method, Operation, Who};
pub use page::{Items, Page};
pub use problem::Problem;
pub use time::Time;

/// The routes of one subject, each by the name of its constant.
pub type Subject = (&'static str, &'static [(&'static str, Operation)]);

/// Every route, subject by subject.
pub const SUBJECTS: &[Subject] = &[
    ("accounts", accounts::ALL),
    ("audiences", audiences::ALL),
    ("audio", audio::ALL),
    ("automated_decisions", automated_decisions::ALL),
    ("campaigns", campaigns::ALL),
    ("consents", consents::ALL),
    ("contacts", contacts::ALL),
    ("decisions", decisions::ALL),
    ("deletion", deletion::ALL),
    ("exports", exports::ALL),
    ("jobs", jobs::ALL),
    ("links", links::ALL),
    ("lists", lists::ALL),
    ("messages", messages::ALL),
    ("money", money::ALL),
    ("number_lookups", number_lookups::ALL),
    ("operators", operators::ALL),
    ("opt_out", opt_out::ALL),
    ("people", people::ALL),
    ("proof", proof::ALL),
    ("reports", reports::ALL),
    ("sandbox", sandbox::ALL),
    ("scorings", scorings::ALL),
    ("ticks", ticks::ALL),
    ("validations", validations::ALL),
];

/// Every route.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    SUBJECTS.iter().flat_map(|(_, operations)| operations.iter().map(|(_, operation)| operation))
}

/// The routes of a subject under the names of their constants.
macro_rules! listed {
    ($($name:ident),+ $(,)?) => {
        /// Every route of the subject, by the name of its constant.
        pub const ALL: &[(&str, crate::Operation)] = &[$((stringify!($name), $name)),+];
    };
}
use listed;

/// Codes, and behind them all for which a number may be refused.
macro_rules! with_phone_codes {
    ($($code:expr),* $(,)?) => {
        &[
            $($code,)*
            crate::Code::PhoneAmbiguous,
            crate::Code::PhoneHasExtension,
            crate::Code::PhoneInvalid,
            crate::Code::PhoneNotReachableByText,
            crate::Code::PhoneOutsideKazakhstan,
            crate::Code::PhoneRounded,
            crate::Code::PhoneSeveral,
            crate::Code::PhoneUnparseable,
        ]
    };
}
pub(crate) use with_phone_codes;
