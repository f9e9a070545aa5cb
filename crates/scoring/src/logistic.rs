//! A logistic regression with an L2 penalty, by Newton's method: the loss is convex, so it ends at the one minimum
//! from wherever it starts, and the same rows in the same order give the same bits.

use crate::chance::{loss, sigmoid};

/// Newton's method doubles the digits with each step: what needs more than these does not end.
const STEPS_MAX: usize = 40;
/// A step so small changes nothing that is kept: weights are stored in millionths.
const STEP_MIN: f64 = 1e-9;
/// How often a step is halved that makes things worse.
const HALVINGS_MAX: usize = 30;

/// `N` values of one person, and what came.
pub(crate) struct Row<const N: usize> {
    pub values: [f64; N],
    pub happened: bool,
}

/// What is added up for each person: `bias + weights · values` are the log odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit<const N: usize> {
    pub bias: f64,
    pub weights: [f64; N],
}

impl<const N: usize> Fit<N> {
    const ZERO: Self = Self { bias: 0.0, weights: [0.0; N] };

    pub(crate) fn log_odds(&self, values: &[f64; N]) -> f64 {
        self.weights.iter().zip(values).fold(self.bias, |sum, (weight, value)| sum + weight * value)
    }

    fn less(&self, step: &Self, share: f64) -> Self {
        let mut next = *self;
        next.bias -= share * step.bias;
        for (weight, part) in next.weights.iter_mut().zip(&step.weights) {
            *weight -= share * part;
        }
        next
    }
}

/// Fits the rows. `penalty` holds the weights back, not the bias; it keeps them finite also where a value tells the
/// two kinds apart without exception.
pub(crate) fn fit<'r, const N: usize>(
    rows: impl Iterator<Item = &'r Row<N>> + Clone,
    penalty: f64,
) -> Fit<N> {
    let mut fitted = Fit::ZERO;
    let mut now = total_loss(rows.clone(), &fitted, penalty);
    for _ in 0..STEPS_MAX {
        let Some(step) = newton_step(rows.clone(), &fitted, penalty) else { break };
        let mut share = 1.0;
        let mut next = fitted.less(&step, share);
        let mut then = total_loss(rows.clone(), &next, penalty);
        for _ in 0..HALVINGS_MAX {
            if then <= now {
                break;
            }
            share /= 2.0;
            next = fitted.less(&step, share);
            then = total_loss(rows.clone(), &next, penalty);
        }
        if then > now {
            break;
        }
        (fitted, now) = (next, then);
        let largest = step.weights.iter().fold(step.bias.abs(), |largest, part| largest.max(part.abs()));
        if largest * share < STEP_MIN {
            break;
        }
    }
    fitted
}

fn total_loss<'r, const N: usize>(
    rows: impl Iterator<Item = &'r Row<N>>,
    fitted: &Fit<N>,
    penalty: f64,
) -> f64 {
    let held_back = fitted.weights.iter().fold(0.0, |sum, weight| sum + weight * weight) * penalty / 2.0;
    rows.fold(held_back, |sum, row| sum + loss(fitted.log_odds(&row.values), row.happened))
}

/// The slope and the curvature of the loss, and the step that they ask for.
fn newton_step<'r, const N: usize>(
    rows: impl Iterator<Item = &'r Row<N>>,
    fitted: &Fit<N>,
    penalty: f64,
) -> Option<Fit<N>> {
    // The bias stands apart, since an array of N and one more cannot be said.
    let (mut slope, mut curve) = (Fit::<N>::ZERO, [[0.0; N]; N]);
    let mut curve_of_bias = Fit::<N>::ZERO;
    for row in rows {
        let chance = sigmoid(fitted.log_odds(&row.values));
        let over = if row.happened { chance - 1.0 } else { chance };
        let width = chance * (1.0 - chance);
        slope.bias += over;
        curve_of_bias.bias += width;
        for (place, value) in row.values.iter().enumerate() {
            slope.weights[place] += over * value;
            let scaled = width * value;
            curve_of_bias.weights[place] += scaled;
            for (cell, other) in curve[place].iter_mut().zip(&row.values).take(place + 1) {
                *cell += scaled * other;
            }
        }
    }
    for (place, row) in curve.iter_mut().enumerate() {
        slope.weights[place] += penalty * fitted.weights[place];
        row[place] += penalty;
    }
    solve(&slope, &curve, &curve_of_bias)
}

