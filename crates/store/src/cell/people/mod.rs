//! Who is in a cell: accounts with their consents, contacts, blacklist, refusals, what is done at a person's request, and
//! their deletion.

pub mod accounts;
pub mod blacklist;
pub mod consents;
pub mod contacts;
pub mod deletion;
pub mod erasure;
pub mod imports;
pub mod link_visits;
pub mod opt_outs;
pub mod person;
pub mod service_blacklist;
pub mod whole_contacts;
