//! Each operator's adapter against exchanges written down after that operator's documents or source
//! (`tests/exchanges`): what it must never misread comes first.

mod jasmin;
mod kannel;
mod mobizon;
mod recorded;
mod smsc;
mod smsc_number_lookups;
mod twilio;
