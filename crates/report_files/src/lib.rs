//! Reports as people take them away: tables for spreadsheets and pictures for pages and printers (R94, R97).
//!
//! Every figure is one of the report in JSON, and the same report makes the same bytes.
//!
//! Keeps out: HTTP, the store, clocks.

mod numbers;
mod picture;
mod pictures;
mod spreadsheets;
mod words;

pub use numbers::per_mille;
pub use pictures::{account_picture, campaign_picture, comparison_picture};
pub use spreadsheets::{account_table, campaign_table, comparison_table};
