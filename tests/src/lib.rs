//! The bench of the end-to-end tests: a platform that really runs, and people who use it over HTTP.
//!
//! A test reads as a story: an account, an act, the answer, and what did *not* happen. Everything
//! is asked through the interface; no test reads the database. The only look behind it is
//! [`state_bytes`], which searches the raw files for numbers that must not stand there.
//!
//! - [`Platform`]: the built components on a host. The host is chosen in one place, by the variable
//!   `SENDBOX_TEST_HOST` (`embedded` unless told, `spin`, or `spin-servers`: over sqld and Redis). Tests of one file share a platform and
//!   each sign up accounts of their own; a test that moves the clock takes [`Platform::fresh`].
//! - [`Caller`]: somebody who sends requests: a visitor, a browser with cookies, a program with a
//!   key, a scheduler.
//! - [`Account`], [`Campaign`]: what a business does, in its own words.
//! - [`Browser`]: a person at the pages, in a real Chromium that clicks and types.

mod account;
mod answer;
mod app_folder;
mod broken;
mod browser;
mod caller;
mod campaign;
mod command;
mod consistency;
mod contract;
mod devtools;
mod host_process;
pub mod kannel;
mod numbers;
pub mod operator;
mod platform;
pub mod raw;
mod recordings;
pub mod servers;
pub mod signatures;
pub mod state_bytes;
pub mod workbooks;

pub use account::{Account, PASSWORD, SignUp, events, send_notice, sign_in};
pub use answer::{Answer, Fields};
pub use browser::Browser;
pub use caller::{Caller, Request};
pub use campaign::{Campaign, Report};
pub use command::{Output, sendbox, verifies};
pub use consistency::consistent;
pub use host_process::Host;
pub use numbers::{csv_of, mobile, mobiles, tenge, tiyn};
pub use platform::{MASTER_KEY, Platform, Settings, instant, workspace};
pub use recordings::{mp3, wav};
