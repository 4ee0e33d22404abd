//! What a retry policy is: plain data, built in a constant, checked when it is built.
//!
//! A policy says how often and how patiently; it holds no clock, no counter and no random number,
//! so one `const` serves every call of a program.

use core::fmt;
use core::time::Duration;

use crate::backoff::{self, Factor};
use crate::jitter::{Jitter, Spread};

/// How often a failing function is called again, and how long it pauses in between.
///
/// An annotated function has one, from the keys of its attribute; its `Display` is the sentence that
/// the log of a given-up call quotes.
///
/// ```
/// use retry_runtime::Policy;
///
/// assert_eq!(
///     Policy::DEFAULT.to_string(),
///     "at most 3 calls: 1 + 2 retries; pauses up to 100 ms, 200 ms; at most 300 ms of waiting",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    max: u32,
    /// In nanoseconds, as `max_delay`: 584 years are enough for both.
    delay: u64,
    factor: Factor,
    max_delay: u64,
    jitter: Jitter,
}

impl Policy {
    /// Three attempts in total, a first delay of 100 ms that doubles, at most 20 s, full jitter.
    pub const DEFAULT: Self = match PolicyBuilder::new().build() {
        Ok(policy) => policy,
        Err(_) => unreachable!(),
    };

    /// Starts from [`Policy::DEFAULT`].
    ///
    /// ```
    /// use retry_runtime::{Policy, PolicyError};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::builder().max(5).delay(Duration::from_millis(50)).build()?;
    /// assert_eq!(policy.max(), 5);
    /// assert_eq!(Policy::builder().factor(0.5).build(), Err(PolicyError::Factor { factor: 0.5 }));
    /// # Ok::<(), PolicyError>(())
    /// ```
    pub const fn builder() -> PolicyBuilder {
        PolicyBuilder::new()
    }

    /// Attempts in total, the first included; at least 1.
    #[must_use]
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// The delay before the first retry, before jitter.
    #[must_use]
    pub const fn delay(&self) -> Duration {
        Duration::from_nanos(self.delay)
    }

    /// Growth of the delay per retry, to nine decimals; 1 keeps it constant.
    #[must_use]
    pub fn factor(&self) -> f64 {
        self.factor.get()
    }

    /// The cap of one delay, applied before jitter.
    #[must_use]
    pub const fn max_delay(&self) -> Duration {
        Duration::from_nanos(self.max_delay)
    }

    /// How a delay is made random.
    #[must_use]
    pub const fn jitter(&self) -> Jitter {
        self.jitter
    }

    /// The delay before retry 1, 2, …, in nanoseconds, before jitter.
    const fn backoff(&self, retry: u32) -> u64 {
        backoff::exponential(self.delay, self.factor, self.max_delay, retry)
    }

    /// The pause before retry 1, 2, …, in nanoseconds: backoff, then the cap, then jitter.
    pub(crate) const fn pause(&self, retry: u32, previous: u64, random: u64) -> u64 {
        let spread =
            Spread { delay: self.backoff(retry), first: self.delay, previous, cap: self.max_delay };
        self.jitter.apply(spread, random)
    }

    /// The longest pause before retry 1, 2, …, whatever the random numbers say, in nanoseconds.
    const fn longest_pause(&self, retry: u32) -> u64 {
        match self.jitter {
            Jitter::Decorrelated => {
                const TRIPLE: Factor = match Factor::new(3.0) {
                    Some(factor) => factor,
                    None => unreachable!(),
                };
                backoff::exponential(self.delay, TRIPLE, self.max_delay, retry.saturating_add(1))
            }
            Jitter::Full | Jitter::Equal | Jitter::None => self.backoff(retry),
        }
    }

