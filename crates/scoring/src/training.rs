//! Training: from what came of earlier tries to a model, or to the word that there is none (R95, R98).

use crate::calibration::Calibration;
use crate::chance::{Chance, Millionths};
use crate::examples::{Events, Example, HELD_OUT_OF, Kind};
use crate::features::{self, FEATURES, WIDTH};
use crate::logistic::{Fit, Row, fit};
use crate::model::{Model, Term};
use crate::quality::Quality;

/// The most people that are learnt from, those with the lowest hashes: more make a model of twenty weights no better,
/// and so many are learnt from in a step of a job.
pub const EXAMPLES_MAX: usize = 60_000;

/// With fewer of either kind nothing is tried: of these, ten of the rarer kind are learnt from for each weight, and
/// fifty are held out.
pub const NEEDED: Events = Events { happened: 250, not: 250 };

/// How strongly weights are held back, as if each had one standard deviation before anything was seen.
const PENALTY: f64 = 1.0;

/// What came of a training.
#[derive(Clone, Debug, PartialEq)]
pub enum Trained {
    /// A model that says more than the average.
    Model {
        /// The model.
        model: Box<Model>,
        /// How good it is.
        quality: Quality,
    },
    /// There are too few people to learn from.
    NotEnough {
        /// How many there are.
        have: Events,
        /// How many it takes.
        needed: Events,
    },
    /// On people whom it never saw a model is no better than the average: what is known of them says nothing.
    NothingToSay {
        /// What was measured; nothing where all who were held out are of one kind.
        quality: Option<Quality>,
    },
}

/// Learns from people, each once. The order in which they come makes no difference.
pub fn train(kind: Kind, mut examples: Vec<Example>) -> Trained {
    let have = Events::count(&examples);
    if !have.reach(NEEDED) {
        return Trained::NotEnough { have, needed: NEEDED };
    }
    examples.sort_by_key(|example| example.person);
    examples.truncate(EXAMPLES_MAX);
    let (held_out, learnt): (Vec<_>, Vec<_>) = examples.into_iter().partition(|example| example.part() == 0);
    let (model, average) = learn(kind, &learnt);
    let scored: Vec<_> =
        held_out.iter().map(|example| (model.chance(&example.inputs), example.happened)).collect();
    match Quality::measure(&scored, average) {
        Some(quality) if quality.says_something() => Trained::Model { model: Box::new(model), quality },
        quality => Trained::NothingToSay { quality },
    }
}

/// The model, and the average of those from whom it was learnt.
fn learn(kind: Kind, examples: &[Example]) -> (Model, Chance) {
    let values: Vec<[f64; WIDTH]> =
        examples.iter().map(|example| features::values(&example.inputs)).collect();
    let scales = standards(&values);
    let rows: Vec<(u64, Row<WIDTH>)> = values
        .iter()
        .zip(examples)
        .map(|(values, example)| {
            let values = std::array::from_fn(|place| {
                let (mean, scale) = scales[place];
                (values[place] - mean.value()) / scale.value()
            });
            (example.part(), Row { values, happened: example.happened })
        })
        .collect();
    let fitted = calibrated(&rows);
    let terms = FEATURES.iter().zip(scales).zip(fitted.weights).map(|((feature, (mean, scale)), weight)| {
        Term { feature: feature.code.to_owned(), mean, scale, weight: Millionths::of(weight) }
    });
    let people = Events::count(examples);
    let bias = Millionths::of(fitted.bias);
    (Model { rules: crate::RULES_VERSION, kind, people, bias, terms: terms.collect() }, people.average())
}

/// The mean and the standard deviation of each feature, already as they are stored. One that is the same for all
/// has nothing to say, and a deviation of one keeps it finite.
fn standards(values: &[[f64; WIDTH]]) -> [(Millionths, Millionths); WIDTH] {
    let people = values.len().max(1) as f64;
    std::array::from_fn(|place| {
        let mean = Millionths::of(values.iter().fold(0.0, |sum, row| sum + row[place]) / people);
        let squares = values.iter().fold(0.0, |sum, row| {
            let off = row[place] - mean.value();
            sum + off * off
        });
        match Millionths::of(libm::sqrt(squares / people)) {
            Millionths(scale) if scale < 1_000 => (mean, Millionths(1_000_000)),
            scale => (mean, scale),
        }
    })
}

/// A fit of all, calibrated by what fits of the others say of each part.
fn calibrated(rows: &[(u64, Row<WIDTH>)]) -> Fit<WIDTH> {
    let mut unseen = Vec::with_capacity(rows.len());
    for part in 1..HELD_OUT_OF {
        let others = fit(rows.iter().filter(|(of, _)| *of != part).map(|(_, row)| row), PENALTY);
        let of_part = rows.iter().filter(|(of, _)| *of == part);
        unseen.extend(
            of_part.map(|(_, row)| Row { values: [others.log_odds(&row.values)], happened: row.happened }),
        );
    }
    Calibration::learn(&unseen).apply(&fit(rows.iter().map(|(_, row)| row), PENALTY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Inputs;

    fn people(happened: u64, not: u64) -> Vec<Example> {
        let example = |person| Example { person, inputs: Inputs::default(), happened: person < happened };
        (0..happened + not).map(example).collect()
    }

    /// An honest answer says how much is missing, of both kinds.
    #[test]
    fn too_few_people_of_either_kind_are_told_how_many_it_takes() {
        for (happened, not) in [(0, 0), (249, 10_000), (10_000, 249)] {
            let trained = train(Kind::Response, people(happened, not));
            assert_eq!(trained, Trained::NotEnough { have: Events { happened, not }, needed: NEEDED });
        }
    }

    #[test]
    fn people_of_whom_the_same_is_known_give_nothing_to_say() {
        let trained = train(Kind::Reach, people(500, 500));
        assert!(matches!(trained, Trained::NothingToSay { .. }), "{trained:?}");
    }
}
