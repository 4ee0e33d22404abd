//! The delay before a retry, before jitter: pure functions on integer nanoseconds, in fixed point.

use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::str::FromStr;
use core::time::Duration;

use crate::words::UnknownWord;

/// How the delay grows from retry to retry, before the cap and the jitter.
///
/// Most faults are short, so the first retry comes soon. If a fault lasts, retries at a constant rate
/// would keep an overloaded service overloaded. With growing delays they become rarer, so that the
/// service can recover. `max_delay` caps the growth, so that a call does not wait long after the
/// recovery. Source: Marc Brooker, "Timeouts, retries, and backoff with jitter", Amazon Builders'
/// Library.
///
/// Delays are whole nanoseconds and never overflow. Floating point would drift (100 ms must double to
/// exactly 200 ms), and plain integers would overflow at the 64th doubling. So the growth is computed in
/// fixed point, and it saturates.
///
/// ```
/// use retry_runtime::{Backoff, Jitter, Policy};
/// use std::time::Duration;
///
/// let policy = |backoff| {
///     Policy::builder().max(6).jitter(Jitter::None).backoff(backoff).build().to_string()
/// };
/// assert!(policy(Backoff::EXPONENTIAL).contains("pauses of 100 ms, 200 ms, 400 ms, 800 ms, …"));
/// assert!(policy(Backoff::LINEAR).contains("pauses of 100 ms, 200 ms, 300 ms, 400 ms, …"));
/// assert!(policy(Backoff::FIBONACCI).contains("pauses of 100 ms, 100 ms, 200 ms, 300 ms, …"));
///
/// /// What the service asks its clients for.
/// static SECONDS: [u64; 3] = [1, 5, 30];
/// const FROM_A_TABLE: Backoff = Backoff::custom(&|retry| {
///     let index = (retry as usize - 1).min(SECONDS.len() - 1);
///     Duration::from_secs(SECONDS[index])
/// });
/// assert!(policy(FROM_A_TABLE).contains("pauses of 1 s, 5 s, 20 s, 20 s"));
/// ```
///
/// Two custom backoffs are never equal, because functions cannot be compared.
#[derive(Clone)]
pub struct Backoff(pub(crate) Growth);

/// How the delay grows.
#[derive(Clone, Copy)]
pub(crate) enum Growth {
    Exponential,
    Linear,
    Fibonacci,
    Custom(&'static (dyn Fn(u32) -> Duration + Send + Sync)),
}

impl Backoff {
    /// `delay`, `delay * factor`, `delay * factor^2`, … The default.
    pub const EXPONENTIAL: Self = Self(Growth::Exponential);

    /// `delay`, `delay * 2`, `delay * 3`, …
    pub const LINEAR: Self = Self(Growth::Linear);

    /// `delay` times 1, 1, 2, 3, 5, 8, …
    pub const FIBONACCI: Self = Self(Growth::Fibonacci);

    /// What the function returns for retry 1, 2, 3, …; `delay` is not used, but `max_delay` is.
    ///
    /// For a table that is read when the program starts, leak the function once:
    ///
    /// ```
    /// use retry_runtime::{Backoff, Policy};
    /// use std::time::Duration;
    ///
    /// let seconds: Vec<u64> = "1 5 30".split(' ').map(|text| text.parse().unwrap()).collect();
    /// let delays = move |retry: u32| {
    ///     let last = seconds.len() - 1;
    ///     Duration::from_secs(seconds[last.min(retry as usize - 1)])
    /// };
    /// let backoff = Backoff::custom(Box::leak(Box::new(delays)));
    /// assert!(Policy::builder().backoff(backoff).build().to_string().contains("1 s, 5 s"));
    /// ```
    #[must_use]
    pub const fn custom(delay: &'static (dyn Fn(u32) -> Duration + Send + Sync)) -> Self {
        Self(Growth::Custom(delay))
    }

    pub(crate) const fn copy(&self) -> Self {
        Self(self.0)
    }

    pub(crate) const fn is_exponential(&self) -> bool {
        matches!(self.0, Growth::Exponential)
    }

    pub(crate) const fn is_custom(&self) -> bool {
        matches!(self.0, Growth::Custom(_))
    }

