//! Scores: the chance that a contact will be reached, or will respond (R95, R97).
//!
//! A model is trained for one account from that account's own history and from nothing else (R98). It is a logistic
//! regression, so that each score is a sum of parts that can be shown in plain words. Its quality is measured on
//! people whom the training never saw; where they say that it is no better than the account's average, or where there
//! are too few of them, that is the answer.
//!
//! Everything here is pure. What a score was made of and what comes out are whole numbers, and all arithmetic gives
//! the same bits on every platform: a stored model with stored inputs gives the same score at any later time (R104).

mod calibration;
mod chance;
mod examples;
mod features;
mod history;
mod logistic;
mod model;
mod quality;
mod training;
mod words;

pub use chance::{Chance, Millionths};
pub use examples::{Events, Example, HELD_OUT_OF, Kind, Past};
pub use features::{FEATURES, Feature, Group};
pub use history::{About, Counts, History, Inputs, Outcome, Try};
pub use model::{Effect, Model, Reason, Score, Term};
pub use quality::{Bin, Quality};
pub use training::{EXAMPLES_MAX, NEEDED, Trained, train};
pub use words::{disclaimer, explanation, reason_words};

/// The version of the rules by which scores are made: the features, how the model is trained and when it is told that
/// there is nothing to say. It changes with each of them.
pub const RULES_VERSION: u32 = 1;
