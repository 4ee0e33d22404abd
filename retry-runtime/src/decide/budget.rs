//! The budget that many calls share: a bucket of tokens, or a ratio of retries to calls.
//!
//! Lock-free. Every decision is one atomic step or a reservation that is taken back, so that no
//! number of threads is ever granted one retry too many. Time is passed in.

// By their paths, because the tests of interleavings take these files in from elsewhere.
#[path = "budget/ratio.rs"]
mod ratio;
#[path = "budget/tokens.rs"]
mod tokens;

use core::time::Duration;
use std::sync::{Arc, OnceLock};

pub(crate) use tokens::{Costs, Refill, Tokens};

use ratio::Ratio;

/// Limits the retries of all calls that share it.
///
/// Retries help while few calls fail. When a service is down, every call fails, and three attempts
/// for each call triple the load on a service that could not carry the usual load. Such a service does
/// not recover: the retries keep it down after the cause is gone. Backoff does not prevent that: it
/// delays the retries of one call, and as many new calls arrive in the meantime. What helps is to stop
/// retrying when too many calls fail at once. That is what a budget does. A failing call still makes
/// its first attempt, so the program notices when the service is back.
///
/// Every annotated function has a budget of its own with the figures of [`Budget::new`]. Functions that
/// call the same service can share one, `#[retry_on(.., budget = &DATABASE)]`, because it is the
/// service that must be protected, and `budget = none` does without. An empty budget ends a call with
/// the reason `budget`, and the call returns its own last error.
///
/// | | tokens | a retry takes | after a timeout | after throttling | comes back with time |
/// |---|---|---|---|---|---|
/// | [`Budget::new`] | 500 | 5 | 10 | 5 | 5 in 30 seconds |
/// | [`Budget::standard`] | 500 | 14 | 14 | 5 | nothing |
/// | [`Budget::standard_2_0`] | 500 | 5 | 10 | 5 | nothing |
/// | [`Budget::builder`] | as you say | | | | |
/// | [`Budget::ratio`] | none: counts the calls and retries of the last seconds | | | | |
///
/// A call that succeeds after a retry gives back what its last retry took, and a call that succeeds at
/// once gives back 1 token, up to the capacity. What a retry took that was never made comes back too:
/// where a `Stop` or the deadline ended the call in the pause before it, or where the
/// future was dropped in that pause.
///
/// ```
/// use retry_runtime::{Budget, retry_on};
///
/// static DATABASE: Budget = Budget::new();
///
/// #[retry_on(_, budget = &DATABASE, delay = "0ms")]
/// fn query() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// query().unwrap_err();
/// assert_eq!(DATABASE.available(), 500 - 2 * 5);
/// ```
///
/// A `Budget` is usually a `static`. It can also be a field (`budget = &self.budget`) or be made at run
/// time and shared by an `Arc`.
#[derive(Debug)]
#[doc(alias("TpsBudget", "RetryQuota", "token bucket"))]
pub struct Budget {
    figures: Figures,
    /// Made when something first happens that changes it. Behind a pointer of its own, so that a call
    /// that is dropped can give back what it took, whatever its budget is borrowed from.
    bucket: OnceLock<Arc<Bucket>>,
}

/// What was asked for.
#[derive(Clone, Copy, Debug)]
enum Figures {
    Tokens { capacity: u32, costs: Costs, refill: Refill },
    Ratio { per_call: u64, floor: u64, slot: u64 },
}

/// What has been taken.
#[derive(Debug)]
pub(crate) enum Bucket {
    Tokens(Tokens),
    Ratio(Ratio),
}

/// What a retry is paid for, where that makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// An error.
    Error,
    /// An error by which the service asks for less.
    Throttled,
    /// An attempt that took too long.
    TimedOut,
    /// A value that polling goes on after: no failure, so it takes nothing.
    NotYet,
}

impl Budget {
    /// The figures that every annotated function has by default: 500 tokens; a retry takes 5, after a
    /// timeout 10; 5 tokens come back every 30 seconds.
    ///
    /// So 100 calls can retry at once (50 after timeouts) before the first one is refused; more calls
    /// at once need a larger budget, [`Budget::builder`]. In the long run, a success gives back 1 and a
    /// retry takes 5: retries are a fifth of the calls, as in Finagle and Linkerd. After an outage, the
    /// budget is full again within an hour, however few calls there are. It fills slowly, because many
    /// small processes are limited by nothing else: 2,000 processes with nine calls a minute would
    /// triple the load of an outage if each could retry once a second. At one retry in 30 seconds, the
    /// load stays below 1.25 times the usual.
    ///
    /// Source of 500, 5, 10 and 1: the AWS SDKs' standard mode, [`Budget::standard_2_0`].
    #[must_use]
    pub const fn new() -> Self {
        Self::of(Figures::OWN)
    }

