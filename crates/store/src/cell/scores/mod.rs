//! Scores of contacts: who consented to them, the runs that make them, and what people may say against them.

pub mod appeals;
pub mod lookup_work;
pub mod lookups;
pub mod results;
pub mod runs;
pub mod stances;
pub mod taken_out;
pub mod work;
