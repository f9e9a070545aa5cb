//! The rules of SENDBOX, pure: no input or output, no clock of its own, no host.
//!
//! Everything here runs and is tested natively. R numbers name the rules that a line carries out.

pub mod account;
pub mod audience;
pub mod audio;
pub mod calendars;
pub mod campaign;
pub mod cell_name;
pub mod columns;
pub mod deletion_day;
pub mod documents;
pub mod estimate;
pub mod hexadecimal;
pub mod hours;
pub mod ids;
pub mod language;
pub mod link_visits;
pub mod links;
pub mod message;
pub mod money;
pub mod names;
pub mod number_lookup;
pub mod number_networks;
pub mod one_time_codes;
pub mod opt_out;
pub mod opt_out_links;
#[cfg(feature = "phone")]
pub mod phone;
pub mod routing;
pub mod segments;
pub mod special_categories;
pub mod tariffs;
pub mod unpaid;
pub mod unseen;
pub mod voice;
pub mod weekdays;
pub mod window_overrides;
pub mod working_days;
