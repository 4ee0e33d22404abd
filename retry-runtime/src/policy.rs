//! Retry policies: plain data that a constant can hold, validated by the builder.

use core::time::Duration;
use std::io;

use crate::decide::backoff::{Backoff, Factor};
use crate::decide::budget::Budget;
use crate::decide::budget_source::BudgetSource;
use crate::decide::jitter::Jitter;
use crate::observe::observer::{Observer, OwnObserver};

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
/// assert_eq!(
///     Policy::DEFAULT.to_string(),
///     "at most 3 calls: 1 + 2 retries; pauses up to 100 ms, 200 ms; at most 300 ms of waiting",
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub(crate) max: u32,
    /// In nanoseconds, like all times here: a `u64` holds 584 years.
    pub(crate) delay: u64,
    pub(crate) backoff: Backoff,
    pub(crate) factor: Factor,
    /// The factor that was passed to the builder, if any.
    given_factor: Option<f64>,
    pub(crate) max_delay: u64,
    pub(crate) max_hint: u64,
    pub(crate) jitter: Jitter,
    pub(crate) deadline: Option<u64>,
    pub(crate) budget: BudgetSource<'static>,
    pub(crate) nested: NestedRetries,
    /// An additional observer for the calls of this policy.
    pub(crate) observer: Option<OwnObserver>,
    /// Whether calls and attempts have spans.
    pub(crate) span: bool,
    /// False if settings from outside have disabled retries.
    pub(crate) is_enabled: bool,
}

impl Policy {
    /// Three attempts in total, a delay that starts at 100 ms and doubles up to 20 s, full jitter, no
    /// deadline, and one budget for each annotated function.
    pub const DEFAULT: Self = match PolicyBuilder::new().build() {
        Ok(policy) => policy,
        Err(_) => unreachable!(),
    };

    /// Returns a builder that starts from [`Policy::DEFAULT`].
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

    /// The number of attempts in total, including the first; at least 1.
    #[must_use]
    pub const fn max(&self) -> u32 {
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
        match self.given_factor {
            Some(factor) => factor,
            None => PolicyBuilder::DEFAULT_FACTOR,
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

    /// How the delay grows.
    #[must_use]
    pub const fn backoff(&self) -> Backoff {
        self.backoff
    }

    /// How a delay is made random.
    #[must_use]
    pub const fn jitter(&self) -> Jitter {
        self.jitter
    }

    /// The time, counted from the start of the first attempt, before which every attempt starts
    /// and every pause ends.
    #[must_use]
    pub const fn deadline(&self) -> Option<Duration> {
        match self.deadline {
            Some(deadline) => Some(Duration::from_nanos(deadline)),
            None => None,
        }
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

    /// Returns a builder that starts from this policy.
    ///
    /// ```
    /// use retry_runtime::Policy;
    /// use std::time::Duration;
    ///
    /// let policy = Policy::DEFAULT.to_builder().deadline(Duration::from_secs(10)).build()?;
    /// assert_eq!((policy.max(), policy.deadline()), (3, Some(Duration::from_secs(10))));
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// ```
    pub const fn to_builder(&self) -> PolicyBuilder {
        let default = nanoseconds(PolicyBuilder::DEFAULT_MAX_DELAY);
        PolicyBuilder {
            max: self.max,
            delay: Duration::from_nanos(self.delay),
            backoff: self.backoff,
            factor: self.given_factor,
            // If a long delay raised the default cap, the new builder computes the cap again.
            max_delay: if self.max_delay == default
                || (self.max_delay > default && self.max_delay == self.delay)
            {
                None
            } else {
                Some(Duration::from_nanos(self.max_delay))
            },
            max_hint: self.max_hint(),
            jitter: self.jitter,
            deadline: self.deadline(),
            budget: self.budget,
            nested: self.nested,
            observer: self.observer,
            span: self.span,
        }
    }

    /// Not API: unchecked, because the attribute has already checked the literal.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_max(&self, max: u32) -> Self {
        Self { max, ..*self }
    }

    /// Not API: a setting that contradicts nothing needs no check.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_max_hint(&self, max_hint: Duration) -> Self {
        Self { max_hint: nanoseconds(max_hint), ..*self }
    }

    /// Not API: a setting that contradicts nothing needs no check.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_nested(&self, nested: NestedRetries) -> Self {
        Self { nested, ..*self }
    }

