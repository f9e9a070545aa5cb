//! An embedded Spin host: serves the `.wasm` files of a `spin.toml` on Wasmtime, as Spin 4.1 does.
//!
//! It reads the manifest, compiles the components, and answers HTTP: routes, private components
//! that call each other, variables, SQLite, key-value stores, read-only files and outbound requests
//! with their allow-list. It knows nothing of any product. Where Spin has a trap, the trap is here
//! too, so that what runs here runs there: a statement's errors come late, a second statement waits
//! while rows are unread, and only the first of several statements in a text runs.
//!
//! Beyond what Spin offers, it is a test bench: a [`Clock`] that can be set, a [`FaultInjector`]
//! that can fail or stop anything, a seed for the components' random numbers, requests without a
//! socket ([`RunningHost::call`]), and a [`Schedule`] of calls.
//!
//! ```no_run
//! # async fn example() -> Result<(), host::HostError> {
//! let options = host::HostOptions::new("spin.toml", ".spin");
//! let running = host::Host::start(options).await?;
//! println!("http://{}", running.address());
//! running.shutdown().await
//! # }
//! ```
//!
//! Against clients that take too much of it there are [`Limits`]: time-outs, numbers of connections, turns, and
//! threads that are reserved for some paths.
//!
//! Files in the state folder: `sqlite_db.db` for the database `default` and `LABEL.db` for others,
//! `sqlite_key_value.db`, `logs/COMPONENT_stdout.txt` and `_stderr.txt`, `assets/` for copied files. All of
//! it belongs to the user who runs the host, and to nobody else.

mod allowed_hosts;
mod app;
mod bindings;
pub mod build;
mod chained;
mod clock;
mod code;
mod counters;
mod error;
pub mod faults;
mod files;
mod guest_output;
mod handler;
mod host;
mod instance;
mod key_value;
mod key_value_interface;
mod kill_switch;
mod lane;
mod limits;
mod log;
pub mod manifest;
mod outbound;
mod outbound_client;
mod patient;
mod platform;
pub mod private_files;
mod quick;
mod routes;
mod row_stream;
mod schedule;
mod server;
mod sql_clock;
mod sql_random;
mod sqlite;
mod sqlite_interface;
mod turns;
mod variables;
mod write_turns;

pub use clock::Clock;
pub use code::Compiled;
pub use error::HostError;
pub use faults::{FaultInjector, NoFaults};
pub use host::{Host, HostOptions, RunningHost, Totals};
pub use limits::Limits;
pub use log::{LogLines, LogTarget};
pub use outbound_client::OutboundTimeouts;
pub use schedule::{Schedule, TickRequest};
pub use variables::VariableError;
