//! Spreads the pauses of many callers: pure functions of numbers.

use crate::words::words;

/// How a delay is made random.
///
/// Without jitter, callers that fail at the same time also retry at the same time, and again after every
/// delay: each wave hits the service with its full load. Random pauses spread the callers over the whole
/// delay. Jitter is applied after the cap and only shortens the pause, so no pause exceeds `max_delay`,
/// and callers at the cap are still spread. ([`Jitter::Decorrelated`] instead grows from the previous
/// pause, up to the same cap.) The formulas are those of Marc Brooker, "Exponential Backoff And Jitter",
/// AWS Architecture Blog, 2015, who also compares how many calls each of them needs.
///
/// ```
/// use retry_runtime::{Jitter, Policy};
///
/// assert_eq!(Policy::DEFAULT.jitter(), Jitter::Full);
/// let from_the_environment = "equal".parse()?;
/// let policy = Policy::builder().jitter(from_the_environment).build();
/// assert_eq!(policy.jitter(), Jitter::Equal);
/// # Ok::<(), retry_runtime::UnknownWord>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Jitter {
    /// A random pause from zero to the delay: the widest spread, and the default.
    #[default]
    Full,
    /// A random pause from half the delay to the delay.
    Equal,
    /// A random pause from the first delay to three times the previous pause, at most `max_delay`;
    /// `factor` is not used.
    Decorrelated,
    /// The delay itself. For a single caller, or if something else spreads the load.
    None,
}

words!(Jitter {
    Full => "full",
    Equal => "equal",
    Decorrelated => "decorrelated",
    None => "none",
});

/// The numbers from which a pause is computed, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// The delay of the backoff, after the cap.
    pub(crate) delay: u64,
    /// The policy's first delay.
    pub(crate) first: u64,
    /// The previous pause; 0 before the first.
    pub(crate) previous: u64,
    /// The policy's `max_delay`.
    pub(crate) cap: u64,
}

impl Jitter {
    /// Returns the pause, in nanoseconds, for a random number that is uniform over all `u64`.
    pub(crate) const fn apply(self, spread: Spread, random: u64) -> u64 {
        let Spread { delay, first, previous, cap } = spread;
        match self {
            Self::Full => between(0, delay, random),
            Self::Equal => between(delay.div_ceil(2), delay, random),
            Self::Decorrelated => {
                let widest = if previous > first { previous } else { first }.saturating_mul(3);
                let low = if first < cap { first } else { cap };
                between(low, if widest < cap { widest } else { cap }, random)
            }
            Self::None => delay,
        }
    }
}

