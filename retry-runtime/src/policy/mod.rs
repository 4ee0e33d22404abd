//! Retry policies: plain data that a constant can hold, validated by the builder.

mod build;
pub(crate) mod builder;
pub(crate) mod error;
#[cfg(feature = "serde")]
mod serde_impl;

use core::fmt;
use core::time::Duration;

use crate::decide::backoff::{Backoff, Factor};
use crate::decide::budget::Budget;
use crate::decide::budget_source::BudgetSource;
use crate::decide::jitter::Jitter;
use crate::observe::observer::OwnObserver;
use crate::words::words;

/// How often a failing function is called again, and how long it pauses in between.
///
/// An annotated function has one policy, which is built from the keys of its attribute. Its `Display` is
/// the sentence that the log contains when a call gives up.
///
/// A policy is plain data: it contains no clock, no counter and no random number. So one `const` or
/// `static` can be used for all calls of a program, from all threads. The default makes few attempts,
/// because layers that retry multiply each other: three layers with three attempts each can turn one
/// call into 27 requests. Its 3 attempts and its cap of 20 s are those of the AWS SDKs' standard mode
/// (AWS SDKs and Tools Reference Guide, *Retry behavior*). [`Backoff`], [`Jitter`] and [`Budget`]
/// explain why pauses grow, why they are random, and why calls share a limit.
///
/// ```
/// use retry_runtime::Policy;
///
/// const PATIENT: Policy = Policy::builder().max(8).build();
///
/// assert_eq!(PATIENT.max(), Some(8));
/// assert_eq!(
///     Policy::DEFAULT.to_string(),
///     "at most 3 calls: 1 + 2 retries; pauses up to 100 ms, 200 ms; at most 300 ms of waiting",
/// );
/// ```
///
/// Two policies are equal if all that was set is equal. A custom backoff and an observer are functions,
/// which cannot be compared: policies with one of them are never equal.
///
/// # In a configuration file
///
/// With the feature `serde` a policy can be read, and written, in the application's own format. The
/// keys are those of [`PolicyBuilder`](crate::PolicyBuilder); what is not written has its default.
///
#[cfg_attr(feature = "serde", doc = "```")]
#[cfg_attr(not(feature = "serde"), doc = "```ignore")]
/// # use serde::Deserialize;
/// use retry_runtime::Policy;
///
/// #[derive(Deserialize)]
/// struct Configuration {
///     retries: Policy,
/// }
///
/// let configuration: Configuration =
///     serde_json::from_str(r#"{"retries": {"max": 5, "delay": "50ms", "jitter": "equal"}}"#)?;
/// assert_eq!(configuration.retries.max(), Some(5));
/// let error = serde_json::from_str::<Policy>(r#"{"max": 0}"#).unwrap_err();
/// assert!(error.to_string().starts_with("`max` counts attempts, the first included"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias("BackoffBuilder", "ExponentialBackoff", "RetryPolicy", "RetryConfig"))]
#[derive(Clone, PartialEq)]
pub struct Policy {
    /// Without a limit if `None`.
    pub(crate) max: Option<u32>,
    /// In nanoseconds, like all times here: a `u64` holds 584 years.
    pub(crate) delay: u64,
    pub(crate) backoff: Backoff,
    pub(crate) factor: Factor,
    pub(crate) max_delay: u64,
    pub(crate) max_hint: u64,
    pub(crate) throttling_delay: u64,
    pub(crate) jitter: Jitter,
    pub(crate) deadline: Option<u64>,
    pub(crate) timeout: Option<u64>,
    pub(crate) budget: BudgetSource<'static>,
    /// The capacity of each function's own budget, if it was set.
    pub(crate) own_tokens: Option<u32>,
    pub(crate) nested: NestedRetries,
    pub(crate) give_up_level: LogLevel,
    /// An additional observer for the calls of this policy.
    pub(crate) observer: Option<OwnObserver>,
    /// Whether calls and attempts have spans.
    pub(crate) span: bool,
    /// False if retries are disabled.
    pub(crate) is_enabled: bool,
    named: Named,
}

/// The default growth of the delay per retry.
const DEFAULT_FACTOR: f64 = 2.0;

/// The settings whose defaults depend on others, as far as they were set.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Named {
    max: bool,
    factor: Option<f64>,
    max_delay: bool,
    throttling_delay: bool,
}

impl Policy {
    /// The number of attempts in total, including the first; `None` if they are not limited.
    #[must_use]
    pub const fn max(&self) -> Option<u32> {
        self.max
    }

    /// The delay before the first retry, before jitter.
    #[must_use]
    pub const fn delay(&self) -> Duration {
        Duration::from_nanos(self.delay)
    }

