//! The settings of a policy, as they are given: each one set or not.

use core::time::Duration;

use crate::decide::backoff::{Backoff, Factor};
use crate::decide::budget::Budget;
use crate::decide::budget_source::BudgetSource;
use crate::decide::jitter::Jitter;
use crate::observe::observer::{Observer, OwnObserver};
use crate::policy::error::PolicyError;
use crate::policy::{LogLevel, Named, NestedRetries, Policy, duration, nanoseconds};

pub(super) const DEFAULT_FACTOR: f64 = 2.0;
const DEFAULT_MAX: u32 = 3;
const DEFAULT_DELAY: Duration = Duration::from_millis(100);
const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(20);
const DEFAULT_MAX_HINT: Duration = Duration::from_secs(60);
const DEFAULT_THROTTLING_DELAY: Duration = Duration::from_secs(1);

/// Calls the macro `$with` with all settings that are data: the name, and the type of its value.
macro_rules! every_setting {
    ($with:ident) => {
        $with! {
            enabled: bool,
            max: MaxAttempts,
            delay: Duration,
            factor: f64,
            max_delay: Duration,
            max_hint: Duration,
            throttling_delay: Duration,
            backoff: Backoff,
            jitter: Jitter,
            deadline: Duration,
            timeout: Duration,
            budget: BudgetSetting,
            nested: NestedRetries,
            give_up_level: LogLevel,
            span: bool,
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use every_setting;

macro_rules! builder {
    ($($name:ident: $type:ty,)*) => {
        /// Settings of a policy. What is not set has its default, or stays as it was.
        ///
        /// The same settings are keys of the attribute (except for `backoff`, `throttling_delay`,
        /// `give_up_level` and `enabled`), fields of a configuration file (feature `serde`), and
        /// settings from outside (feature `overrides`).
        ///
        /// ```
        /// use retry_runtime::Policy;
        /// use std::time::Duration;
        ///
        /// const PATIENT: Policy = Policy::builder().max(10).factor(1.5).build();
        ///
        /// let from_a_file = 0;
        /// let error = Policy::builder().max(from_a_file).try_build().unwrap_err();
        /// assert_eq!(
        ///     error.to_string(),
        ///     "`max` counts attempts, the first included, so it is at least 1",
        /// );
        /// let quick = PATIENT.to_builder().delay(Duration::from_millis(5)).build();
        /// assert_eq!((quick.max(), quick.factor()), (Some(10), 1.5));
        /// ```
        #[derive(Clone, Debug, Default, PartialEq)]
        #[must_use = "a builder does nothing until `build` is called"]
        pub struct PolicyBuilder {
            $(pub(crate) $name: Option<$type>,)*
            pub(crate) observer: Option<OwnObserver>,
        }

        impl PolicyBuilder {
            const NOTHING: Self = Self { $($name: None,)* observer: None };

            /// Takes what is not set here from `other`.
            #[cfg_attr(not(feature = "overrides"), expect(dead_code, reason = "read for overrides"))]
            pub(crate) fn or(self, other: &Self) -> Self {
                Self {
                    $($name: self.$name.or_else(|| other.$name.clone()),)*
                    observer: self.observer.or(other.observer),
                }
            }
        }
    };
}
every_setting!(builder);

/// The limit of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MaxAttempts {
    /// No limit.
    None,
    /// At most this many, the first included.
    Attempts(u32),
}

/// The budget that pays for retries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BudgetSetting {
    /// No budget: there is no limit.
    None,
    /// A bucket with this many tokens for each function.
    Tokens(u32),
    /// A budget that is shared with other functions.
    Shared(&'static Budget),
}

impl PartialEq for BudgetSetting {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Tokens(one), Self::Tokens(other)) => one == other,
            (Self::Shared(one), Self::Shared(other)) => core::ptr::eq(*one, *other),
            _ => false,
        }
    }
}

/// The price of a retry after a timeout, which the smallest bucket pays.
const FEWEST_TOKENS: u32 = 10;

impl PolicyBuilder {
    /// Errors are retried (default true).
    ///
    /// If false, an error is logged and counted, and returned at once with the reason `disabled`.
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// The number of attempts in total, including the first (default 3; no limit if there is a
    /// `deadline`).
    #[doc(alias("max_attempts", "max_retries", "max_times", "stop_after_attempt", "attempts"))]
    pub const fn max(mut self, attempts: u32) -> Self {
        self.max = Some(MaxAttempts::Attempts(attempts));
        self
    }

    /// Attempts are not limited; in the attribute `max = none`.
    ///
    /// Without a `deadline`, such a call ends by success, by an error that is not retried, or by a
    /// [`Stop`](crate::Stop).
    ///
    /// ```
    /// use retry_runtime::Policy;
    ///
    /// const FOREVER: Policy = Policy::builder().without_max().build();
    /// assert_eq!(FOREVER.max(), None);
    /// assert!(FOREVER.to_string().starts_with("any number of calls; pauses up to 100 ms, 200 ms"));
    /// ```
    pub const fn without_max(mut self) -> Self {
        self.max = Some(MaxAttempts::None);
        self
    }

