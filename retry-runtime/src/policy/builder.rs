//! The settings of a policy, as they are given: each one set or not.

use core::time::Duration;

use crate::decide::backoff::Backoff;
use crate::decide::budget::Budget;
use crate::decide::jitter::Jitter;
use crate::observe::observer::{Observer, OwnObserver};
use crate::policy::{LogLevel, NestedRetries};

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
            pub(super) const NOTHING: Self = Self { $($name: None,)* observer: None };

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
}
