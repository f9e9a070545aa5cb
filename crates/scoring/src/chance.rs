//! Figures that are stored and published: whole millionths, which JSON carries without loss.

use serde::{Deserialize, Serialize};

const MILLION: f64 = 1_000_000.0;

/// A figure of a model, in millionths. What is published is what is computed with, to the last digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millionths(pub i64);

impl Millionths {
    /// The nearest; what is beyond an `i64` becomes the largest that there is.
    pub fn of(value: f64) -> Self {
        Self(libm::round(value * MILLION) as i64)
    }

    /// As a number.
    pub fn value(self) -> f64 {
        self.0 as f64 / MILLION
    }
}

/// A probability, in millionths. Never nought and never one: nobody knows that of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chance(u32);

impl Chance {
    /// The nearest to what log odds say.
    pub(crate) fn of_log_odds(log_odds: f64) -> Self {
        Self(libm::round(sigmoid(log_odds) * MILLION).clamp(1.0, MILLION - 1.0) as u32)
    }

    /// `None` where it is none.
    pub fn of_millionths(millionths: u32) -> Option<Self> {
        (1..1_000_000).contains(&millionths).then_some(Self(millionths))
    }

    /// 1 to 999,999.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// As a number between nought and one.
    pub fn value(self) -> f64 {
        f64::from(self.0) / MILLION
    }
}

/// What log odds are as a probability.
pub(crate) fn sigmoid(log_odds: f64) -> f64 {
    // The exponential never grows beyond one, so nothing overflows.
    let small = libm::exp(-log_odds.abs());
    if log_odds >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

/// What is lost, in natural units, by a chance of these log odds where it happened or did not.
pub(crate) fn loss(log_odds: f64, happened: bool) -> f64 {
    let against = if happened { -log_odds } else { log_odds };
    against.max(0.0) + libm::log1p(libm::exp(-against.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_certain_of_a_person() {
        assert_eq!(Chance::of_log_odds(1e9).millionths(), 999_999);
        assert_eq!(Chance::of_log_odds(-1e9).millionths(), 1);
        assert_eq!(Chance::of_log_odds(0.0).millionths(), 500_000);
        assert_eq!(Chance::of_millionths(0), None);
        assert_eq!(Chance::of_millionths(1_000_000), None);
    }

    #[test]
    fn a_loss_is_minus_the_logarithm_of_the_chance_of_what_came() {
        for log_odds in [-30.0, -2.0, 0.0, 0.5, 30.0] {
            let happened = -libm::log(sigmoid(log_odds));
            assert!((loss(log_odds, true) - happened).abs() < 1e-9, "{log_odds}");
            assert_eq!(loss(log_odds, true), loss(-log_odds, false), "{log_odds}");
        }
        assert_eq!(loss(-800.0, true), 800.0);
    }
}
