//! Makes a policy from settings: their defaults, and what contradicts what; and the way back.

use core::time::Duration;

use crate::decide::backoff::{Backoff, Factor};
use crate::decide::budget_source::BudgetSource;
use crate::decide::jitter::Jitter;
use crate::policy::builder::{BudgetSetting, MaxAttempts, PolicyBuilder};
use crate::policy::error::PolicyError;
use crate::policy::{
    DEFAULT_FACTOR, LogLevel, Named, NestedRetries, Policy, duration, nanoseconds,
};

const DEFAULT_MAX: u32 = 3;
const DEFAULT_DELAY: Duration = Duration::from_millis(100);
const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(20);
const DEFAULT_MAX_HINT: Duration = Duration::from_secs(60);
const DEFAULT_THROTTLING_DELAY: Duration = Duration::from_secs(1);

/// The price of a retry after a timeout, which the smallest bucket pays.
const FEWEST_TOKENS: u32 = 10;

impl PolicyBuilder {
    /// Returns the policy, for settings that are written in the code.
    ///
    /// ```compile_fail
    /// # use retry_runtime::Policy;
    /// const NEVER: Policy = Policy::builder().max(0).build();
    /// ```
    ///
    /// # Panics
    ///
    /// If a setting is invalid, with the rule. In a constant, that is an error of the compiler. Use
    /// [`try_build`](Self::try_build) for settings that are known only when the program runs.
    #[must_use]
    #[track_caller]
    pub const fn build(self) -> Policy {
        match self.try_build() {
            Ok(policy) => policy,
            Err(error) => panic!("{}", error.rule()),
        }
    }

    /// Validates the settings and returns the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Max`] for `max = 0`, [`PolicyError::Factor`] for a factor that is below 1,
    /// above 4294967295 or not a number, [`PolicyError::UnusedFactor`] and
    /// [`PolicyError::UnusedBackoff`] for a setting that would have no effect,
    /// [`PolicyError::MaxDelay`] if `max_delay` is shorter than `delay`, [`PolicyError::Deadline`]
    /// if the deadline is 0 or too short for the shortest first pause, [`PolicyError::Timeout`] for
    /// `timeout = 0`, and [`PolicyError::Budget`] for fewer than 10 tokens.
    pub const fn try_build(self) -> Result<Policy, PolicyError> {
        let policy = match self.resolved() {
            Ok(policy) => policy,
            Err(error) => return Err(error),
        };
        if let Some(error) = self.contradiction(&policy) {
            return Err(error);
        }
        Ok(policy)
    }

    /// Fills in the defaults.
    const fn resolved(&self) -> Result<Policy, PolicyError> {
        let growth = or(self.factor, DEFAULT_FACTOR);
        let Some(factor) = Factor::new(growth) else {
            return Err(PolicyError::Factor { factor: growth });
        };
        let delay = or(self.delay, DEFAULT_DELAY);
        let (budget, own_tokens) = match self.budget {
            None => (BudgetSource::Own, None),
            Some(BudgetSetting::Tokens(tokens)) => (BudgetSource::Own, Some(tokens)),
            Some(BudgetSetting::Shared(budget)) => (BudgetSource::Shared(budget), None),
            Some(BudgetSetting::None) => (BudgetSource::Unlimited, None),
        };
        Ok(Policy {
            max: match self.max {
                Some(MaxAttempts::Attempts(attempts)) => Some(attempts),
                Some(MaxAttempts::None) => None,
                // A deadline that stands alone is the limit.
                None if self.deadline.is_some() => None,
                None => Some(DEFAULT_MAX),
            },
            delay: nanoseconds(delay),
            backoff: match &self.backoff {
                Some(backoff) => backoff.copy(),
                None => Backoff::EXPONENTIAL,
            },
            factor,
            max_delay: nanoseconds(or(self.max_delay, longer(DEFAULT_MAX_DELAY, delay))),
            max_hint: nanoseconds(or(self.max_hint, DEFAULT_MAX_HINT)),
            throttling_delay: nanoseconds(or(
                self.throttling_delay,
                longer(DEFAULT_THROTTLING_DELAY, delay),
            )),
            jitter: or(self.jitter, Jitter::Full),
            deadline: optional_nanoseconds(self.deadline),
            timeout: optional_nanoseconds(self.timeout),
            budget,
            own_tokens,
            nested: or(self.nested, NestedRetries::Warn),
            give_up_level: or(self.give_up_level, LogLevel::Error),
            observer: self.observer,
            span: or(self.span, false),
            is_enabled: or(self.enabled, true),
            named: Named {
                max: self.max.is_some(),
                factor: self.factor,
                max_delay: self.max_delay.is_some(),
                throttling_delay: self.throttling_delay.is_some(),
            },
        })
    }