    /// Not API: a setting that contradicts nothing needs no check.
    #[doc(hidden)]
    #[must_use]
    pub const fn __with_span(&self, span: bool) -> Self {
        Self { span, ..*self }
    }
}

/// How a retried call behaves inside another.
///
/// ```
/// use retry_runtime::{NestedRetries, Policy};
///
/// let policy = Policy::builder().nested(NestedRetries::Inner).build()?;
/// assert_eq!(policy.nested(), NestedRetries::Inner);
/// # Ok::<(), retry_runtime::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NestedRetries {
    /// Both retry. The first time, a WARN names both and reports how many calls they can make together.
    #[default]
    Warn,
    /// Both retry, without a log line.
    Allow,
    /// The inner one retries: after it has given up, the outer one returns its error at once.
    Inner,
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |policy: &Self| {
            (policy.max, policy.delay, policy.factor, policy.max_delay, policy.deadline)
        };
        numbers(self) == numbers(other)
            && (self.max_hint, self.backoff, self.jitter, self.nested)
                == (other.max_hint, other.backoff, other.jitter, other.nested)
            && self.budget == other.budget
            && (self.observer, self.span, self.is_enabled)
                == (other.observer, other.span, other.is_enabled)
    }
}

impl Eq for Policy {}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Collects the settings that differ from [`Policy::DEFAULT`]; usable in constants.
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
    backoff: Backoff,
    factor: Option<f64>,
    max_delay: Option<Duration>,
    max_hint: Duration,
    jitter: Jitter,
    deadline: Option<Duration>,
    budget: BudgetSource<'static>,
    nested: NestedRetries,
    observer: Option<OwnObserver>,
    span: bool,
}

impl PolicyBuilder {
    const DEFAULT_FACTOR: f64 = 2.0;
    const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(20);
    const DEFAULT_MAX_HINT: Duration = Duration::from_secs(60);

    const fn new() -> Self {
        Self {
            max: 3,
            delay: Duration::from_millis(100),
            backoff: Backoff::Exponential,
            factor: None,
            max_delay: None,
            max_hint: Self::DEFAULT_MAX_HINT,
            jitter: Jitter::Full,
            deadline: None,
            budget: BudgetSource::Own,
            nested: NestedRetries::Warn,
            observer: None,
            span: false,
        }
    }

    /// The number of attempts in total, including the first (default 3).
    pub const fn max(mut self, attempts: u32) -> Self {
        self.max = attempts;
        self
    }

