//! Whom something reaches: lists and tags (`lists`), who is in them (`members`), which contacts a selection takes
//! (`matching`) and how many (`counting`), whom a request looks for (`search`), by what they are found (`marks`), and those whom a campaign's start fixed (`recipients`) (R67, R70, R102).

pub mod counting;
pub mod lists;
pub(in crate::cell) mod marks;
pub(in crate::cell) mod matching;
pub mod members;
pub(in crate::cell) mod recipients;
pub mod saved;
pub mod search;
