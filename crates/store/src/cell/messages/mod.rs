//! A message's way: written in a campaign, queued, leased, handed over, reported on; and the decisions on the way.

pub mod advertising;
pub mod audio;
pub mod calls;
pub mod campaigns;
pub mod content;
pub mod counts;
pub mod departures;
pub mod hand_over;
pub mod hand_over_event;
pub mod history;
pub mod judged;
pub mod lease;
pub mod one_time_codes;
pub mod queue;
pub mod reports;
pub mod result_questions;
pub mod status_reports;
pub mod terms;
pub mod text_links;
pub mod transitions;
pub mod turns;
pub mod undecided;
pub mod unknown;
pub mod waiting_reports;
pub mod window_overrides;
