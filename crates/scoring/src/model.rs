//! A model: what is stored, published and computed with, and the scores that it gives.

use serde::{Deserialize, Serialize};

use crate::RULES_VERSION;
use crate::chance::{Chance, Millionths};
use crate::examples::{Events, Kind};
use crate::features::{self, FEATURES, Group, WIDTH};
use crate::history::Inputs;

/// Reasons that are given with a score.
const REASONS_MAX: usize = 3;
/// Log odds in millionths below which a part is no reason: it moves a chance by about a hundredth.
const REASON_MIN: i64 = 50_000;

/// One feature in a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Its code.
    pub feature: String,
    /// Its mean over the people who were learnt from.
    pub mean: Millionths,
    /// Its standard deviation over them.
    pub scale: Millionths,
    /// By how much one standard deviation moves the log odds.
    pub weight: Millionths,
}

/// A trained model. Its log odds are `bias + Σ weight · (value − mean) / scale`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The version of the rules by which it was made.
    pub rules: u32,
    /// Of what it gives the chance.
    pub kind: Kind,
    /// From how many it was learnt.
    pub people: Events,
    /// The log odds of somebody of whom all is average.
    pub bias: Millionths,
    /// The features, in their order.
    pub terms: Vec<Term>,
}

/// In which direction a reason moves a chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Up.
    Raises,
    /// Down.
    Lowers,
}

/// Why a score is above or below that of somebody of whom all is average.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What moves it.
    #[serde(rename = "code")]
    pub group: Group,
    /// Which way.
    pub effect: Effect,
    /// By how much, in log odds.
    pub log_odds: Millionths,
}

/// What a model says of a contact. Nothing is done with it: what follows is up to the account (R102).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The chance.
    pub chance: Chance,
    /// The strongest reasons, at most three.
    pub reasons: Vec<Reason>,
}

impl Model {
    /// Reads a stored model; `None` where it was made by other rules than these (R104).
    pub fn parse(json: &str) -> Option<Self> {
        let model: Self = serde_json::from_str(json).ok()?;
        let same = |(term, feature): (&Term, &features::Feature)| {
            term.feature == feature.code && term.scale > Millionths(0)
        };
        let fits = model.rules == RULES_VERSION && model.terms.len() == WIDTH;
        (fits && model.terms.iter().zip(&FEATURES).all(same)).then_some(model)
    }

    /// The score of a contact (R95).
    pub fn score(&self, inputs: &Inputs) -> Score {
        Score { chance: self.chance(inputs), reasons: self.reasons(inputs) }
    }

    pub(crate) fn chance(&self, inputs: &Inputs) -> Chance {
        Chance::of_log_odds(self.parts(inputs).fold(self.bias.value(), |sum, (_, part)| sum + part))
    }

    /// What each feature adds to the log odds of somebody of whom all is average.
    fn parts(&self, inputs: &Inputs) -> impl Iterator<Item = (Group, f64)> {
        let values = features::values(inputs);
        self.terms.iter().zip(&FEATURES).zip(values).map(|((term, feature), value)| {
            let part = term.weight.value() * (value - term.mean.value()) / term.scale.value();
            (feature.group, part)
        })
    }

    /// What moves a score most (R100, R104).
    fn reasons(&self, inputs: &Inputs) -> Vec<Reason> {
        let mut sums = Group::ALL.map(|group| (group, 0.0));
        for (group, part) in self.parts(inputs) {
            for (of, sum) in &mut sums {
                if *of == group {
                    *sum += part;
                }
            }
        }
        let mut reasons: Vec<Reason> = sums
            .into_iter()
            .map(|(group, sum)| Reason {
                group,
                effect: if sum > 0.0 { Effect::Raises } else { Effect::Lowers },
                log_odds: Millionths::of(sum),
            })
            .filter(|reason| reason.log_odds.0.abs() >= REASON_MIN)
            .collect();
        // Stable, so equal ones stay in the order of the groups.
        reasons.sort_by_key(|reason| -reason.log_odds.0.abs());
        reasons.truncate(REASONS_MAX);
        reasons
    }
}
