//! The pauses of a policy, and the sentence that summarizes it.

use core::fmt;
use core::time::Duration;

use crate::decide::backoff::{self, Factor, Growth};
use crate::decide::budget::Cause;
use crate::decide::budget_source::BudgetSource;
use crate::decide::jitter::{Jitter, Spread};
use crate::policy::{Policy, nanoseconds};
use crate::random::number as random;

impl Policy {
    /// A random pause before retry 1, 2, …, for a queue or a loop of your own; `None` where `max` allows
    /// no such retry.
    ///
    /// The deadline and the budget are not asked. [`Jitter::Decorrelated`] depends on the pauses before:
    /// they are drawn anew each time.
    ///
    /// ```
    /// use retry_runtime::Policy;
    /// use std::time::Duration;
    ///
    /// const POLICY: Policy = Policy::builder().max(3).build();
    ///
    /// // A message that was received for the second time has failed once.
    /// let receive_count = 2;
    /// let invisible_for = POLICY.pause_before(receive_count - 1);
    /// assert!(invisible_for.is_some_and(|pause| pause <= Duration::from_millis(100)));
    /// assert_eq!(POLICY.pause_before(3), None, "three attempts have two retries");
    /// ```
    #[must_use]
    pub fn pause_before(&self, retry: u32) -> Option<Duration> {
        /// From here on, one more pause changes nothing.
        const DRAWN: u32 = 64;
        if self.max_retries().is_some_and(|retries| retry > retries) {
            return None;
        }
        let first = match self.jitter {
            Jitter::Decorrelated => retry.saturating_sub(DRAWN).max(1),
            Jitter::Full | Jitter::Equal | Jitter::None => retry,
        };
        let pause = |previous, retry| {
            self.jitter.apply(self.spread(Cause::Error, retry, previous), random())
        };
        Some(Duration::from_nanos((first..=retry).fold(0, pause)))
    }

    /// The delay before retry 1, 2, …, in nanoseconds, before jitter.
    pub(crate) fn delay_before(&self, retry: u32) -> u64 {
        self.grown(self.delay, retry)
    }

    /// What the first delay has grown to before retry 1, 2, … A custom backoff computes its delays from the
    /// number of the retry alone.
    fn grown(&self, first: u64, retry: u32) -> u64 {
        match self.backoff.0 {
            Growth::Exponential => backoff::exponential(first, self.factor, self.max_delay, retry),
            Growth::Linear => backoff::linear(first, self.max_delay, retry),
            Growth::Fibonacci => backoff::fibonacci(first, self.max_delay, retry),
            Growth::Custom(delay) => nanoseconds(delay(retry)).min(self.max_delay),
        }
    }

    /// The delay from which the pause after such a failure grows, in nanoseconds.
    pub(crate) fn first_delay(&self, cause: Cause) -> u64 {
        match cause {
            Cause::Throttled => self.throttling_delay.min(self.max_delay),
            Cause::Error | Cause::TimedOut | Cause::NotYet => self.delay,
        }
    }

    /// The numbers for the pause before retry 1, 2, …: backoff, then the cap.
    pub(crate) fn spread(&self, cause: Cause, retry: u32, previous: u64) -> Spread {
        let first = self.first_delay(cause);
        Spread { delay: self.grown(first, retry), first, previous, cap: self.max_delay }
    }

    /// The longest possible pause before retry 1, 2, …, in nanoseconds.
    fn longest_pause(&self, retry: u32) -> u64 {
        match self.jitter {
            Jitter::Decorrelated => {
                const TRIPLE: Factor = match Factor::new(3.0) {
                    Some(factor) => factor,
                    None => unreachable!(),
                };
                backoff::exponential(self.delay, TRIPLE, self.max_delay, retry.saturating_add(1))
            }
            Jitter::Full | Jitter::Equal | Jitter::None => self.delay_before(retry),
        }
    }

    /// Whether the pause after such a failure depends on a random number.
    pub(crate) fn is_random(&self, cause: Cause) -> bool {
        let has_delay = self.first_delay(cause) > 0 || self.backoff.is_custom();
        has_delay && !matches!(self.jitter, Jitter::None)
    }

    /// The shortest possible pause before the first retry, in nanoseconds; not for a custom backoff.
    pub(crate) const fn shortest_pause(&self) -> u64 {
        let spread =
            Spread { delay: self.delay, first: self.delay, previous: 0, cap: self.max_delay };
        self.jitter.apply(spread, 0)
    }

    /// The sum of the longest possible pauses before so many retries, saturating, and at most the
    /// deadline.
    ///
    /// From the thousandth retry on, every pause is assumed to be as long as the last one, so that the
    /// sum is computed quickly for any policy.
    fn longest_wait(&self, retries: u32) -> Duration {
        const ADDED_ONE_BY_ONE: u32 = 1000;
        let last = self.longest_pause(retries);
        let mut sum: u64 = 0;
        for retry in 1..=retries {
            let pause = self.longest_pause(retry);
            let is_constant = pause == last && !self.backoff.is_custom();
            if is_constant || retry > ADDED_ONE_BY_ONE {
                let rest = u64::from(retries - retry) + 1;
                sum = sum.saturating_add(last.max(pause).saturating_mul(rest));
                break;
            }
            sum = sum.saturating_add(pause);
        }
        Duration::from_nanos(self.deadline.map_or(sum, |deadline| sum.min(deadline)))
    }