    /// The delay before the first retry, before jitter (default 100 ms).
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The growth of the delay per retry, at least 1 (constant) (default 2).
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = Some(factor);
        self
    }

    /// How the delay grows (default [`Backoff::Exponential`]).
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The cap of one delay, applied before jitter (default 20 s, or `delay` if that is longer).
    pub const fn max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = Some(max_delay);
        self
    }

    /// The longest wait that a server can ask for (default 60 s).
    ///
    /// A [hint](crate::Hint) up to this is followed in full, whatever `max_delay` is. A longer one ends
    /// the call at once with [`EndReason::Hint`](crate::EndReason), because an earlier attempt would fail
    /// too.
    pub const fn max_hint(mut self, max_hint: Duration) -> Self {
        self.max_hint = max_hint;
        self
    }

    /// How a delay is made random (default [`Jitter::Full`]).
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The time, counted from the start of the first attempt, before which every attempt starts
    /// and every pause ends (default none). A pause that would end exactly then is not slept. It
    /// never interrupts a running attempt.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// A budget to share with other functions (default: each annotated function has its own).
    pub const fn budget(mut self, budget: &'static Budget) -> Self {
        self.budget = BudgetSource::Shared(budget);
        self
    }

    /// No budget: any number of calls may retry at the same time.
    pub const fn without_budget(mut self) -> Self {
        self.budget = BudgetSource::Unlimited;
        self
    }

    /// How a retried call behaves inside another (default [`NestedRetries::Warn`]).
    pub const fn nested(mut self, nested: NestedRetries) -> Self {
        self.nested = nested;
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
    /// const PRINTED: Policy = match Policy::builder().observer(&Printer).build() {
    ///     Ok(policy) => policy,
    ///     Err(_) => panic!("valid"),
    /// };
    /// # assert_eq!(PRINTED.max(), 3);
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
        self.span = span;
        self
    }

    /// Validates the settings and returns the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Max`] for `max = 0`, [`PolicyError::Factor`] for a factor that is below 1,
    /// above 4294967295 or not a number, [`PolicyError::UnusedFactor`] and
    /// [`PolicyError::UnusedBackoff`] for a setting that would have no effect,
    /// [`PolicyError::MaxDelay`] if `max_delay` is shorter than `delay`, and [`PolicyError::Deadline`]
    /// if the deadline is 0 or too short for the shortest first pause.
    pub const fn build(self) -> Result<Policy, PolicyError> {
        if self.max == 0 {
            return Err(PolicyError::Max);
        }
        let is_exponential = matches!(self.backoff, Backoff::Exponential);
        if self.factor.is_some() && !is_exponential {
            return Err(PolicyError::UnusedFactor);
        }
        if matches!(self.jitter, Jitter::Decorrelated) && !is_exponential {
            return Err(PolicyError::UnusedBackoff);
        }
        let growth = match self.factor {
            Some(factor) => factor,
            None => Self::DEFAULT_FACTOR,
        };
        let Some(factor) = Factor::new(growth) else {
            return Err(PolicyError::Factor { factor: growth });
        };
        let delay = nanoseconds(self.delay);
        let uses_delay = !matches!(self.backoff, Backoff::Custom(_));
        let max_delay = if let Some(max_delay) = self.max_delay {
            if uses_delay && nanoseconds(max_delay) < delay {
                return Err(PolicyError::MaxDelay { max_delay, delay: self.delay });
            }
            nanoseconds(max_delay)
        } else {
            let default = nanoseconds(Self::DEFAULT_MAX_DELAY);
            if delay > default { delay } else { default }
        };
        let deadline = match self.deadline {
            Some(deadline) => Some(nanoseconds(deadline)),
            None => None,
        };
        let policy = Policy {
            max: self.max,
            delay,
            backoff: self.backoff,
            factor,
            given_factor: self.factor,
            max_delay,
            max_hint: nanoseconds(self.max_hint),
            jitter: self.jitter,
            deadline,
            budget: self.budget,
            nested: self.nested,
            observer: self.observer,
            span: self.span,
            is_enabled: true,
        };
        if let Some(deadline) = self.deadline {
            let shortest = if uses_delay { policy.shortest_pause() } else { 0 };
            if deadline.is_zero() || (self.max > 1 && shortest >= nanoseconds(deadline)) {
                return Err(PolicyError::Deadline { deadline, delay: self.delay });
            }
        }
        Ok(policy)
    }
}

/// Why a policy is invalid.
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
    /// `factor` is NaN, below 1, or above 4294967295.
    #[error("{}, not {factor}", self.rule())]
    Factor {
        /// The value that was given.
        factor: f64,
    },
    /// `factor` is set, and the backoff is not exponential.
    #[error("{}", self.rule())]
    UnusedFactor,
    /// Decorrelated jitter, which grows from the previous pause, is combined with a backoff that is not
    /// exponential.
    #[error("{}", self.rule())]
    UnusedBackoff,
    /// `max_delay` is shorter than `delay`.
    #[error("`max_delay` ({max_delay:?}) is shorter than the first `delay` ({delay:?})")]
    MaxDelay {
        /// The cap that was given.
        max_delay: Duration,
        /// The first delay that was given.
        delay: Duration,
    },
    /// The deadline is too short for the first retry to start.
    #[error("{}", self.deadline_missed())]
    Deadline {
        /// The deadline that was given.
        deadline: Duration,
        /// The first delay.
        delay: Duration,
    },
}

