//! How many of a base something is true of, told from a part of it that was drawn by chance.

/// What a sample says of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The likeliest count.
    pub count: i64,
    /// In 95 of 100 samples the true count lies between this,
    pub at_least: i64,
    /// and this.
    pub at_most: i64,
}

/// The normal distribution's bound for 95 of 100.
const Z: f64 = 1.96;

/// Of `base`, `seen` were looked at, and it is true of `taken` of them. By Wilson's interval, which holds near nothing and
/// near all too.
pub fn of_sample(taken: i64, seen: i64, base: i64) -> Estimate {
    let seen = seen.clamp(0, base);
    let taken = taken.clamp(0, seen);
    if seen == 0 {
        return Estimate { count: 0, at_least: 0, at_most: base };
    }
    let (n, share) = (seen as f64, taken as f64 / seen as f64);
    let middle = share + Z * Z / (2.0 * n);
    // Those who were not seen are fewer than the base, and of all of them nothing is left to guess.
    let unseen = (1.0 - n / base as f64).sqrt();
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() * unseen;
    let of_base = |share: f64| (share * base as f64).round() as i64;
    let scale = 1.0 + Z * Z / n;
    let count = of_base(share);
    Estimate {
        count,
        at_least: of_base((middle - spread) / scale).clamp(taken, count),
        at_most: of_base((middle + spread) / scale).clamp(count, base - (seen - taken)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sample_of_nobody_says_nothing() {
        assert_eq!(of_sample(0, 0, 70), Estimate { count: 0, at_least: 0, at_most: 70 });
    }

    #[test]
    fn whoever_saw_all_knows() {
        assert_eq!(of_sample(3, 10, 10), Estimate { count: 3, at_least: 3, at_most: 3 });
    }

    #[test]
    fn none_of_a_sample_may_still_be_some_of_a_base() {
        let none = of_sample(0, 5_000, 1_000_000);
        assert_eq!((none.count, none.at_least), (0, 0));
        assert!((500..1_000).contains(&none.at_most), "{none:?}");
    }

    /// A sequence without chance that is spread like one with it.
    fn drawn(seed: u64, of: u64) -> u64 {
        let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (state ^ (state >> 31)) % of
    }

    #[test]
    fn the_truth_lies_between_the_bounds_as_often_as_they_say() {
        let (base, seen) = (1_000_000, 2_000);
        for true_of_a_thousand in [3, 50, 500, 980] {
            let truth = base / 1_000 * true_of_a_thousand;
            let holds = (0..400u64)
                .filter(|sample| {
                    let is_taken = |n: &u64| drawn(sample * 1_000_003 + n, 1_000) < true_of_a_thousand as u64;
                    let taken = (0..seen as u64).filter(is_taken).count() as i64;
                    let told = of_sample(taken, seen, base);
                    (told.at_least..=told.at_most).contains(&truth)
                })
                .count();
            assert!((368..=396).contains(&holds), "{true_of_a_thousand} of a thousand: {holds} of 400");
        }
    }

    proptest! {
        #[test]
        fn the_bounds_enclose_the_count_and_what_was_seen(
            base in 1i64..20_000_000, seen in 0i64..10_000, taken in 0i64..10_000,
        ) {
            let seen = seen.min(base);
            let taken = taken.min(seen);
            let told = of_sample(taken, seen, base);
            prop_assert!(0 <= told.at_least && told.at_least <= told.count);
            prop_assert!(told.count <= told.at_most && told.at_most <= base);
            prop_assert!(taken <= told.at_least && told.at_most <= base - (seen - taken));
        }
    }
}
