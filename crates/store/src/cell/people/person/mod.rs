//! One person across everything that an account has: found, shown, corrected, blocked, withdrawn, deleted, each act with
//! a receipt (R69, R183).

pub mod acts;
pub mod found;
pub mod receipts;
