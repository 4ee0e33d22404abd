//! Spreading the pauses of many callers: pure functions of numbers.
//!
//! Callers that failed together would retry together, and again, and again; random pauses spread
//! them out. Jitter comes after the cap and only shortens the pause ([`Jitter::Decorrelated`] grows
//! from the pause before, up to the same cap), so the cap holds and the spread is not lost at it. Formulas: Marc Brooker, "Exponential Backoff And Jitter",
//! AWS Architecture Blog, 2015.

/// How a delay is made random.
///
/// ```
/// use retry_runtime::{Jitter, Policy};
///
/// let policy = Policy::builder().jitter(Jitter::Equal).build()?;
/// assert_eq!(policy.jitter(), Jitter::Equal);
/// assert_eq!(Policy::DEFAULT.jitter(), Jitter::Full);
/// # Ok::<(), retry_runtime::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Jitter {
    /// Anything from zero to the delay: the widest spread, and the default.
    #[default]
    Full,
    /// Anything from half the delay to the delay.
    Equal,
    /// Anything from the first delay to three times the pause before, at most `max_delay`;
    /// `factor` plays no part in it.
    Decorrelated,
    /// The delay itself. For a single caller, or where something else spreads the load.
    None,
}

/// The numbers that a pause is made of, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// What the backoff says, already capped.
    pub(crate) delay: u64,
    /// The policy's first delay.
    pub(crate) first: u64,
    /// The pause before this one; 0 before the first.
    pub(crate) previous: u64,
    /// The policy's `max_delay`.
    pub(crate) cap: u64,
}

impl Jitter {
    /// The pause, in nanoseconds, for a number drawn uniformly from all `u64`.
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

/// Maps all `u64` evenly onto `low..=high`; the largest number gives `high`.
const fn between(low: u64, high: u64, random: u64) -> u64 {
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

    #[test]
    fn spreads_evenly() {
        let mut random = fastrand::Rng::with_seed(7);
        for (jitter, mean) in [(Jitter::Full, 500_000), (Jitter::Equal, 750_000)] {
            let at = spread(1_000_000, 1_000_000, 0, 1_000_000);
            let sum: u64 = (0..10_000).map(|_| jitter.apply(at, random.u64(..))).sum();
            let off = (sum / 10_000).abs_diff(mean);
            assert!(off < 10_000, "{jitter:?}: mean off by {off}");
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
