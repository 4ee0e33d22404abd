//! The budget that many calls share: a bucket of tokens, or a ratio of retries to calls.
//!
//! Lock-free. Every decision is one atomic step or a reservation that is taken back, so that no
//! number of threads is ever granted one retry too many. Time is passed in.

use core::time::Duration;
use std::sync::{Arc, OnceLock};

use super::atomic::{AtomicTokens, AtomicU64, Ordering};

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
/// where a [`Stop`](crate::Stop) or the deadline ended the call in the pause before it, or where the
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
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// Even a full budget would not pay for one retry of each kind.
    #[error("a budget of {capacity} never pays for a retry, which takes {cost}")]
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
    Refill {
        /// The value that was given.
        per_second: f64,
    },
    /// The ratio of retries to calls is negative, too large or not a number.
    #[error("{}, not {ratio}", self.rule())]
    Ratio {
        /// The value that was given.
        ratio: f64,
    },
    /// The window is too short or too long to count in.
    #[error("{}, not {window:?}", self.rule())]
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

#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    pub(crate) error: u32,
    pub(crate) throttled: u32,
    pub(crate) timed_out: u32,
}

impl Costs {
    /// See [`Budget::new`].
    const OWN: Self = Self { error: 5, throttled: 5, timed_out: 10 };

    const fn dearest(self) -> u32 {
        let dearest = if self.error > self.throttled { self.error } else { self.throttled };
        if dearest > self.timed_out { dearest } else { self.timed_out }
    }
}

/// What comes back with time: so many tokens after so many ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refill {
    /// In nanoseconds.
    tick: u64,
    ticks: u32,
    tokens: u32,
}

impl Refill {
    /// Nothing.
    pub(crate) const NONE: Self = Self { tick: u64::MAX, ticks: 1, tokens: 0 };

    /// Five tokens, a retry's worth, in 30 seconds.
    const OWN: Self = Self::each(6_000_000_000, 1);

    /// So many tokens after so many nanoseconds, from a tenth of a second upwards.
    ///
    /// A tick is a small part of that, so that tokens come back when their time has passed, and no more
    /// than a tick sooner. It is not much shorter than a tenth of a second, so that 31 bits number the
    /// ticks of six years.
    #[expect(clippy::cast_possible_truncation, reason = "there are few")]
    const fn each(nanos: u64, tokens: u32) -> Self {
        const SHORTEST: u64 = 93_750_000;
        const MOST: u64 = 64;
        let ticks = nanos / SHORTEST;
        let ticks = if ticks > MOST { MOST } else { ticks };
        Self { tick: nanos.div_ceil(ticks), ticks: ticks as u32, tokens }
    }

    /// None where that is not a rate.
    ///
    /// One token after the other, but no more often than ten times a second.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked, and what is too long saturates"
    )]
    const fn per_second(tokens: f64) -> Option<Self> {
        const MOST: f64 = 1_000_000.0;
        const SECOND: f64 = 1_000_000_000.0;
        if !(tokens >= 0.0 && tokens <= MOST) {
            return None;
        }
        if tokens == 0.0 {
            return Some(Self::NONE);
        }
        let in_a_tenth = tokens / 10.0;
        let whole = in_a_tenth as u32;
        let is_whole = whole > 0 && whole as f64 >= in_a_tenth;
        let at_once = if is_whole { whole } else { whole + 1 };
        Some(Self::each((at_once as f64 * SECOND / tokens + 0.5) as u64, at_once))
    }

    /// The number of the tick; the clock is not asked where nothing comes back.
    fn tick(self, now: impl FnOnce() -> u64) -> u64 {
        if self.tokens == 0 { 0 } else { now() / self.tick }
    }
}

/// A bucket of tokens.
///
/// One atomic number holds all that changes: the tokens that are taken (32 bits), whether every
/// success is to be told (1 bit), and the tick up to which `taken` is reckoned (31 bits). What came
/// back since then is reckoned by whoever takes tokens, and written down in the same atomic step. So
/// no two threads can be granted the same token, or count the same time twice. Nobody else reads the
/// clock.
///
/// A clock that goes back a step gives nothing and takes nothing. Times are compared by the lower 31
/// bits of their ticks: a bucket that nobody takes from for half of that range (more than three
/// years) may look like one that is ahead, and is then refilled by successes only.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// 0 in a full bucket that nobody watches, which is quick to see.
    state: AtomicTokens,
    capacity: u32,
    costs: Costs,
    refill: Refill,
}

impl Tokens {
    const CAPACITY: u32 = 500;

