//! A message's way: written in a campaign, queued, leased, handed over, reported on; and the decisions on the way.

pub mod advertising;
pub mod audio;
pub mod calls;
pub mod campaigns;
pub mod content;
pub mod departures;
pub mod hand_over;
pub mod history;
pub mod one_time_codes;
pub mod operators;
pub mod queue;
pub mod reports;
pub mod result_questions;
pub mod status_reports;
pub mod turns;
pub mod undecided;
pub mod window_overrides;