/// Maps all `u64` evenly to `low..=high`; the largest number gives `high`.
pub(crate) const fn between(low: u64, high: u64, random: u64) -> u64 {
    let width = (high - low) as u128 + 1;
    // Below `width`, so the sum is at most `high`.
    low + ((random as u128 * width) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Jitter; 4] = [Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None];

    fn spread(delay: u64, first: u64, previous: u64, cap: u64) -> Spread {
        Spread { delay, first, previous, cap }
    }

    #[test]
    fn only_shortens_and_keeps_its_lower_end() {
        let at = spread(1000, 1000, 0, 1000);
        assert_eq!((Jitter::Full.apply(at, 0), Jitter::Full.apply(at, u64::MAX)), (0, 1000));
        assert_eq!((Jitter::Equal.apply(at, 0), Jitter::Equal.apply(at, u64::MAX)), (500, 1000));
        assert_eq!((Jitter::None.apply(at, 0), Jitter::None.apply(at, u64::MAX)), (1000, 1000));
    }

    #[test]
    fn decorrelated_grows_from_the_pause_before() {
        let at = |previous| spread(0, 100, previous, 2000);
        assert_eq!(Jitter::Decorrelated.apply(at(0), 0), 100);
        assert_eq!(Jitter::Decorrelated.apply(at(0), u64::MAX), 300);
        assert_eq!(Jitter::Decorrelated.apply(at(300), u64::MAX), 900);
        assert_eq!(Jitter::Decorrelated.apply(at(900), u64::MAX), 2000);
        assert_eq!(Jitter::Decorrelated.apply(at(u64::MAX), u64::MAX), 2000);
    }

    #[test]
    fn is_not_lost_at_the_cap() {
        let capped = spread(2000, 100, 2000, 2000);
        let mut random = fastrand::Rng::with_seed(7);
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
            let pauses: Vec<u64> = (0..100).map(|_| jitter.apply(capped, random.u64(..))).collect();
            let at_cap = pauses.iter().filter(|pause| **pause == 2000).count();
            assert!(at_cap < 5, "{jitter:?}: {at_cap} of 100 pauses at the cap");
        }
    }

    /// The pauses for `count` random numbers, from a fixed seed.
    fn pauses(jitter: Jitter, at: Spread, count: usize) -> Vec<u64> {
        let mut random = fastrand::Rng::with_seed(7);
        (0..count).map(|_| jitter.apply(at, random.u64(..))).collect()
    }

    /// Mean and standard deviation.
    #[expect(clippy::cast_precision_loss, reason = "a thousandth more or less makes no difference")]
    fn statistics(pauses: &[u64]) -> (f64, f64) {
        let count = pauses.len() as f64;
        let mean = pauses.iter().map(|pause| *pause as f64).sum::<f64>() / count;
        let squares = pauses.iter().map(|pause| (*pause as f64 - mean).powi(2)).sum::<f64>();
        (mean, (squares / count).sqrt())
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a thousandth more or less makes no difference")]
    fn spreads_evenly_below_at_and_above_the_cap() {
        let cap = 20_000_000_000;
        for (delay, first, previous) in [
            (100_000_000, 100_000_000, 0),
            (800_000_000, 100_000_000, 123_456_789),
            (12_345_678_901, 100_000_000, 4_000_000_000),
            (cap, 100_000_000, cap),
            (cap, cap, cap),
            (1000, 500, 700),
        ] {
            let widest = (3 * first.max(previous)).min(cap);
            for (jitter, low, high) in [
                (Jitter::Full, 0, delay),
                (Jitter::Equal, delay / 2, delay),
                (Jitter::Decorrelated, first, widest),
                (Jitter::None, delay, delay),
            ] {
                let pauses = pauses(jitter, spread(delay, first, previous, cap), 20_000);
                assert!(pauses.iter().all(|pause| (low..=high).contains(pause)), "{jitter:?}");
                let (mean, deviation) = statistics(&pauses);
                let (low, width) = (low as f64, (high - low) as f64);
                let (mean_off, expected) =
                    ((mean - low - width / 2.0).abs(), width / 12_f64.sqrt());
                assert!(mean_off <= width / 100.0, "{jitter:?} of {delay}: mean {mean}");
                let deviation_off = (deviation - expected).abs();
                assert!(
                    deviation_off <= width / 100.0,
                    "{jitter:?} of {delay}: spread {deviation}"
                );
            }
        }
    }

    #[test]
    fn every_number_of_a_small_delay_is_as_likely_as_the_others() {
        for (jitter, low) in [(Jitter::Full, 0), (Jitter::Equal, 4), (Jitter::Decorrelated, 2)] {
            let pauses = pauses(jitter, spread(7, 2, 2, 7), 80_000);
            let highest = if jitter == Jitter::Decorrelated { 6 } else { 7 };
            let expected = 80_000 / usize::try_from(highest - low + 1).expect("a small number");
            for number in low..=highest {
                let count = pauses.iter().filter(|pause| **pause == number).count();
                assert!(count.abs_diff(expected) < expected / 20, "{jitter:?}, {number}: {count}");
            }
        }
    }

    #[test]
    fn decorrelated_pauses_grow_and_stay_apart() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut previous = vec![0; 10_000];
        let mut means = Vec::new();
        for _ in 0..12 {
            for pause in &mut previous {
                let at = spread(0, 100, *pause, 20_000);
                *pause = Jitter::Decorrelated.apply(at, random.u64(..));
            }
            means.push(statistics(&previous));
        }
        // A third of the next range lies below the last pause, and the mean doubles at first.
        assert!((means[0].0 - 200.0).abs() < 4.0, "{means:?}");
        assert!((means[1].0 - 350.0).abs() < 7.0, "{means:?}");
        assert!(means.windows(2).all(|pair| pair[1].0 > pair[0].0), "{means:?}");
        // Near the cap, callers are as far apart as the cap allows.
        assert!(means.last().is_some_and(|(_, deviation)| *deviation > 5000.0), "{means:?}");
    }

    #[test]
    fn two_calls_do_not_pause_alike() {
        use crate::Policy;

        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
            let policy = Policy::builder().max(6).jitter(jitter).build();
            let call = || (1..6).map(|retry| policy.pause_before(retry)).collect::<Vec<_>>();
            let (one, other) = (call(), call());
            let other_thread = std::thread::scope(|scope| scope.spawn(call).join());
            let other_thread = other_thread.expect("no panic");
            assert_ne!(one, other, "{jitter:?}");
            assert_ne!(one, other_thread, "{jitter:?}");
        }
    }

    #[test]
    fn survives_the_largest_and_smallest_numbers() {
        for jitter in ALL {
            for number in [0, 1, u64::MAX] {
                for random in [0, 1, u64::MAX / 2, u64::MAX] {
                    let pause = jitter.apply(spread(number, number, number, u64::MAX), random);
                    assert!(pause <= number.saturating_mul(3));
                    assert_eq!(jitter.apply(spread(0, 0, 0, 0), random), 0);
                }
            }
        }
    }
}