    /// Every success is to be told, also where nothing is taken.
    const WATCHED: u64 = 1 << 32;

    /// The tick stands above this bit.
    const TICK: u32 = 33;

    /// See [`Budget::new`].
    #[expect(clippy::declare_interior_mutable_const, reason = "every use is a bucket of its own")]
    pub(crate) const OWN: Self = Self::new(Self::CAPACITY, Self::CAPACITY, Costs::OWN, Refill::OWN);

    /// What is not available is reckoned from time 0.
    pub(crate) const fn new(capacity: u32, available: u32, costs: Costs, refill: Refill) -> Self {
        let state = AtomicTokens::new((capacity - available) as u64);
        Self { state, capacity, costs, refill }
    }

    /// The same, and every success is to be told.
    pub(crate) const fn watched(self) -> Self {
        Self { state: AtomicTokens::new(Self::WATCHED), ..self }
    }

    /// Whether every success is to be told.
    pub(crate) fn watch(&self, is_watched: bool) {
        if is_watched {
            self.state.fetch_or(Self::WATCHED, Ordering::AcqRel);
        } else {
            self.state.fetch_and(!Self::WATCHED, Ordering::AcqRel);
        }
    }

    /// The capacity of a function's own budget, where one call makes at most so many retries: all of
    /// them can follow timeouts.
    pub(crate) const fn own_capacity(retries: u32) -> u32 {
        let whole_call = retries.saturating_mul(Costs::OWN.dearest());
        if whole_call > Self::CAPACITY { whole_call } else { Self::CAPACITY }
    }

    pub(crate) fn available(&self, capacity: u32, now: impl FnOnce() -> u64) -> u32 {
        let state = self.state.load(Ordering::Relaxed);
        if tokens(state) == 0 {
            return capacity;
        }
        let rounds = self.rounds(state, self.refill.tick(now));
        capacity.saturating_sub(self.taken_after(state, rounds))
    }

    #[inline]
    pub(crate) fn listens(&self) -> bool {
        self.state.load(Ordering::Relaxed) != 0
    }

    /// Asks for one retry of a bucket that holds so much when it is full.
    pub(crate) fn take(
        &self,
        capacity: u32,
        cause: Cause,
        now: impl FnOnce() -> u64,
    ) -> Option<u32> {
        let cost = match cause {
            Cause::Error => self.costs.error,
            Cause::Throttled => self.costs.throttled,
            Cause::TimedOut => self.costs.timed_out,
            Cause::NotYet => return Some(0),
        };
        let tick = self.refill.tick(now);
        let more = |state: u64| {
            let rounds = self.rounds(state, tick);
            let before = self.taken_after(state, rounds);
            let taken = before.checked_add(cost).filter(|taken| *taken <= capacity)?;
            // A full bucket saves no time up; of another, what is left of it counts on.
            let since = match before {
                0 => tick,
                _ => (state >> Self::TICK) + u64::from(rounds) * u64::from(self.refill.ticks),
            };
            Some(since << Self::TICK | state & Self::WATCHED | u64::from(taken))
        };
        self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(cost)
    }

    pub(crate) fn succeeded(&self, taken: Option<u32>) {
        const FIRST_TRY: u32 = 1;
        self.put_back(taken.unwrap_or(FIRST_TRY));
    }

    pub(crate) fn put_back(&self, back: u32) {
        let less = |state: u64| match tokens(state) {
            0 => None,
            taken if taken <= back => Some(state & Self::WATCHED),
            _ => Some(state - u64::from(back)),
        };
        let _ = self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// How often tokens have come back until this tick, and are not reckoned yet.
    fn rounds(&self, state: u64, tick: u64) -> u32 {
        u32::try_from(ticks_since(state, tick)).unwrap_or(0) / self.refill.ticks
    }

    /// The tokens that are taken and have not come back after so many rounds.
    const fn taken_after(&self, state: u64, rounds: u32) -> u32 {
        tokens(state).saturating_sub(rounds.saturating_mul(self.refill.tokens))
    }
}

/// The tokens that are taken.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is for the rest")]
const fn tokens(state: u64) -> u32 {
    state as u32
}

/// By how many ticks the state is behind; negative where it is ahead.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "31 bits are compared as they wrap around, and spread over 32 for their sign"
)]
const fn ticks_since(state: u64, tick: u64) -> i32 {
    const SPREAD: u32 = 1;
    let then = (state >> Tokens::TICK << SPREAD) as u32;
    (((tick << SPREAD) as u32).wrapping_sub(then) as i32) >> SPREAD
}

