//! The words by which replies are understood: data, in the notation of [`super::phrase`].

mod alone;
mod around;
mod classes;
mod english;
mod fillers;
mod kazakh;
mod russian;

pub use alone::{BARES, ENOUGHS, NOES, RETURNS, STOPS};
pub use around::{
    ASKED, BUT, CONCRETE, CONTEXT, MESSAGES, NEGATIONS, PARTICLES, QUANTITIES, SIGNATURES, SUBJECTS, UNABLE,
    WHY, WISHES,
};
pub use classes::CLASSES;

/// Refusals wherever they stand in a text.
pub const REFUSALS: [&[&str]; 3] = [english::REFUSALS, russian::REFUSALS, kazakh::REFUSALS];

/// Refusals unless the sentence names a thing.
pub const DECLINES: [&[&str]; 3] = [english::DECLINES, russian::DECLINES, kazakh::DECLINES];

/// Words that say nothing for or against.
pub const FILLERS: [&[&str]; 3] = [fillers::ENGLISH, fillers::RUSSIAN, fillers::KAZAKH];