    /// The delay before the first retry, before jitter (default 100 ms).
    #[doc(alias("initial_interval", "initial_backoff", "min_delay", "wait_duration", "base"))]
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// The growth of the delay per retry, at least 1 (constant) (default 2).
    #[doc(alias("multiplier", "exponential_base", "backoff_rate"))]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = Some(factor);
        self
    }

    /// How the delay grows (default [`Backoff::EXPONENTIAL`]).
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// The cap of one delay, applied before jitter (default 20 s, or `delay` if that is longer).
    #[doc(alias("max_interval", "max_backoff"))]
    pub const fn max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = Some(max_delay);
        self
    }

    /// The longest wait that a server can ask for (default 60 s).
    ///
    /// A [hint](crate::Hint) up to this is followed in full, whatever `max_delay` is. A longer one ends
    /// the call at once with [`EndReason::Hint`](crate::EndReason), because an earlier attempt would fail
    /// too.
    #[doc(alias("max_retry_after"))]
    pub const fn max_hint(mut self, max_hint: Duration) -> Self {
        self.max_hint = Some(max_hint);
        self
    }

    /// The delay before the first retry, before jitter, where the error is throttling (default 1 s, or
    /// `delay` if that is longer). It is capped by `max_delay`.
    ///
    /// A service that throttles is not broken: it asks for less. 1 s is what the AWS SDKs take.
    pub const fn throttling_delay(mut self, delay: Duration) -> Self {
        self.throttling_delay = Some(delay);
        self
    }

    /// How a delay is made random (default [`Jitter::Full`]).
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = Some(jitter);
        self
    }

    /// The time limit of the whole call, counted from the start of the first attempt (default none).
    ///
    /// No attempt starts and no pause ends after it; a pause that would end exactly then is not slept.
    /// If `max` is not set, the deadline is the only limit. An async attempt that is still running at
    /// the deadline is cut, where the error can be made from [`TimedOut`](crate::TimedOut); a plain
    /// function is never interrupted.
    #[doc(alias("max_elapsed_time", "total_timeout", "stop_after_delay", "max_duration"))]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The time limit of each attempt (default none). Only async attempts can be cut.
    #[doc(alias("attempt_timeout", "operation_attempt_timeout"))]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// A budget to share with other functions (default: each annotated function has its own).
    pub const fn budget(mut self, budget: &'static Budget) -> Self {
        self.budget = Some(BudgetSetting::Shared(budget));
        self
    }

    /// The number of tokens in each function's own budget, at least 10 (default: 500, or as many as one
    /// call can take where that is more).
    ///
    /// A retry takes 5 tokens, or 10 after a timeout; 5 tokens come back every 30 seconds, as in
    /// [`Budget::new`].
    pub const fn budget_tokens(mut self, tokens: u32) -> Self {
        self.budget = Some(BudgetSetting::Tokens(tokens));
        self
    }

    /// No budget: any number of calls may retry at the same time.
    pub const fn without_budget(mut self) -> Self {
        self.budget = Some(BudgetSetting::None);
        self
    }

    /// How a retried call behaves inside another (default [`NestedRetries::Warn`]).
    pub const fn nested(mut self, nested: NestedRetries) -> Self {
        self.nested = Some(nested);
        self
    }

    /// The level at which a call that gave up is logged (default [`LogLevel::Error`]).
    pub const fn give_up_level(mut self, level: LogLevel) -> Self {
        self.give_up_level = Some(level);
        self
    }

    /// Notifies this observer of the calls' events, in addition to the observers of
    /// [`observe::add`](crate::observe::add) (default none).
    ///
    /// ```
    /// use retry_runtime::Policy;
    /// use retry_runtime::observe::{Event, Observer};
    ///
    /// struct Printer;
    /// impl Observer for Printer {
    ///     fn observe(&self, event: &Event<'_>) {
    ///         println!("{}: {:?}", event.site(), event.kind());
    ///     }
    /// }
    ///
    /// const PRINTED: Policy = Policy::builder().observer(&Printer).build();
    /// # assert_eq!(PRINTED.max(), Some(3));
    /// ```
    pub const fn observer(mut self, observer: &'static dyn Observer) -> Self {
        self.observer = Some(OwnObserver(observer));
        self
    }

    /// A span for each call, and inside it one for each attempt (default: none; feature `tracing`).
    ///
    /// It takes effect in functions with `policy = ..` or `span = true`, and for closures that are
    /// retried with this policy ([`Retry`](crate::Retry)).
    pub const fn span(mut self, span: bool) -> Self {
        self.span = Some(span);
        self
    }

    /// Not API: the limit of attempts, or none.
    #[doc(hidden)]
    pub const fn __max(self, max: Option<u32>) -> Self {
        match max {
            Some(attempts) => self.max(attempts),
            None => self.without_max(),
        }
    }

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