/// Calls and retries, counted in a window that slides by a tenth of its length.
///
/// Each tenth has a number, its tick, and each cell the lower half of the tick that it counts for,
/// then the count.
#[derive(Debug)]
pub(crate) struct Ratio {
    /// Retries per call, with 32 fractional bits.
    per_call: u64,
    /// Retries in a window that need no call.
    floor: u64,
    /// A tenth of the window, in nanoseconds.
    slot: u64,
    calls: Cells,
    retries: Cells,
}

type Cells = [AtomicU64; Ratio::SLOTS as usize];

impl Ratio {
    const SLOTS: u8 = 10;
    const ONE: f64 = 4_294_967_296.0;
    const SECOND: u128 = 1_000_000_000;

    fn new(per_call: u64, floor: u64, slot: u64) -> Self {
        let cells = || core::array::from_fn(|_| AtomicU64::new(0));
        Self { per_call, floor, slot, calls: cells(), retries: cells() }
    }

    fn called(&self, now: u64) {
        let tick = self.tick(now);
        count(cell(&self.calls, tick), tick);
    }

    /// Counts the retry first and takes it back where it was one too many: of two threads that ask
    /// at once, at least one sees the other. What it took is the tick that it counts for.
    fn take(&self, now: u64) -> Option<u32> {
        let tick = self.tick(now);
        let cell = cell(&self.retries, tick);
        let counted = (count(cell, tick) >> 32) as u32;
        if total(&self.retries, tick) <= self.allowed(tick) {
            return Some(counted);
        }
        uncount(cell, counted);
        None
    }

    /// The retry that was counted for this tick was never made.
    fn put_back(&self, counted: u32) {
        let is_of_it = |cell: &&AtomicU64| is_of(cell.load(Ordering::SeqCst), counted);
        if let Some(cell) = self.retries.iter().find(is_of_it) {
            uncount(cell, counted);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "what does not fit saturates")]
    fn available(&self, now: u64) -> u32 {
        let tick = self.tick(now);
        let left = self.allowed(tick).saturating_sub(total(&self.retries, tick));
        left.min(u64::from(u32::MAX)) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the ratio is at most 1000")]
    fn allowed(&self, tick: u64) -> u64 {
        let calls = u128::from(total(&self.calls, tick));
        (((calls * u128::from(self.per_call)) >> 32) as u64).saturating_add(self.floor)
    }

    const fn tick(&self, now: u64) -> u64 {
        now / self.slot
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the remainder is small")]
const fn cell(cells: &Cells, tick: u64) -> &AtomicU64 {
    &cells[(tick % Ratio::SLOTS as u64) as usize]
}

/// The count of a slot, in its lower half.
const FULL: u64 = u32::MAX as u64;

/// Adds one to the slot of this tick, which starts from 0 where an older tick had it: the slot as
/// it is then.
fn count(cell: &AtomicU64, tick: u64) -> u64 {
    let mut counted = 0;
    let _ = cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |slot| {
        // A thread that looked at the clock long ago counts for the tick that is there.
        let is_current = slot != 0 && age(slot, tick) <= 0;
        counted = match slot & FULL {
            FULL if is_current => slot,
            _ if is_current => slot + 1,
            _ => tick << 32 | 1,
        };
        Some(counted)
    });
    counted
}

/// Takes one away again, if the slot still counts for this tick.
fn uncount(cell: &AtomicU64, counted: u32) {
    let less = |slot: u64| is_of(slot, counted).then(|| slot - 1);
    let _ = cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
}

/// Whether the slot counts anything for this tick.
const fn is_of(slot: u64, counted: u32) -> bool {
    slot >> 32 == counted as u64 && slot & FULL > 0
}

/// The sum of the slots that are not older than the window.
fn total(cells: &Cells, tick: u64) -> u64 {
    const WINDOW: i32 = Ratio::SLOTS as i32;
    cells
        .iter()
        .map(|cell| cell.load(Ordering::SeqCst))
        .filter(|slot| age(*slot, tick) < WINDOW)
        .map(|slot| slot & FULL)
        .sum()
}

/// By how many ticks the slot is behind; negative where it is ahead.
///
/// Halves of ticks wrap around, so what is seven years behind in the shortest window seems ahead.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "halves of ticks are compared as they wrap around"
)]
const fn age(slot: u64, tick: u64) -> i32 {
    (tick as u32).wrapping_sub((slot >> 32) as u32) as i32
}

// By its path, because the tests of interleavings take this file in from elsewhere.
#[cfg(test)]
#[path = "budget/tests.rs"]
mod tests;