    /// The number of retries that `max` allows, if it is a limit.
    pub(crate) fn max_retries(&self) -> Option<u32> {
        self.max.map(|max| max.saturating_sub(1))
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan(false).fmt(f)
    }
}

/// What a policy comes to in one function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    policy: &'a Policy,
    /// Whether the function reads hints, which can make pauses longer.
    has_hint: bool,
}

impl Policy {
    /// What the policy comes to in a function with or without hints, as a sentence.
    pub(crate) const fn plan(&self, has_hint: bool) -> Plan<'_> {
        Plan { policy: self, has_hint }
    }
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: u32 = 4;
        let Self { policy, has_hint } = *self;
        let retries = policy.max_retries();
        match retries {
            Some(0) => return f.write_str("at most 1 call: no retries"),
            Some(1) => f.write_str("at most 2 calls: 1 + 1 retry")?,
            Some(retries) => {
                write!(f, "at most {} calls: 1 + {retries} retries", u64::from(retries) + 1)?;
            }
            None => f.write_str("any number of calls")?,
        }
        let bound = if policy.jitter == Jitter::None { "of" } else { "up to" };
        write!(f, "; pauses {bound} ")?;
        for retry in 1..=retries.unwrap_or(SHOWN).min(SHOWN) {
            let comma = if retry > 1 { ", " } else { "" };
            write!(f, "{comma}{}", Short(Duration::from_nanos(policy.longest_pause(retry))))?;
        }
        if retries.is_none_or(|retries| retries > SHOWN) {
            f.write_str(", …")?;
        }
        if has_hint {
            f.write_str("; longer where a hint asks for it")?;
        } else if let Some(retries) = retries {
            write!(f, "; at most {} of waiting", Short(policy.longest_wait(retries)))?;
        }
        if retries.is_none() && policy.deadline.is_none() {
            f.write_str("; no limit")?;
        }
        if let Some(deadline) = policy.deadline() {
            write!(f, "; no attempt starts after {}", Short(deadline))?;
        }
        if policy.budget == BudgetSource::Own && policy.own_capacity().is_none() {
            f.write_str("; more than 100 retries: no budget of its own")?;
        }
        Ok(())
    }
}

/// Formats a duration for people: `100 ms`, `1.5 s`, `2 min`.
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
        let fit = |nanos: u128| {
            let is_fit = |(unit, name): &(u128, &str)| {
                nanos >= *unit && (nanos % unit == 0 || !matches!(*name, "h" | "min"))
            };
            UNITS.into_iter().find(is_fit).unwrap_or((1, "ns"))
        };
        // Rounded to three decimals.
        let nanos = self.0.as_nanos();
        let step = fit(nanos).0.div_ceil(1_000);
        let nanos = (nanos + step / 2) / step * step;
        let (unit, name) = fit(nanos);
        write!(f, "{}", nanos / unit)?;
        let fraction = format!("{:03}", (nanos % unit) * 1_000 / unit);
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
    use crate::PolicyBuilder;

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
        assert_eq!(short(1_298_443_007), "1.298 s");
        assert_eq!(short(999_999_999), "1 s");
        assert_eq!(short(3_600_000_000_001), "1 h");
    }

    #[test]
    fn the_sentence_counts_calls_and_retries() {
        let sentence = |builder: PolicyBuilder| builder.build().to_string();
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
        assert_eq!(
            sentence(Policy::builder().without_max()),
            "any number of calls; pauses up to 100 ms, 200 ms, 400 ms, 800 ms, …; no limit; \
             more than 100 retries: no budget of its own"
        );
        // The deadline is the only limit, unless `max` is named too.
        let within = Policy::builder().deadline(Duration::from_secs(5));
        assert_eq!(
            sentence(within.clone()),
            "any number of calls; pauses up to 100 ms, 200 ms, 400 ms, 800 ms, …; \
             no attempt starts after 5 s"
        );
        assert_eq!(
            sentence(within.max(2)),
            "at most 2 calls: 1 + 1 retry; pauses up to 100 ms; at most 100 ms of waiting; \
             no attempt starts after 5 s"
        );
    }

    #[test]
    fn the_longest_wait_saturates_and_is_quick() {
        let endless = Policy::builder().max(u32::MAX).delay(Duration::MAX).build();
        assert_eq!(endless.longest_wait(u32::MAX), Duration::from_nanos(u64::MAX));
        let constant = Policy::builder().factor(1.0).delay(Duration::from_nanos(1)).build();
        assert_eq!(
            constant.longest_wait(u32::MAX - 1),
            Duration::from_nanos(u64::from(u32::MAX) - 1)
        );
    }
}