    /// The word for it, where there is one.
    pub(crate) const fn word(&self) -> Option<&'static str> {
        match self.0 {
            Growth::Exponential => Some("exponential"),
            Growth::Linear => Some("linear"),
            Growth::Fibonacci => Some("fibonacci"),
            Growth::Custom(_) => None,
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::EXPONENTIAL
    }
}

impl PartialEq for Backoff {
    fn eq(&self, other: &Self) -> bool {
        self.word().is_some() && self.word() == other.word()
    }
}

impl fmt::Debug for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word().unwrap_or("custom"))
    }
}

impl FromStr for Backoff {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        const WORDS: &[&str] = &["exponential", "linear", "fibonacci"];
        let known = [Self::EXPONENTIAL, Self::LINEAR, Self::FIBONACCI];
        let found = known.into_iter().find(|backoff| backoff.word() == Some(text));
        found.ok_or_else(|| UnknownWord::new(text, WORDS))
    }
}

// A panic of the function passes through; nothing is left half done.
impl UnwindSafe for Backoff {}
impl RefUnwindSafe for Backoff {}

/// `min(cap, delay * retry)` in nanoseconds.
pub(crate) const fn linear(delay: u64, cap: u64, retry: u32) -> u64 {
    let grown = delay.saturating_mul(retry as u64);
    if grown < cap { grown } else { cap }
}

/// `min(cap, delay * F(retry))` in nanoseconds, with F = 1, 1, 2, 3, 5, 8, …
///
/// Stops when the cap is reached, after at most 93 steps for any delay.
pub(crate) const fn fibonacci(delay: u64, cap: u64, retry: u32) -> u64 {
    let (mut before, mut grown) = (0_u64, delay);
    let mut at = 1;
    while at < retry && grown < cap && grown > 0 {
        (before, grown) = (grown, grown.saturating_add(before));
        at += 1;
    }
    if grown < cap { grown } else { cap }
}

/// The growth per retry, as a fixed-point number with 32 fractional bits.
///
/// Whole numbers and binary fractions (2, 1.5, 1.25) are exact. The error of a decimal such as 1.1 is
/// less than one part in four billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Factor(u64);

impl Factor {
    const FRACTION_BITS: u32 = 32;
    const ONE: u128 = 1 << Self::FRACTION_BITS;
    const HALF: u128 = Self::ONE / 2;

    /// The largest accepted growth.
    pub(crate) const LARGEST: f64 = u32::MAX as f64;

    /// `None` unless `factor` is a number from 1 to [`Factor::LARGEST`].
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the range was checked, and 2^32 is exact in an f64"
    )]
    pub(crate) const fn new(factor: f64) -> Option<Self> {
        // False for NaN.
        if factor >= 1.0 && factor <= Self::LARGEST {
            Some(Self((factor * Self::ONE as f64 + 0.5) as u64))
        } else {
            None
        }
    }
}

/// `min(cap, delay * factor^(retry - 1))` in nanoseconds, rounded once, for retry 1, 2, …
///
/// Takes about log2(retry) steps, so that no retry number is slow. If the factor is a power of two, as it
/// usually is, takes only one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a number below the cap fits in a `u64`, like the cap"
)]
pub(crate) const fn exponential(delay: u64, factor: Factor, cap: u64, retry: u32) -> u64 {
    if delay == 0 {
        return 0;
    }
    let mut exponent = retry.saturating_sub(1);
    if factor.0.is_power_of_two() {
        let doublings =
            (factor.0.trailing_zeros() - Factor::FRACTION_BITS) as u64 * exponent as u64;
        if doublings > delay.leading_zeros() as u64 {
            return cap;
        }
        let grown = delay << doublings;
        return if grown < cap { grown } else { cap };
    }
    let mut power = factor.0 as u128;
    let mut grown = (delay as u128) << Factor::FRACTION_BITS;
    // Invariant: the result is `grown * power^exponent`, as long as nothing overflows.
    while exponent > 0 {
        if exponent & 1 == 1 {
            grown = match multiply(grown, power) {
                Some(product) => product,
                None => return cap,
            };
        }
        exponent >>= 1;
        if exponent > 0 {
            power = match multiply(power, power) {
                Some(square) => square,
                // The power is above 2^64, so a delay of 1 ns or more would be above any cap.
                None => return cap,
            };
        }
    }
    let rounded = (grown + Factor::HALF) >> Factor::FRACTION_BITS;
    if rounded < cap as u128 { rounded as u64 } else { cap }
}