    /// Why the settings contradict each other, if so.
    const fn contradiction(&self, policy: &Policy) -> Option<PolicyError> {
        if matches!(policy.max, Some(0)) {
            return Some(PolicyError::Max);
        }
        if matches!(policy.timeout, Some(0)) {
            return Some(PolicyError::Timeout);
        }
        if let Some(tokens) = policy.own_tokens {
            if tokens < FEWEST_TOKENS {
                return Some(PolicyError::Budget { tokens });
            }
        }
        let is_exponential = policy.backoff.is_exponential();
        if self.factor.is_some() && !is_exponential {
            return Some(PolicyError::UnusedFactor);
        }
        if matches!(policy.jitter, Jitter::Decorrelated) && !is_exponential {
            return Some(PolicyError::UnusedBackoff);
        }
        let (delay, max_delay) = (policy.delay(), policy.max_delay());
        let uses_delay = !policy.backoff.is_custom();
        if uses_delay && policy.max_delay < policy.delay {
            return Some(PolicyError::MaxDelay { max_delay, delay });
        }
        if let Some(deadline) = policy.deadline {
            let shortest = if uses_delay { policy.shortest_pause() } else { 0 };
            let has_retries = !matches!(policy.max, Some(1));
            if deadline == 0 || (has_retries && shortest >= deadline) {
                let deadline = Duration::from_nanos(deadline);
                return Some(PolicyError::Deadline { deadline, delay });
            }
        }
        None
    }
}

impl Policy {
    /// Three attempts in total, a delay that starts at 100 ms and doubles up to 20 s, full jitter, no
    /// deadline, and one budget for each annotated function.
    pub const DEFAULT: Self = PolicyBuilder::NOTHING.build();

    /// Returns a builder that starts from [`Policy::DEFAULT`].
    ///
    /// ```
    /// use retry_runtime::{Policy, PolicyError};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::builder().max(5).delay(Duration::from_millis(50)).build();
    /// assert_eq!(policy.max(), Some(5));
    /// let error = Policy::builder().factor(0.5).try_build().unwrap_err();
    /// assert!(matches!(error, PolicyError::Factor { factor: 0.5, .. }));
    /// ```
    pub const fn builder() -> PolicyBuilder {
        PolicyBuilder::NOTHING
    }

    /// Returns a builder that starts from this policy.
    ///
    /// ```
    /// use retry_runtime::Policy;
    /// use std::time::Duration;
    ///
    /// const PATIENT: Policy = Policy::builder().max(8).build();
    /// const BOUNDED: Policy = PATIENT.to_builder().deadline(Duration::from_secs(10)).build();
    /// assert_eq!((BOUNDED.max(), BOUNDED.deadline()), (Some(8), Some(Duration::from_secs(10))));
    /// ```
    pub const fn to_builder(&self) -> PolicyBuilder {
        let Named { max, factor, max_delay, throttling_delay } = self.named;
        PolicyBuilder {
            enabled: Some(self.is_enabled),
            max: match self.max {
                _ if !max => None,
                Some(attempts) => Some(MaxAttempts::Attempts(attempts)),
                None => Some(MaxAttempts::None),
            },
            delay: Some(self.delay()),
            factor,
            max_delay: if max_delay { Some(self.max_delay()) } else { None },
            max_hint: Some(self.max_hint()),
            throttling_delay: if throttling_delay { Some(self.throttling_delay()) } else { None },
            backoff: Some(self.backoff.copy()),
            jitter: Some(self.jitter),
            deadline: duration(self.deadline),
            timeout: duration(self.timeout),
            budget: match (self.budget, self.own_tokens) {
                (BudgetSource::Own, None) => None,
                (BudgetSource::Own, Some(tokens)) => Some(BudgetSetting::Tokens(tokens)),
                (BudgetSource::Shared(budget), _) => Some(BudgetSetting::Shared(budget)),
                (BudgetSource::Unlimited, _) => Some(BudgetSetting::None),
            },
            nested: Some(self.nested),
            give_up_level: Some(self.give_up_level),
            observer: self.observer,
            span: Some(self.span),
        }
    }

    /// Not API: a copy, also in a constant and where no trait is in scope.
    #[doc(hidden)]
    #[must_use]
    pub const fn __copy(&self) -> Self {
        Self { backoff: self.backoff.copy(), ..*self }
    }