    /// The sum of the longest pauses, saturating.
    ///
    /// From the thousandth retry on, every pause counts as long as the last one, so that the sum
    /// takes no time for any policy.
    fn longest_wait(&self) -> Duration {
        const ADDED_ONE_BY_ONE: u32 = 1000;
        let last = self.longest_pause(self.max - 1);
        let mut sum: u64 = 0;
        for retry in 1..self.max {
            let pause = self.longest_pause(retry);
            if pause == last || retry > ADDED_ONE_BY_ONE {
                let rest = u64::from(self.max - retry);
                sum = sum.saturating_add(last.max(pause).saturating_mul(rest));
                break;
            }
            sum = sum.saturating_add(pause);
        }
        Duration::from_nanos(sum)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: u32 = 4;
        let retries = self.max - 1;
        if retries == 0 {
            return f.write_str("at most 1 call: no retries");
        }
        let noun = if retries == 1 { "retry" } else { "retries" };
        let bound = if self.jitter == Jitter::None { "of" } else { "up to" };
        write!(f, "at most {} calls: 1 + {retries} {noun}; pauses {bound} ", self.max)?;
        for retry in 1..=retries.min(SHOWN) {
            let comma = if retry > 1 { ", " } else { "" };
            write!(f, "{comma}{}", Short(Duration::from_nanos(self.longest_pause(retry))))?;
        }
        if retries > SHOWN {
            f.write_str(", …")?;
        }
        write!(f, "; at most {} of waiting", Short(self.longest_wait()))
    }
}

/// Collects what differs from [`Policy::DEFAULT`]; usable in constants.
///
/// ```
/// use retry_runtime::{Policy, PolicyError};
///
/// const PATIENT: Result<Policy, PolicyError> = Policy::builder().max(10).factor(1.5).build();
/// assert_eq!(PATIENT?.factor(), 1.5);
/// # Ok::<(), PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    max: u32,
    delay: Duration,
    factor: f64,
    max_delay: Option<Duration>,
    jitter: Jitter,
}

impl PolicyBuilder {
    const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(20);

    const fn new() -> Self {
        Self {
            max: 3,
            delay: Duration::from_millis(100),
            factor: 2.0,
            max_delay: None,
            jitter: Jitter::Full,
        }
    }

    /// Attempts in total, the first included (default 3).
    pub const fn max(mut self, attempts: u32) -> Self {
        self.max = attempts;
        self
    }

    /// The delay before the first retry, before jitter (default 100 ms).
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Growth of the delay per retry, from 1 (constant) upwards (default 2).
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// The cap of one delay, applied before jitter (default 20 s, or `delay` where that is longer).
    pub const fn max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = Some(max_delay);
        self
    }

    /// How a delay is made random (default [`Jitter::Full`]).
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Checks the values.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Max`] for `max = 0`, [`PolicyError::Factor`] for a factor that is below 1 or
    /// no number, [`PolicyError::MaxDelay`] where `max_delay` would cut the very first delay.
    pub const fn build(self) -> Result<Policy, PolicyError> {
        if self.max == 0 {
            return Err(PolicyError::Max);
        }
        let Some(factor) = Factor::new(self.factor) else {
            return Err(PolicyError::Factor { factor: self.factor });
        };
        let delay = nanoseconds(self.delay);
        let max_delay = if let Some(max_delay) = self.max_delay {
            if nanoseconds(max_delay) < delay {
                return Err(PolicyError::MaxDelay { max_delay, delay: self.delay });
            }
            nanoseconds(max_delay)
        } else {
            let default = nanoseconds(Self::DEFAULT_MAX_DELAY);
            if delay > default { delay } else { default }
        };
        Ok(Policy { max: self.max, delay, factor, max_delay, jitter: self.jitter })
    }
}

/// Why a policy was refused.
///
/// ```
/// use retry_runtime::{Policy, PolicyError};
///
/// assert_eq!(Policy::builder().max(0).build(), Err(PolicyError::Max));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// `max` is zero.
    #[error("{}", self.rule())]
    Max,
    /// `factor` is NaN, infinite, below 1 or beyond what any delay can use.
    #[error("{}, not {factor}", self.rule())]
    Factor {
        /// The value that was given.
        factor: f64,
    },
    /// `max_delay` is shorter than `delay`.
    #[error("`max_delay` ({max_delay:?}) is shorter than the first `delay` ({delay:?})")]
    MaxDelay {
        /// The cap that was given.
        max_delay: Duration,
        /// The first delay that was given.
        delay: Duration,
    },
}

