//! What a model learns from: for each contact the last try of which it is known what came of it, with what was known
//! before that try. So nothing is learnt from what a score will not have.

use serde::{Deserialize, Serialize};

use crate::chance::Chance;
use crate::history::{About, History, Inputs, Try};

/// One contact of so many is held out: quality is measured on them, and no training sees them.
pub const HELD_OUT_OF: u64 = 5;

/// What a score is the chance of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// That the next text is delivered or the next call is answered.
    Reach,
    /// That the contact follows the link of a message or replies to it.
    Response,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Reach, Self::Response];

    /// As it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Response => "response",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a try ended so; `None` where it could not.
    const fn happened(self, tried: &Try) -> Option<bool> {
        match self {
            Self::Reach => Some(tried.outcome.is_reached()),
            Self::Response => tried.responded,
        }
    }
}

/// One contact to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// A keyed hash of who it is: by it, and by nothing about the contact, it is decided who is held out.
    pub person: u64,
    /// What was known before.
    pub inputs: Inputs,
    /// What came.
    pub happened: bool,
}

impl Example {
    /// To which of five parts of the people it belongs; the first is held out.
    pub(crate) const fn part(&self) -> u64 {
        self.person % HELD_OUT_OF
    }
}

/// How many people of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// For whom it happened.
    pub happened: u64,
    /// For whom it did not.
    pub not: u64,
}

impl Events {
    pub(crate) fn count(examples: &[Example]) -> Self {
        let happened = examples.iter().filter(|example| example.happened).count();
        Self { happened: happened as u64, not: (examples.len() - happened) as u64 }
    }

    /// Whether there are as many of each kind.
    pub const fn reach(self, needed: Self) -> bool {
        self.happened >= needed.happened && self.not >= needed.not
    }

    /// The share for which it happened, one of each being added.
    pub(crate) fn average(self) -> Chance {
        Chance::of_log_odds(libm::log((self.happened as f64 + 1.0) / (self.not as f64 + 1.0)))
    }
}

/// A contact's tries, taken one by one, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Past {
    /// All of them.
    pub all: History,
    /// The last from which something is learnt.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    before: History,
    at: i64,
    happened: bool,
}

impl Past {
    /// Takes the next try.
    pub fn take(&mut self, kind: Kind, next: &Try) {
        if let Some(happened) = kind.happened(next) {
            self.last = Some(Last { before: self.all, at: next.at, happened });
        }
        self.all.take(next);
    }

    /// What is learnt from this contact, if anything.
    pub fn example(&self, person: u64, about: About) -> Option<Example> {
        self.last.map(|last| Example {
            person,
            inputs: last.before.inputs(about, last.at),
            happened: last.happened,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Outcome;

    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn tried(day: i64, outcome: Outcome, responded: Option<bool>) -> Try {
        Try { at: day * DAY, hour: 10, outcome, responded }
    }

    /// What came of a try must not be among the inputs from which it is foretold.
    #[test]
    fn an_example_knows_only_what_was_known_before_its_try() {
        let mut past = Past::default();
        past.take(Kind::Reach, &tried(1, Outcome::Delivered, None));
        past.take(Kind::Reach, &tried(4, Outcome::Expired, None));
        let example = past.example(7, About::default()).expect("an example");
        assert!(!example.happened);
        assert_eq!((example.inputs.counts.texts_delivered, example.inputs.counts.texts_expired), (1, 0));
        assert_eq!(example.inputs.days_since_tried, Some(3));
    }

    /// Nor what happened after it.
    #[test]
    fn a_later_try_to_which_nobody_could_respond_does_not_tell_on_an_earlier_one() {
        let mut past = Past::default();
        past.take(Kind::Response, &tried(1, Outcome::Delivered, Some(true)));
        past.take(Kind::Response, &tried(2, Outcome::Undelivered, None));
        let example = past.example(7, About::default()).expect("an example");
        assert!(example.happened);
        assert_eq!(example.inputs, History::default().inputs(About::default(), DAY));
        assert_eq!(past.all.counts.texts_undelivered, 1);
    }

    #[test]
    fn nothing_is_learnt_from_somebody_who_was_never_tried() {
        assert_eq!(Past::default().example(7, About::default()), None);
        let mut past = Past::default();
        past.take(Kind::Response, &tried(1, Outcome::Delivered, None));
        assert_eq!(past.example(7, About::default()), None);
    }
}