impl PolicyError {
    fn deadline_missed(&self) -> String {
        match self {
            Self::Deadline { deadline, .. } if deadline.is_zero() => {
                "`deadline` is 0, which leaves no time".to_owned()
            }
            Self::Deadline { deadline, delay } => format!(
                "`deadline` ({deadline:?}) is too short for the first pause (`delay` is {delay:?})"
            ),
            _ => self.rule().to_owned(),
        }
    }

    /// The violated rule without the values, because a panic in a constant cannot format them.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Max => "`max` counts attempts, the first included, so it is at least 1",
            Self::Factor { .. } => "`factor` is a number from 1 (constant delay) to 4294967295",
            Self::UnusedFactor => "`factor` is used by exponential backoff only",
            Self::UnusedBackoff => "`backoff` is not used with decorrelated jitter",
            Self::MaxDelay { .. } => "`max_delay` is shorter than the first `delay`",
            Self::Deadline { .. } => "`deadline` ends before the first pause could",
        }
    }
}

impl From<PolicyError> for io::Error {
    fn from(error: PolicyError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// A construction failure, because the settings were invalid before the first request was sent.
#[cfg(feature = "aws")]
impl<E, R> From<PolicyError> for aws_smithy_runtime_api::client::result::SdkError<E, R> {
    fn from(error: PolicyError) -> Self {
        Self::construction_failure(error)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "longer durations saturate")]
pub(crate) const fn nanoseconds(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_leaves_room_for_a_retry() {
        let builder = |jitter, deadline| {
            let deadline = Duration::from_millis(deadline);
            Policy::builder().jitter(jitter).deadline(deadline).build().is_ok()
        };
        assert!(builder(Jitter::Full, 1) && !builder(Jitter::Full, 0));
        assert!(builder(Jitter::Equal, 51) && !builder(Jitter::Equal, 50));
        assert!(builder(Jitter::Decorrelated, 101) && !builder(Jitter::Decorrelated, 100));
        assert!(builder(Jitter::None, 101) && !builder(Jitter::None, 100));
        // With a single attempt there is no pause that could be too long.
        let once = Policy::builder().max(1).jitter(Jitter::None);
        assert!(once.deadline(Duration::from_nanos(1)).build().is_ok());
    }

    #[test]
    fn a_builder_of_a_policy_builds_it_again() {
        for builder in [
            Policy::builder(),
            Policy::builder().max(9).factor(1.1).delay(Duration::from_secs(30)),
            Policy::builder().backoff(Backoff::Linear).max_delay(Duration::from_secs(1)),
            Policy::builder().deadline(Duration::from_secs(1)).without_budget(),
        ] {
            let policy = builder.build().expect("valid");
            assert_eq!(policy.to_builder().build(), Ok(policy));
        }
        let long = Policy::builder().delay(Duration::from_secs(60)).build().expect("valid");
        let short = long.to_builder().delay(Duration::from_secs(1)).build().expect("valid");
        assert_eq!(short.max_delay(), Duration::from_secs(20));
    }

    #[test]
    fn delay_does_not_limit_the_delays_of_a_custom_backoff() {
        let own = Policy::builder().backoff(Backoff::Custom(|_| Duration::from_millis(10)));
        let short = own.max_delay(Duration::from_millis(50));
        let policy = short.deadline(Duration::from_millis(60)).build().expect("valid");
        assert_eq!(policy.to_builder().build(), Ok(policy));
    }

    #[test]
    fn decorrelated_jitter_refuses_other_backoffs() {
        let decorrelated = Policy::builder().jitter(Jitter::Decorrelated);
        for backoff in [Backoff::Linear, Backoff::Fibonacci, Backoff::Custom(|_| Duration::ZERO)] {
            let policy = decorrelated.backoff(backoff).build();
            assert_eq!(policy, Err(PolicyError::UnusedBackoff));
        }
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