impl PolicyError {
    /// The rule that is broken, where no value can be printed: in a constant.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Max => "`max` counts attempts, the first included, so it is at least 1",
            Self::Factor { .. } => "`factor` is a number from 1 (constant delay) to 4294967295",
            Self::MaxDelay { .. } => "`max_delay` is shorter than the first `delay`",
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is longer saturates")]
const fn nanoseconds(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
}

/// A duration as a person writes it: `100 ms`, `1.5 s`, `2 min`.
struct Short(Duration);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u128, &str); 6] = [
            (3_600_000_000_000, "h"),
            (60_000_000_000, "min"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "µs"),
            (1, "ns"),
        ];
        let nanos = self.0.as_nanos();
        let (unit, name) = UNITS
            .into_iter()
            .find(|(unit, name)| {
                nanos >= *unit && (nanos % unit == 0 || !matches!(*name, "h" | "min"))
            })
            .unwrap_or((1, "ns"));
        write!(f, "{}", nanos / unit)?;
        let fraction = format!("{:09}", (nanos % unit) * 1_000_000_000 / unit);
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            write!(f, ".{fraction}")?;
        }
        write!(f, " {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(nanos: u64) -> String {
        Short(Duration::from_nanos(nanos)).to_string()
    }

    #[test]
    fn a_duration_reads_as_a_person_writes_it() {
        assert_eq!(short(0), "0 ns");
        assert_eq!(short(1_500_000_000), "1.5 s");
        assert_eq!(short(100_000_000), "100 ms");
        assert_eq!(short(90_000_000_000), "90 s");
        assert_eq!(short(120_000_000_000), "2 min");
        assert_eq!(short(7_200_000_000_000), "2 h");
        assert_eq!(short(1_001), "1.001 µs");
    }

    #[test]
    fn the_sentence_counts_calls_and_retries() {
        let sentence = |builder: PolicyBuilder| builder.build().expect("valid").to_string();
        assert_eq!(sentence(Policy::builder().max(1)), "at most 1 call: no retries");
        assert_eq!(
            sentence(Policy::builder().max(2)),
            "at most 2 calls: 1 + 1 retry; pauses up to 100 ms; at most 100 ms of waiting"
        );
        assert_eq!(
            sentence(Policy::builder().max(7).jitter(Jitter::None)),
            "at most 7 calls: 1 + 6 retries; pauses of 100 ms, 200 ms, 400 ms, 800 ms, …; \
             at most 6.3 s of waiting"
        );
        assert_eq!(
            sentence(Policy::builder().jitter(Jitter::Decorrelated)),
            "at most 3 calls: 1 + 2 retries; pauses up to 300 ms, 900 ms; at most 1.2 s of waiting"
        );
    }

    #[test]
    fn the_longest_wait_saturates_and_is_quick() {
        let endless = Policy::builder().max(u32::MAX).delay(Duration::MAX).build().expect("valid");
        assert_eq!(endless.longest_wait(), Duration::from_nanos(u64::MAX));
        let constant = Policy::builder().max(u32::MAX).factor(1.0).delay(Duration::from_nanos(1));
        assert_eq!(
            constant.build().expect("valid").longest_wait(),
            Duration::from_nanos(u64::from(u32::MAX) - 1)
        );
    }

    #[test]
    fn a_long_first_delay_raises_the_default_cap() {
        let policy = Policy::builder().delay(Duration::from_secs(60)).build().expect("valid");
        assert_eq!(policy.max_delay(), Duration::from_secs(60));
    }

    #[test]
    fn refuses_impossible_values() {
        assert_eq!(Policy::builder().max(0).build(), Err(PolicyError::Max));
        for factor in [f64::INFINITY, f64::NEG_INFINITY, -2.0, 0.0, 0.5] {
            assert_eq!(
                Policy::builder().factor(factor).build(),
                Err(PolicyError::Factor { factor })
            );
        }
        let nan = Policy::builder().factor(f64::NAN).build();
        assert!(matches!(nan, Err(PolicyError::Factor { factor }) if factor.is_nan()));
        let (delay, max_delay) = (Duration::from_secs(2), Duration::from_secs(1));
        assert_eq!(
            Policy::builder().delay(delay).max_delay(max_delay).build(),
            Err(PolicyError::MaxDelay { max_delay, delay })
        );
    }
}