/// Solves the system with the bias taken out first (its row divided away), then by Cholesky. `None` where the
/// curvature is not positive: nothing more is learnt there.
fn solve<const N: usize>(slope: &Fit<N>, curve: &[[f64; N]; N], curve_of_bias: &Fit<N>) -> Option<Fit<N>> {
    if curve_of_bias.bias <= f64::MIN_POSITIVE {
        return None;
    }
    let share: [f64; N] = std::array::from_fn(|place| curve_of_bias.weights[place] / curve_of_bias.bias);
    let mut lower = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let mut sum = curve[row][column] - share[row] * curve_of_bias.weights[column];
            for (left, right) in lower[row].iter().zip(&lower[column]).take(column) {
                sum -= left * right;
            }
            if row == column && sum <= f64::MIN_POSITIVE {
                return None;
            }
            lower[row][column] = if row == column { libm::sqrt(sum) } else { sum / lower[column][column] };
        }
    }
    let mut weights: [f64; N] = std::array::from_fn(|place| slope.weights[place] - share[place] * slope.bias);
    for row in 0..N {
        let sum = (0..row).fold(weights[row], |sum, column| sum - lower[row][column] * weights[column]);
        weights[row] = sum / lower[row][row];
    }
    for row in (0..N).rev() {
        let sum = (row + 1..N).fold(weights[row], |sum, below| sum - lower[below][row] * weights[below]);
        weights[row] = sum / lower[row][row];
    }
    let carried = weights.iter().zip(&curve_of_bias.weights).fold(slope.bias, |sum, (w, c)| sum - w * c);
    Some(Fit { bias: carried / curve_of_bias.bias, weights })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row<const N: usize>(values: [f64; N], happened: bool) -> Row<N> {
        Row { values, happened }
    }

    #[test]
    fn without_anything_to_weigh_the_bias_is_the_log_odds_of_the_share() {
        let rows: Vec<Row<1>> = (0..10).map(|place| row([0.0], place < 2)).collect();
        let fitted = fit(rows.iter(), 1.0);
        assert!((fitted.bias - libm::log(0.25)).abs() < 1e-9, "{fitted:?}");
        assert_eq!(fitted.weights, [0.0]);
    }

    /// Two groups with known shares have a closed answer.
    #[test]
    fn a_flag_weighs_as_much_as_the_log_odds_of_its_groups_differ() {
        let group = |flag: f64, of_hundred: usize| (0..100).map(move |place| row([flag], place < of_hundred));
        let rows: Vec<Row<1>> = group(0.0, 20).chain(group(1.0, 50)).collect();
        let fitted = fit(rows.iter(), 1e-9);
        assert!((fitted.bias - libm::log(0.25)).abs() < 1e-6, "{fitted:?}");
        assert!((fitted.weights[0] + libm::log(0.25)).abs() < 1e-6, "{fitted:?}");
    }

    #[test]
    fn a_value_that_tells_all_apart_gets_a_finite_weight() {
        let rows: Vec<Row<1>> = (0..40).map(|place| row([f64::from(place) - 19.5], place > 19)).collect();
        let fitted = fit(rows.iter(), 1.0);
        assert!(fitted.weights[0].is_finite() && fitted.weights[0] > 0.1, "{fitted:?}");
    }

    proptest! {
        /// At the minimum no direction leads down.
        #[test]
        fn the_slope_is_nought_where_it_ends(
            rows in proptest::collection::vec((proptest::array::uniform3(-3.0_f64..3.0), any::<bool>()), 5..60),
        ) {
            prop_assume!(rows.iter().any(|row| row.1) && !rows.iter().all(|row| row.1));
            let rows: Vec<Row<3>> = rows.into_iter().map(|(values, happened)| row(values, happened)).collect();
            let fitted = fit(rows.iter(), 1.0);
            let least = total_loss(rows.iter(), &fitted, 1.0);
            for place in 0..4 {
                for nudge in [1e-4, -1e-4] {
                    let mut other = fitted;
                    match other.weights.get_mut(place) {
                        Some(weight) => *weight += nudge,
                        None => other.bias += nudge,
                    }
                    prop_assert!(total_loss(rows.iter(), &other, 1.0) >= least);
                }
            }
        }
    }
}