/// Multiplies numbers with 32 fractional bits; returns `None` from 2^64 upwards.
const fn multiply(value: u128, power: u128) -> Option<u128> {
    match value.checked_mul(power) {
        Some(product) => Some(product >> Factor::FRACTION_BITS),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn sequence(delay: u64, factor: f64, cap: u64, retries: u32) -> Vec<u64> {
        let factor = Factor::new(factor).expect("a valid factor");
        (1..=retries).map(|retry| exponential(delay, factor, cap, retry)).collect()
    }

    #[test]
    fn doubles_exactly() {
        assert_eq!(
            sequence(100 * MS, 2.0, 20_000 * MS, 4),
            [100 * MS, 200 * MS, 400 * MS, 800 * MS]
        );
    }

    #[test]
    fn grows_by_a_fraction_exactly() {
        assert_eq!(
            sequence(2000 * MS, 1.5, 20_000 * MS, 4),
            [2000 * MS, 3000 * MS, 4500 * MS, 6750 * MS]
        );
        assert_eq!(sequence(100 * MS, 1.1, 20_000 * MS, 3), [100 * MS, 110 * MS, 121 * MS]);
    }

    #[test]
    fn stays_constant_with_factor_one() {
        let factor = Factor::new(1.0).expect("a valid factor");
        for retry in [1, 2, 64, 1000, u32::MAX] {
            assert_eq!(exponential(7, factor, 100, retry), 7);
        }
    }

    #[test]
    fn stops_at_the_cap_for_any_retry_number() {
        for factor in [1.000_000_1, 1.5, 2.0, 3.0, 1e6, Factor::LARGEST] {
            let factor = Factor::new(factor).expect("a valid factor");
            for retry in [64, 65, 1000, 100_000, u32::MAX] {
                assert!(exponential(100 * MS, factor, 20_000 * MS, retry) <= 20_000 * MS);
            }
            assert_eq!(exponential(100 * MS, factor, 20_000 * MS, u32::MAX), 20_000 * MS);
        }
    }

    #[test]
    fn a_tiny_delay_reaches_a_far_cap() {
        assert_eq!(sequence(1, 2.0, u64::MAX, 64)[63], 1 << 63);
        assert_eq!(sequence(1, 2.0, u64::MAX, 65)[64], u64::MAX);
        assert_eq!(sequence(1, 2.0, u64::MAX, 1000)[999], u64::MAX);
    }

    #[test]
    fn rounds_once() {
        assert_eq!(sequence(1, 1.5, 1000, 6), [1, 2, 2, 3, 5, 8]);
        let grown = sequence(100 * MS, 1.1, u64::MAX, 50)[49];
        // The factor is rounded to 32 bits, and fifty retries multiply that error.
        assert!(grown.abs_diff(10_671_895_717) < 100, "{grown}");
    }

    #[test]
    fn no_delay_stays_no_delay() {
        for retry in [1, 2, 100, u32::MAX] {
            let factor = Factor::new(Factor::LARGEST).expect("a valid factor");
            assert_eq!(exponential(0, factor, 20_000 * MS, retry), 0);
        }
    }

    #[test]
    fn cuts_a_first_delay_above_the_cap() {
        assert_eq!(sequence(1000 * MS, 2.0, 50 * MS, 2), [50 * MS, 50 * MS]);
    }

    #[test]
    fn linear_and_fibonacci_grow_and_saturate() {
        let linear: Vec<u64> = (1..=4).map(|retry| linear(100, 350, retry)).collect();
        assert_eq!(linear, [100, 200, 300, 350]);
        let fibonacci: Vec<u64> = (1..=7).map(|retry| fibonacci(1, 10, retry)).collect();
        assert_eq!(fibonacci, [1, 1, 2, 3, 5, 8, 10]);
        for retry in [1, 93, 94, 1000, u32::MAX] {
            assert_eq!(super::linear(0, u64::MAX, retry), 0);
            assert_eq!(super::fibonacci(0, u64::MAX, retry), 0);
            assert_eq!(super::linear(u64::MAX, u64::MAX, retry), u64::MAX);
            assert_eq!(super::fibonacci(u64::MAX, u64::MAX, retry), u64::MAX);
        }
        assert_eq!(super::fibonacci(1, u64::MAX, u32::MAX), u64::MAX);
    }

    #[test]
    fn refuses_numbers_that_are_not_a_growth() {
        for factor in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 0.999, 1e10] {
            assert_eq!(Factor::new(factor), None, "{factor}");
        }
    }
}