    /// Not API: unchecked, because the attribute has already checked the literal.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_max(&self, max: Option<u32>) -> Self {
        Self { max, named: Named { max: true, ..self.named }, ..self.__copy() }
    }

    /// Not API: a setting that contradicts nothing needs no check.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_max_hint(&self, max_hint: Duration) -> Self {
        Self { max_hint: nanoseconds(max_hint), ..self.__copy() }
    }

    /// Not API: a setting that contradicts nothing needs no check.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_nested(&self, nested: NestedRetries) -> Self {
        Self { nested, ..self.__copy() }
    }

    /// Not API: a setting that contradicts nothing needs no check.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_span(&self, span: bool) -> Self {
        Self { span, ..self.__copy() }
    }
}

/// What is set, or the default.
const fn or<T: Copy>(set: Option<T>, default: T) -> T {
    match set {
        Some(value) => value,
        None => default,
    }
}

const fn longer(one: Duration, other: Duration) -> Duration {
    if nanoseconds(one) > nanoseconds(other) { one } else { other }
}

const fn optional_nanoseconds(duration: Option<Duration>) -> Option<u64> {
    match duration {
        Some(duration) => Some(nanoseconds(duration)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_leaves_room_for_a_retry() {
        let builder = |jitter, deadline| {
            let deadline = Duration::from_millis(deadline);
            Policy::builder().jitter(jitter).deadline(deadline).try_build().is_ok()
        };
        assert!(builder(Jitter::Full, 1) && !builder(Jitter::Full, 0));
        assert!(builder(Jitter::Equal, 51) && !builder(Jitter::Equal, 50));
        assert!(builder(Jitter::Decorrelated, 101) && !builder(Jitter::Decorrelated, 100));
        assert!(builder(Jitter::None, 101) && !builder(Jitter::None, 100));
        // With a single attempt there is no pause that could be too long.
        let once = Policy::builder().max(1).jitter(Jitter::None);
        assert!(once.deadline(Duration::from_nanos(1)).try_build().is_ok());
    }

    #[test]
    fn a_builder_of_a_policy_builds_it_again() {
        for builder in [
            Policy::builder(),
            Policy::builder().max(9).factor(1.1).delay(Duration::from_secs(30)),
            Policy::builder().backoff(Backoff::LINEAR).max_delay(Duration::from_secs(1)),
            Policy::builder().deadline(Duration::from_secs(1)).without_budget(),
        ] {
            let policy = builder.build();
            assert_eq!(policy.to_builder().build(), policy);
        }
        let long = Policy::builder().delay(Duration::from_secs(60)).build();
        let short = long.to_builder().delay(Duration::from_secs(1)).build();
        assert_eq!(short.max_delay(), Duration::from_secs(20));
    }

    #[test]
    fn delay_does_not_limit_the_delays_of_a_custom_backoff() {
        let own = Policy::builder().backoff(Backoff::custom(&|_| Duration::from_millis(10)));
        let short = own.max_delay(Duration::from_millis(50));
        let policy = short.deadline(Duration::from_millis(60)).build();
        assert_eq!(policy.to_builder().build().to_string(), policy.to_string());
        assert_ne!(policy.clone(), policy, "functions cannot be compared");
    }

    #[test]
    fn decorrelated_jitter_refuses_other_backoffs() {
        let decorrelated = Policy::builder().jitter(Jitter::Decorrelated);
        for backoff in [Backoff::LINEAR, Backoff::FIBONACCI, Backoff::custom(&|_| Duration::ZERO)] {
            let policy = decorrelated.clone().backoff(backoff).try_build();
            assert_eq!(policy, Err(PolicyError::UnusedBackoff));
        }
    }

    #[test]
    fn a_long_first_delay_raises_the_default_cap() {
        let policy = Policy::builder().delay(Duration::from_secs(60)).build();
        assert_eq!(policy.max_delay(), Duration::from_secs(60));
    }

    #[test]
    fn refuses_impossible_values() {
        assert_eq!(Policy::builder().max(0).try_build(), Err(PolicyError::Max));
        for factor in [f64::INFINITY, f64::NEG_INFINITY, -2.0, 0.0, 0.5] {
            assert_eq!(
                Policy::builder().factor(factor).try_build(),
                Err(PolicyError::Factor { factor })
            );
        }
        let nan = Policy::builder().factor(f64::NAN).try_build();
        assert!(matches!(nan, Err(PolicyError::Factor { factor }) if factor.is_nan()));
        let (delay, max_delay) = (Duration::from_secs(2), Duration::from_secs(1));
        assert_eq!(
            Policy::builder().delay(delay).max_delay(max_delay).try_build(),
            Err(PolicyError::MaxDelay { max_delay, delay })
        );
    }
}
