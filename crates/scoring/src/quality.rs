//! How good a model is, measured on people whom neither its training nor its calibration saw.

use serde::{Deserialize, Serialize};

use crate::chance::{Chance, Millionths};

/// Bins of the calibration curve.
const BINS: usize = 10;
/// Standard errors from the bound to the figure: noise passes it about once in seven hundred times.
const SURE: f64 = 3.0;

/// People whose chances lie in one tenth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// How many they are.
    pub people: u64,
    /// Their mean chance; nought where there is nobody.
    pub expected: Millionths,
    /// The share for which it happened.
    pub happened: Millionths,
}

/// What people who were held out say of a model. All figures are in millionths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// How many were held out.
    pub people: u64,
    /// For how many of them it happened.
    pub happened: u64,
    /// The mean loss in natural units; less is better.
    pub log_loss: Millionths,
    /// The loss of whoever gives everybody the average.
    pub log_loss_of_average: Millionths,
    /// How often of two people, of whom it happened for one, that one has the higher chance. A half is no better than
    /// chance.
    pub auc: Millionths,
    /// The AUC at the least, three standard errors below.
    pub auc_at_least: Millionths,
    /// The mean squared error; less is better.
    pub brier: Millionths,
    /// That of whoever gives everybody the average.
    pub brier_of_average: Millionths,
    /// By how much chances and shares differ, on the mean over the bins.
    pub calibration_error: Millionths,
    /// The calibration curve: by tenths of the chance.
    pub curve: [Bin; BINS],
}

impl Quality {
    /// Measures. `average` is what was known of all before; `None` where it happened for all of them or for none.
    pub(crate) fn measure(scored: &[(Chance, bool)], average: Chance) -> Option<Self> {
        let happened = scored.iter().filter(|(_, happened)| *happened).count();
        if happened == 0 || happened == scored.len() {
            return None;
        }
        let mean = |of: &dyn Fn(Chance, bool) -> f64| {
            scored.iter().fold(0.0, |sum, (chance, happened)| sum + of(*chance, *happened))
                / scored.len() as f64
        };
        let auc = area(scored);
        let auc_error = error_of_area(auc, happened as f64, (scored.len() - happened) as f64);
        let curve = curve(scored);
        Some(Self {
            people: scored.len() as u64,
            happened: happened as u64,
            log_loss: Millionths::of(mean(&loss_of)),
            log_loss_of_average: Millionths::of(mean(&|_, happened| loss_of(average, happened))),
            auc: Millionths::of(auc),
            auc_at_least: Millionths::of(auc - SURE * auc_error),
            brier: Millionths::of(mean(&brier_of)),
            brier_of_average: Millionths::of(mean(&|_, happened| brier_of(average, happened))),
            calibration_error: Millionths::of(error_of_curve(&curve, scored.len())),
            curve,
        })
    }

    /// Whether the model says more than the average: it orders people, which is not by luck, and its chances lose less.
    pub const fn says_something(&self) -> bool {
        self.auc_at_least.0 > 500_000 && self.log_loss.0 < self.log_loss_of_average.0
    }
}

fn loss_of(chance: Chance, happened: bool) -> f64 {
    -libm::log(if happened { chance.value() } else { 1.0 - chance.value() })
}

fn brier_of(chance: Chance, happened: bool) -> f64 {
    square(chance.value() - if happened { 1.0 } else { 0.0 })
}

fn square(value: f64) -> f64 {
    value * value
}

