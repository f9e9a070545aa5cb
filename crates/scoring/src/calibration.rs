//! Calibration by Platt's method: how far the log odds of a fit are to be stretched and shifted, so that of those with
//! a chance of one in ten one in ten happens. Learnt from people whom the fit did not see.

use crate::logistic::{Fit, Row, fit};

/// So little that it only keeps the stretch finite.
const PENALTY: f64 = 1e-6;

/// A stretch and a shift of log odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Calibration {
    stretch: f64,
    shift: f64,
}

impl Calibration {
    /// From log odds of people whom the fit did not see, with what came.
    pub(crate) fn learn(unseen: &[Row<1>]) -> Self {
        let fitted = fit(unseen.iter(), PENALTY);
        Self { stretch: fitted.weights[0], shift: fitted.bias }
    }

    /// A sum of parts that is stretched is a sum of stretched parts: so a calibrated model is of the same form.
    pub(crate) fn apply<const N: usize>(self, fitted: &Fit<N>) -> Fit<N> {
        Fit {
            bias: self.stretch * fitted.bias + self.shift,
            weights: fitted.weights.map(|weight| self.stretch * weight),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fit that is too sure of itself is drawn back.
    #[test]
    fn log_odds_that_say_too_much_are_drawn_together() {
        let group = |log_odds: f64, of_hundred: usize| {
            (0..100).map(move |place| Row { values: [log_odds], happened: place < of_hundred })
        };
        // They say 2% and 98%, and 20% and 80% happen.
        let rows: Vec<Row<1>> = group(-4.0, 20).chain(group(4.0, 80)).collect();
        let learnt = Calibration::learn(&rows);
        let expected = libm::log(4.0) / 4.0;
        assert!((learnt.stretch - expected).abs() < 1e-6 && learnt.shift.abs() < 1e-6, "{learnt:?}");
        let fitted = learnt.apply(&Fit { bias: 1.0, weights: [2.0] });
        assert!((fitted.weights[0] - 2.0 * expected).abs() < 1e-6);
    }
}