    /// The growth of the delay per retry in exponential backoff; 1 keeps it constant.
    #[must_use]
    pub const fn factor(&self) -> f64 {
        match self.named.factor {
            Some(factor) => factor,
            None => DEFAULT_FACTOR,
        }
    }

    /// The cap of one delay, applied before jitter.
    #[must_use]
    pub const fn max_delay(&self) -> Duration {
        Duration::from_nanos(self.max_delay)
    }

    /// The longest wait that a server can ask for; a call that is asked to wait longer ends at once.
    #[must_use]
    pub const fn max_hint(&self) -> Duration {
        Duration::from_nanos(self.max_hint)
    }

    /// The delay before the first retry, before jitter, where the error is throttling.
    #[must_use]
    pub const fn throttling_delay(&self) -> Duration {
        Duration::from_nanos(self.throttling_delay)
    }

    /// How the delay grows.
    #[must_use]
    pub const fn backoff(&self) -> Backoff {
        self.backoff.copy()
    }

    /// How a delay is made random.
    #[must_use]
    pub const fn jitter(&self) -> Jitter {
        self.jitter
    }

    /// The time limit of the whole call, counted from the start of the first attempt.
    #[must_use]
    pub const fn deadline(&self) -> Option<Duration> {
        duration(self.deadline)
    }

    /// The time limit of each attempt.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        duration(self.timeout)
    }

    /// The budget that is shared with other functions; `None` if each function has its own budget, or if
    /// there is no budget.
    #[must_use]
    pub const fn budget(&self) -> Option<&'static Budget> {
        match self.budget {
            BudgetSource::Shared(budget) => Some(budget),
            BudgetSource::Own | BudgetSource::Unlimited => None,
        }
    }

    /// How a retried call behaves inside another.
    #[must_use]
    pub const fn nested(&self) -> NestedRetries {
        self.nested
    }

    /// The level at which a call that gave up is logged.
    #[must_use]
    pub const fn give_up_level(&self) -> LogLevel {
        self.give_up_level
    }

    /// Whether errors are retried at all.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.is_enabled
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Policy");
        shown
            .field("max", &self.max)
            .field("delay", &self.delay())
            .field("backoff", &self.backoff)
            .field("factor", &self.factor())
            .field("max_delay", &self.max_delay())
            .field("max_hint", &self.max_hint())
            .field("throttling_delay", &self.throttling_delay())
            .field("jitter", &self.jitter)
            .field("deadline", &self.deadline())
            .field("timeout", &self.timeout())
            .field("budget", &self.budget)
            .field("own_tokens", &self.own_tokens)
            .field("nested", &self.nested)
            .field("give_up_level", &self.give_up_level)
            .field("observer", &self.observer)
            .field("span", &self.span)
            .field("enabled", &self.is_enabled)
            .finish_non_exhaustive()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How a retried call behaves inside another.
///
/// ```
/// use retry_runtime::{NestedRetries, Policy};
///
/// let policy = Policy::builder().nested(NestedRetries::Inner).build();
/// assert_eq!(policy.nested(), "inner".parse()?);
/// # Ok::<(), retry_runtime::UnknownWord>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NestedRetries {
    /// Both retry. The first time, a WARN names both and reports how many calls they can make together.
    #[default]
    Warn,
    /// Both retry, without a log line.
    Allow,
    /// The inner one retries: once it has given up, the outer one does not retry its error, nor one that
    /// wraps it, nor a source of it. Errors are compared by their texts; without one, they may be the same.
    /// An error of the outer one itself is retried.
    Inner,
}

words!(NestedRetries { Warn => "warn", Allow => "allow", Inner => "inner" });

/// The level of a log event.
///
/// ```
/// use retry_runtime::Policy;
/// use retry_runtime::observe::LogLevel;
///
/// // A cache that is not there is no reason to wake somebody.
/// const CACHE: Policy = Policy::builder().give_up_level(LogLevel::Info).build();
/// assert_eq!(CACHE.give_up_level().to_string(), "info");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogLevel {
    /// ERROR.
    #[default]
    Error,
    /// WARN.
    Warn,
    /// INFO.
    Info,
    /// DEBUG.
    Debug,
    /// No event is logged. Metrics and observers still have it.
    Off,
}

words!(LogLevel {
    Error => "error",
    Warn => "warn",
    Info => "info",
    Debug => "debug",
    Off => "off",
});

#[expect(clippy::cast_possible_truncation, reason = "longer durations saturate")]
pub(crate) const fn nanoseconds(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
}

pub(crate) const fn duration(nanoseconds: Option<u64>) -> Option<Duration> {
    match nanoseconds {
        Some(nanoseconds) => Some(Duration::from_nanos(nanoseconds)),
        None => None,
    }
}