    /// The figures of the AWS SDKs' standard mode since November 2026 (version 2.1): 500 tokens; a retry
    /// takes 14, after throttling (by the error's code) 5; nothing comes back with time.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, *Retry behavior*.
    #[must_use]
    pub const fn standard() -> Self {
        let costs = Costs { error: 14, throttled: 5, timed_out: 14 };
        Self::of(Figures::Tokens { capacity: Tokens::CAPACITY, costs, refill: Refill::NONE })
    }

    /// The figures of the AWS SDKs' standard mode before November 2026 (version 2.0): 500 tokens; a
    /// retry takes 5, after a timeout 10; nothing comes back with time.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, *Retry behavior*.
    #[must_use]
    pub const fn standard_2_0() -> Self {
        let (capacity, costs) = (Tokens::CAPACITY, Costs::OWN);
        Self::of(Figures::Tokens { capacity, costs, refill: Refill::NONE })
    }

    /// A budget with other figures than those of [`Budget::new`]; usable in constants.
    ///
    /// ```
    /// use retry_runtime::Budget;
    ///
    /// // 1000 calls can retry at once.
    /// static SEARCH: Budget = Budget::builder().capacity(5000).build();
    /// assert_eq!(SEARCH.available(), 5000);
    /// ```
    pub const fn builder() -> BudgetBuilder {
        BudgetBuilder::NEW
    }

    /// Within any `window`, as many retries as `ratio` times the calls, and `min_per_second` more, which
    /// let a program with few calls retry at all.
    ///
    /// Finagle, Linkerd and tower have such a budget by default, with a ratio of 0.2, 10 a second and a
    /// window of 10 seconds. A call counts when it succeeds or first fails; each call reads the clock.
    /// Every cause of a retry costs the same.
    ///
    /// ```
    /// use retry_runtime::Budget;
    /// use std::time::Duration;
    ///
    /// static SEARCH: Budget = Budget::ratio(0.2, 10, Duration::from_secs(10));
    /// assert_eq!(SEARCH.available(), 100);
    /// ```
    ///
    /// # Panics
    ///
    /// Where [`Budget::try_ratio`] returns an error. In a constant or a `static`, that is a compile
    /// error.
    #[must_use]
    #[track_caller]
    pub const fn ratio(ratio: f64, min_per_second: u32, window: Duration) -> Self {
        match Figures::ratio(ratio, min_per_second, window) {
            Ok(figures) => Self::of(figures),
            Err(error) => panic!("{}", error.rule()),
        }
    }

    /// The same as [`Budget::ratio`], for values that are known only at run time.
    ///
    /// ```
    /// use retry_runtime::{Budget, BudgetError};
    /// use std::time::Duration;
    ///
    /// let budget = Budget::try_ratio(0.1, 1, Duration::from_secs(10))?;
    /// assert_eq!(budget.available(), 10);
    /// # Ok::<(), BudgetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BudgetError::Ratio`] unless `ratio` is a number from 0 to 1000, [`BudgetError::Window`] unless
    /// `window` lasts from a second to an hour, [`BudgetError::TooSmall`] where both `ratio` and
    /// `min_per_second` are 0.
    pub const fn try_ratio(
        ratio: f64,
        min_per_second: u32,
        window: Duration,
    ) -> Result<Self, BudgetError> {
        match Figures::ratio(ratio, min_per_second, window) {
            Ok(figures) => Ok(Self::of(figures)),
            Err(error) => Err(error),
        }
    }

    const fn of(figures: Figures) -> Self {
        Self { figures, bucket: OnceLock::new() }
    }

    pub(crate) fn bucket(&self) -> &Arc<Bucket> {
        self.bucket.get_or_init(|| Arc::new(Bucket::new(self.figures)))
    }

    /// The tokens that are left, with those that came back until now; of a [`Budget::ratio`], the
    /// retries that would be granted now.
    #[must_use]
    pub fn available(&self) -> u32 {
        self.bucket().available(crate::clock::since_start)
    }

    /// Whether a success without a retry has something to tell it.
    #[inline]
    pub(crate) fn listens(&self) -> bool {
        match self.figures {
            Figures::Tokens { .. } => self.bucket.get().is_some_and(|bucket| bucket.listens()),
            Figures::Ratio { .. } => true,
        }
    }

    /// A call succeeded, after a retry that took something or at once.
    pub(crate) fn succeeded(&self, taken: Option<u32>, now: impl FnOnce() -> u64) {
        self.bucket().succeeded(taken, now);
    }

