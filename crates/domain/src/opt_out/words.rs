//! The words by which replies are understood.

mod around;
mod asking;

pub use around::{BUT, CONCRETE, CONTEXT, FILLERS, MESSAGES, NEGATIONS, WHY};
pub use asking::{ENOUGHS, REFUSALS, RETURNS, STOPS};
