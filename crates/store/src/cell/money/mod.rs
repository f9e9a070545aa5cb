//! Money: the ledger, payments that come in, and what is kept before the first of them.

pub mod ledger;
pub mod passed_on;
pub mod payments;
pub mod unpaid;