    /// A call failed for the first time.
    pub(crate) fn first_failed(&self, now: impl FnOnce() -> u64) {
        if let Bucket::Ratio(ratio) = &**self.bucket() {
            ratio.called(now());
        }
    }
}

impl Bucket {
    fn new(figures: Figures) -> Self {
        match figures {
            Figures::Tokens { capacity, costs, refill } => {
                Self::Tokens(Tokens::new(capacity, capacity, costs, refill))
            }
            Figures::Ratio { per_call, floor, slot } => {
                Self::Ratio(Ratio::new(per_call, floor, slot))
            }
        }
    }

    pub(crate) fn available(&self, now: impl FnOnce() -> u64) -> u32 {
        match self {
            Self::Tokens(tokens) => tokens.available(tokens.capacity, now),
            Self::Ratio(ratio) => ratio.available(now()),
        }
    }

    /// Asks for one retry: what it took, `None` where there is not enough. `now` is in nanoseconds
    /// and is asked for where it matters.
    pub(crate) fn take(&self, cause: Cause, now: impl FnOnce() -> u64) -> Option<u32> {
        match self {
            Self::Tokens(tokens) => tokens.take(tokens.capacity, cause, now),
            Self::Ratio(_) if cause == Cause::NotYet => Some(0),
            Self::Ratio(ratio) => ratio.take(now()),
        }
    }

    /// See [`Budget::listens`].
    #[inline]
    fn listens(&self) -> bool {
        match self {
            Self::Tokens(tokens) => tokens.listens(),
            Self::Ratio(_) => true,
        }
    }

    fn succeeded(&self, taken: Option<u32>, now: impl FnOnce() -> u64) {
        match self {
            Self::Tokens(tokens) => tokens.succeeded(taken),
            // A call that failed before was counted then.
            Self::Ratio(ratio) if taken.is_none() => ratio.called(now()),
            Self::Ratio(_) => {}
        }
    }

    /// The retry that took this was never made.
    pub(crate) fn put_back(&self, taken: u32) {
        match self {
            Self::Tokens(tokens) => tokens.put_back(taken),
            Self::Ratio(ratio) => ratio.put_back(taken),
        }
    }
}

impl Figures {
    const OWN: Self =
        Self::Tokens { capacity: Tokens::CAPACITY, costs: Costs::OWN, refill: Refill::OWN };

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "the ranges were checked"
    )]
    const fn ratio(ratio: f64, min_per_second: u32, window: Duration) -> Result<Self, BudgetError> {
        if !(ratio >= 0.0 && ratio <= 1000.0) {
            return Err(BudgetError::Ratio { ratio });
        }
        let nanos = window.as_nanos();
        if nanos < Ratio::SECOND || nanos > 3600 * Ratio::SECOND {
            return Err(BudgetError::Window { window });
        }
        if ratio == 0.0 && min_per_second == 0 {
            return Err(BudgetError::TooSmall { capacity: 0, cost: 1 });
        }
        let per_call = ratio * Ratio::ONE;
        let whole = per_call as u64;
        Ok(Self::Ratio {
            // Rounded up, because 5 calls at 0.2 are a retry: no decimal is exact in binary.
            per_call: if (whole as f64) < per_call { whole + 1 } else { whole },
            floor: (min_per_second as u128 * nanos / Ratio::SECOND) as u64,
            slot: nanos as u64 / Ratio::SLOTS as u64,
        })
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

/// Collects what differs from [`Budget::new`]; usable in constants. See [`Budget::builder`].
///
/// ```
/// use retry_runtime::{Budget, BudgetError};
///
/// static DATABASE: Budget = Budget::builder()
///     .capacity(200)
///     .retry_cost(5)
///     .timeout_cost(10)
///     .throttled_cost(2)
///     .refill_per_second(0.2)
///     .build();
/// assert_eq!(DATABASE.available(), 200);
///
/// let too_small = Budget::builder().capacity(4).try_build();
/// assert!(matches!(too_small, Err(BudgetError::TooSmall { .. })));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct BudgetBuilder {
    capacity: u32,
    retry_cost: u32,
    timeout_cost: Option<u32>,
    throttled_cost: Option<u32>,
    refill_per_second: Option<f64>,
}

impl BudgetBuilder {
    const NEW: Self = Self {
        capacity: Tokens::CAPACITY,
        retry_cost: Costs::OWN.error,
        timeout_cost: None,
        throttled_cost: None,
        refill_per_second: None,
    };

    /// Tokens of a full budget, which it starts with (default 500).
    pub const fn capacity(mut self, tokens: u32) -> Self {
        self.capacity = tokens;
        self
    }

    /// Tokens that a retry takes (default 5).
    pub const fn retry_cost(mut self, tokens: u32) -> Self {
        self.retry_cost = tokens;
        self
    }

