//! The log of a cell: the events of its accounts, and the pages that show them.

mod acts;
pub mod checkpoints;
pub mod events;
pub mod evidence_pages;