/// The area under the curve, by ranks; who has the same chance shares a rank.
fn area(scored: &[(Chance, bool)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_unstable();
    let (mut rank_sum, mut before, mut happened_in_all) = (0.0, 0_usize, 0_usize);
    for equal in sorted.chunk_by(|one, other| one.0 == other.0) {
        let happened = equal.iter().filter(|(_, happened)| *happened).count();
        rank_sum += happened as f64 * (before as f64 + (equal.len() as f64 + 1.0) / 2.0);
        before += equal.len();
        happened_in_all += happened;
    }
    let (yes, no) = (happened_in_all as f64, (scored.len() - happened_in_all) as f64);
    (rank_sum - yes * (yes + 1.0) / 2.0) / (yes * no)
}

/// Its standard error after Hanley and McNeil (1982).
fn error_of_area(area: f64, yes: f64, no: f64) -> f64 {
    let squared = square(area);
    let two_yes = area / (2.0 - area) - squared;
    let two_no = 2.0 * squared / (1.0 + area) - squared;
    let variance = (area * (1.0 - area) + (yes - 1.0) * two_yes + (no - 1.0) * two_no) / (yes * no);
    libm::sqrt(variance.max(0.0))
}

fn curve(scored: &[(Chance, bool)]) -> [Bin; BINS] {
    // People, the sum of their chances in millionths, and for how many it happened.
    let mut sums = [(0_u64, 0_u64, 0_u64); BINS];
    for (chance, happened) in scored {
        let bin = &mut sums[chance.millionths() as usize * BINS / 1_000_000];
        *bin = (bin.0 + 1, bin.1 + u64::from(chance.millionths()), bin.2 + u64::from(*happened));
    }
    sums.map(|(people, chances, happened)| {
        let share = |sum: f64| if people == 0 { 0.0 } else { sum / people as f64 };
        Bin {
            people,
            expected: Millionths::of(share(chances as f64 / 1_000_000.0)),
            happened: Millionths::of(share(happened as f64)),
        }
    })
}

fn error_of_curve(curve: &[Bin; BINS], people: usize) -> f64 {
    let part = |bin: &Bin| (bin.expected.value() - bin.happened.value()).abs() * bin.people as f64;
    curve.iter().map(part).sum::<f64>() / people as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scored(chances: &[(u32, bool)]) -> Vec<(Chance, bool)> {
        let chance = |millionths| Chance::of_millionths(millionths).expect("a chance");
        chances.iter().map(|(millionths, happened)| (chance(*millionths), *happened)).collect()
    }

    fn measure(chances: &[(u32, bool)]) -> Option<Quality> {
        Quality::measure(&scored(chances), Chance::of_millionths(500_000).expect("a chance"))
    }

    #[test]
    fn where_all_or_none_happened_there_is_no_quality() {
        assert_eq!(measure(&[]), None);
        assert_eq!(measure(&[(400_000, true), (600_000, true)]), None);
        assert_eq!(measure(&[(400_000, false)]), None);
    }

    /// Small enough to be worked out by hand.
    #[test]
    fn figures_are_those_worked_out_by_hand() {
        let quality = measure(&[(200_000, false), (200_000, true), (600_000, false), (800_000, true)])
            .expect("quality");
        // Pairs of one that happened and one that did not: 0.8 beats both, 0.2 ties with one and loses to one.
        assert_eq!(quality.auc, Millionths(625_000));
        // (0.04 + 0.64 + 0.36 + 0.04) / 4
        assert_eq!(quality.brier, Millionths(270_000));
        assert_eq!(quality.brier_of_average, Millionths(250_000));
        assert_eq!(quality.log_loss_of_average, Millionths::of(libm::log(2.0)));
        // (2 · |0.2 − 0.5| + |0.6 − 0| + |0.8 − 1|) / 4
        assert_eq!(quality.calibration_error, Millionths(350_000));
        assert_eq!(
            quality.curve[2],
            Bin { people: 2, expected: Millionths(200_000), happened: Millionths(500_000) }
        );
        assert!(!quality.says_something());
    }

    #[test]
    fn a_model_that_is_right_a_thousand_times_says_something() {
        let chances: Vec<_> =
            (0..1_000).map(|one| (if one % 2 == 0 { 900_000 } else { 100_000 }, one % 2 == 0)).collect();
        assert!(measure(&chances).is_some_and(|quality| quality.says_something()));
    }

    /// Who orders people well and gives all of them far too high a chance is worse than the average.
    #[test]
    fn a_model_that_orders_well_and_is_far_off_says_nothing() {
        let chances: Vec<_> =
            (0..1_000).map(|one| (if one % 2 == 0 { 999_999 } else { 999_990 }, one % 2 == 0)).collect();
        let quality = measure(&chances).expect("quality");
        assert!(quality.auc_at_least > Millionths(500_000) && !quality.says_something());
    }

    proptest! {
        #[test]
        fn the_area_is_the_share_of_pairs_in_the_right_order(
            chances in proptest::collection::vec((1_u32..20, any::<bool>()), 2..40),
        ) {
            let scored = scored(&chances);
            let yes: Vec<_> = scored.iter().filter(|one| one.1).collect();
            let no: Vec<_> = scored.iter().filter(|one| !one.1).collect();
            prop_assume!(!yes.is_empty() && !no.is_empty());
            let pairs = yes.iter().flat_map(|yes| no.iter().map(move |no| match yes.0.cmp(&no.0) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            }));
            let share = pairs.sum::<f64>() / (yes.len() * no.len()) as f64;
            prop_assert!((area(&scored) - share).abs() < 1e-9);
        }
    }
}