    /// Tokens that a retry takes after an attempt that timed out (default twice
    /// [`retry_cost`](Self::retry_cost)).
    ///
    /// A timeout is the most expensive failure: the service may still be working on the request.
    pub const fn timeout_cost(mut self, tokens: u32) -> Self {
        self.timeout_cost = Some(tokens);
        self
    }

    /// Tokens that a retry takes after throttling, by the error's code (default
    /// [`retry_cost`](Self::retry_cost)).
    pub const fn throttled_cost(mut self, tokens: u32) -> Self {
        self.throttled_cost = Some(tokens);
        self
    }

    /// Tokens that come back each second, whether calls succeed or not, from 0 to a million (default
    /// a sixth: 5 tokens in 30 seconds). 0 leaves it to successful calls to fill the budget.
    pub const fn refill_per_second(mut self, tokens: f64) -> Self {
        self.refill_per_second = Some(tokens);
        self
    }

    /// The budget, for figures that are constants.
    ///
    /// # Panics
    ///
    /// Where [`try_build`](Self::try_build) returns an error. In a constant or a `static`, that is a
    /// compile error.
    #[must_use]
    #[track_caller]
    pub const fn build(self) -> Budget {
        match self.figures() {
            Ok(figures) => Budget::of(figures),
            Err(error) => panic!("{}", error.rule()),
        }
    }

    /// The budget, for figures that are known only at run time.
    ///
    /// # Errors
    ///
    /// [`BudgetError::TooSmall`] where even a full budget does not pay for each kind of retry,
    /// [`BudgetError::Free`] where a retry costs nothing, [`BudgetError::Refill`] unless the refill is
    /// a number from 0 to a million.
    pub const fn try_build(self) -> Result<Budget, BudgetError> {
        match self.figures() {
            Ok(figures) => Ok(Budget::of(figures)),
            Err(error) => Err(error),
        }
    }

    const fn figures(self) -> Result<Figures, BudgetError> {
        let Self { capacity, retry_cost, .. } = self;
        let costs = Costs {
            error: retry_cost,
            throttled: match self.throttled_cost {
                Some(cost) => cost,
                None => retry_cost,
            },
            timed_out: match self.timeout_cost {
                Some(cost) => cost,
                None => retry_cost.saturating_mul(2),
            },
        };
        if costs.error == 0 || costs.throttled == 0 || costs.timed_out == 0 {
            return Err(BudgetError::Free);
        }
        let dearest = costs.dearest();
        if capacity < dearest {
            return Err(BudgetError::TooSmall { capacity, cost: dearest });
        }
        let refill = match self.refill_per_second {
            None => Refill::OWN,
            Some(per_second) => match Refill::per_second(per_second) {
                Some(refill) => refill,
                None => return Err(BudgetError::Refill { per_second }),
            },
        };
        Ok(Figures::Tokens { capacity, costs, refill })
    }
}

/// Why a budget was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// Even a full budget would not pay for one retry of each kind.
    #[error("a budget of {capacity} never pays for a retry, which takes {cost}")]
    #[non_exhaustive]
    TooSmall {
        /// What a full budget holds.
        capacity: u32,
        /// What the most expensive retry takes.
        cost: u32,
    },
    /// A retry costs nothing, so that the budget limits nothing.
    #[error("{}", self.rule())]
    Free,
    /// The refill is negative, too large or not a number.
    #[error("{}, not {per_second}", self.rule())]
    #[non_exhaustive]
    Refill {
        /// The value that was given.
        per_second: f64,
    },
    /// The ratio of retries to calls is negative, too large or not a number.
    #[error("{}, not {ratio}", self.rule())]
    #[non_exhaustive]
    Ratio {
        /// The value that was given.
        ratio: f64,
    },
    /// The window is too short or too long to count in.
    #[error("{}, not {window:?}", self.rule())]
    #[non_exhaustive]
    Window {
        /// The value that was given.
        window: Duration,
    },
}

impl BudgetError {
    /// The rule that is broken, where no value can be printed: in a constant.
    const fn rule(&self) -> &'static str {
        match self {
            Self::TooSmall { .. } => "a full budget pays for at least one retry of each kind",
            Self::Free => {
                "a retry that takes nothing from its budget is not limited: use no budget instead"
            }
            Self::Refill { .. } => "a budget is refilled with 0 to 1000000 tokens a second",
            Self::Ratio { .. } => "the ratio of retries to calls is a number from 0 to 1000",
            Self::Window { .. } => "the window of a budget lasts from 1 second to 1 hour",
        }
    }
}

#[cfg(test)]
#[path = "budget/tests.rs"]
mod tests;
