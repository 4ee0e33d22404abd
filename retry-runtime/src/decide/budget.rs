//! What keeps retries from becoming the load that breaks a service for good: a budget that many
//! calls share, and that only success fills up again.
//!
//! Lock-free. Every decision is one atomic step or a reservation that is taken back, so that no
//! number of threads is ever granted one retry too many. Time is handed in.

use core::time::Duration;

use super::atomic::{AtomicTokens, AtomicU64, Ordering};

/// Limits the retries of all calls that share it.
///
/// Every annotated function has one of its own, [`Budget::standard`]. Functions that call the same
/// service can share one, `#[retry_on(.., budget = &DATABASE)]`, and `budget = none` does without.
/// An empty budget ends a call with the reason `budget` and with the function's own error.
///
/// ```
/// use retry_runtime::{Budget, retry_on};
///
/// static DATABASE: Budget = Budget::standard();
///
/// #[retry_on(_, budget = &DATABASE, delay = "0ms")]
/// fn query() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// query().unwrap_err();
/// assert_eq!(DATABASE.available(), 500 - 2 * 5);
/// ```
#[derive(Debug)]
pub struct Budget(Kind);

#[derive(Debug)]
enum Kind {
    Tokens(Tokens),
    Share(Share),
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
}

impl Budget {
    /// The figures of the AWS SDKs' standard mode: 500 tokens; a retry takes 5, after a timeout 10;
    /// success gives back what its retry took, and 1 when it needed none.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, *Retry behavior*.
    #[must_use]
    pub const fn standard() -> Self {
        Self(Kind::Tokens(Tokens::STANDARD))
    }

    /// The figures of version 2.1 of that mode: a retry takes 14, after throttling (by the error's
    /// code) 5.
    #[must_use]
    pub const fn standard_2_1() -> Self {
        let costs = Costs { error: 14, throttled: 5, timed_out: 14 };
        Self(Kind::Tokens(Tokens::new(Tokens::CAPACITY, Tokens::CAPACITY, costs)))
    }

    /// As many tokens as you like.
    ///
    /// `capacity` tokens, of which a retry takes `per_retry`, and after a timeout `per_timeout`.
    ///
    /// ```
    /// use retry_runtime::{Budget, BudgetError};
    ///
    /// static SMALL: Budget = match Budget::tokens(100, 5, 10) {
    ///     Ok(budget) => budget,
    ///     Err(_) => panic!(),
    /// };
    /// assert_eq!(SMALL.available(), 100);
    /// assert!(matches!(Budget::tokens(4, 5, 10), Err(BudgetError::TooSmall { .. })));
    /// ```
    ///
    /// # Errors
    ///
    /// [`BudgetError::TooSmall`] where the capacity pays for no retry, [`BudgetError::Free`] where a
    /// retry costs nothing.
    pub const fn tokens(
        capacity: u32,
        per_retry: u32,
        per_timeout: u32,
    ) -> Result<Self, BudgetError> {
        let dearest = if per_retry > per_timeout { per_retry } else { per_timeout };
        if per_retry == 0 || per_timeout == 0 {
            return Err(BudgetError::Free);
        }
        if capacity < dearest {
            return Err(BudgetError::TooSmall { capacity, cost: dearest });
        }
        let costs = Costs { error: per_retry, throttled: per_retry, timed_out: per_timeout };
        Ok(Self(Kind::Tokens(Tokens::new(capacity, capacity, costs))))
    }

    /// Retries are a fifth of the calls, besides 10 a second, over the last 10 seconds.
    ///
    /// The default of Finagle, Linkerd and tower; see [`Budget::share_of_calls`].
    #[must_use]
    pub const fn ratio() -> Self {
        match Self::share_of_calls(0.2, 10, Duration::from_secs(10)) {
            Ok(budget) => budget,
            Err(_) => unreachable!(),
        }
    }

    /// Within any `window`, as many retries as `share` of the calls, besides `floor` a second (which
    /// lets a service with few calls retry at all).
    ///
    /// Each call counts when it succeeds or first fails, which takes a look at the clock.
    ///
    /// ```
    /// use retry_runtime::{Budget, BudgetError};
    /// use std::time::Duration;
    ///
    /// let budget = Budget::share_of_calls(0.1, 1, Duration::from_secs(10))?;
    /// assert_eq!(budget.available(), 10);
    /// # Ok::<(), BudgetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BudgetError::Share`] unless `share` is a number from 0 to 1000, [`BudgetError::Window`]
    /// unless `window` lasts from a second to an hour, [`BudgetError::TooSmall`] where both `share`
    /// and `floor` are 0.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "the ranges were checked"
    )]
    pub const fn share_of_calls(
        share: f64,
        floor: u32,
        window: Duration,
    ) -> Result<Self, BudgetError> {
        if !(share >= 0.0 && share <= 1000.0) {
            return Err(BudgetError::Share { share });
        }
        let nanos = window.as_nanos();
        if nanos < Share::SECOND || nanos > 3600 * Share::SECOND {
            return Err(BudgetError::Window { window });
        }
        if share == 0.0 && floor == 0 {
            return Err(BudgetError::TooSmall { capacity: 0, cost: 1 });
        }
        let per_call = share * Share::ONE;
        let whole = per_call as u64;
        Ok(Self(Kind::Share(Share {
            // Rounded up, for 5 calls at 0.2 are a retry: no decimal is exact in binary.
            per_call: if (whole as f64) < per_call { whole + 1 } else { whole },
            floor: (floor as u128 * nanos / Share::SECOND) as u64,
            slot: nanos as u64 / Share::SLOTS as u64,
            calls: [const { AtomicU64::new(0) }; Share::SLOTS as usize],
            retries: [const { AtomicU64::new(0) }; Share::SLOTS as usize],
        })))
    }

    /// The tokens that are left, or the retries that would be granted now.
    #[must_use]
    pub fn available(&self) -> u32 {
        match &self.0 {
            Kind::Tokens(tokens) => tokens.available(),
            Kind::Share(share) => share.available(crate::clock::since_start()),
        }
    }

    /// Whether a success without a retry has something to tell it.
    #[inline]
    pub(crate) fn listens(&self) -> bool {
        match &self.0 {
            Kind::Tokens(tokens) => tokens.listens(),
            Kind::Share(_) => true,
        }
    }

    /// Asks for one retry: what it took, `None` where there is not enough. `now` is in nanoseconds
    /// and is asked for where it matters.
    pub(crate) fn take(&self, cause: Cause, now: impl FnOnce() -> u64) -> Option<u32> {
        match &self.0 {
            Kind::Tokens(tokens) => tokens.take(cause),
            Kind::Share(share) => share.take(now()).then_some(0),
        }
    }

    /// A call succeeded, after a retry that took something or at once.
    pub(crate) fn succeeded(&self, taken: Option<u32>, now: impl FnOnce() -> u64) {
        match &self.0 {
            Kind::Tokens(tokens) => tokens.succeeded(taken),
            // A call that failed before was counted then.
            Kind::Share(share) if taken.is_none() => share.called(now()),
            Kind::Share(_) => {}
        }
    }

    /// A call failed for the first time.
    pub(crate) fn first_failed(&self, now: impl FnOnce() -> u64) {
        if let Kind::Share(share) = &self.0 {
            share.called(now());
        }
    }
}

/// Why a budget was refused.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// Even a full budget would not pay for one retry.
    #[error("a budget of {capacity} never pays for a retry, which takes {cost}")]
    TooSmall {
        /// What a full budget holds.
        capacity: u32,
        /// What a retry takes.
        cost: u32,
    },
    /// A retry costs nothing, so that the budget limits nothing.
    #[error("a retry that takes nothing from its budget is not limited: use no budget instead")]
    Free,
    /// The share of the calls is negative, too large or no number.
    #[error("a share of the calls is a number from 0 to 1000, not {share}")]
    Share {
        /// The value that was given.
        share: f64,
    },
    /// The window is too short or too long to count in.
    #[error("the window of a budget lasts from 1 second to 1 hour, not {window:?}")]
    Window {
        /// The value that was given.
        window: Duration,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    pub(crate) error: u32,
    pub(crate) throttled: u32,
    pub(crate) timed_out: u32,
}

/// A bucket of tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// Tokens that are taken and not given back, and [`Tokens::WATCHED`]: 0 in a healthy service,
    /// which is quick to see.
    taken: AtomicTokens,
    capacity: u32,
    costs: Costs,
}

impl Tokens {
    const CAPACITY: u32 = 500;

    /// Every success is to be told, also where nothing is taken.
    const WATCHED: u64 = 1 << 32;

    /// See [`Budget::standard`].
    #[expect(clippy::declare_interior_mutable_const, reason = "every use is a bucket of its own")]
    pub(crate) const STANDARD: Self =
        Self::new(Self::CAPACITY, Self::CAPACITY, Costs { error: 5, throttled: 5, timed_out: 10 });

    pub(crate) const fn new(capacity: u32, available: u32, costs: Costs) -> Self {
        Self { taken: AtomicTokens::new((capacity - available) as u64), capacity, costs }
    }

    /// The same, and every success is to be told.
    pub(crate) const fn watched(self) -> Self {
        Self { taken: AtomicTokens::new(Self::WATCHED), ..self }
    }

    /// Whether every success is to be told.
    pub(crate) fn watch(&self, is_watched: bool) {
        if is_watched {
            self.taken.fetch_or(Self::WATCHED, Ordering::AcqRel);
        } else {
            self.taken.fetch_and(!Self::WATCHED, Ordering::AcqRel);
        }
    }

    pub(crate) const fn capacity(&self) -> u32 {
        self.capacity
    }

    pub(crate) fn available(&self) -> u32 {
        self.capacity - tokens(self.taken.load(Ordering::Relaxed))
    }

    #[inline]
    pub(crate) fn listens(&self) -> bool {
        self.taken.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn take(&self, cause: Cause) -> Option<u32> {
        let cost = match cause {
            Cause::Error => self.costs.error,
            Cause::Throttled => self.costs.throttled,
            Cause::TimedOut => self.costs.timed_out,
        };
        let more = |state: u64| {
            let taken = tokens(state).checked_add(cost)?;
            (taken <= self.capacity).then(|| state + u64::from(cost))
        };
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(cost)
    }

    pub(crate) fn succeeded(&self, taken: Option<u32>) {
        const FIRST_TRY: u32 = 1;
        let back = taken.unwrap_or(FIRST_TRY);
        let less = |state: u64| match tokens(state) {
            0 => None,
            taken => Some(state - u64::from(taken.min(back))),
        };
        let _ = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// The tokens that are taken.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is a flag")]
const fn tokens(state: u64) -> u32 {
    state as u32
}

/// Calls and retries, counted in a window that slides by a tenth of its length.
///
/// Each tenth has a number, its tick, and each cell the lower half of the tick that it counts for,
/// then the count.
#[derive(Debug)]
struct Share {
    /// Retries per call, with 32 fractional bits.
    per_call: u64,
    /// Retries in a window that need no call.
    floor: u64,
    /// A tenth of the window, in nanoseconds.
    slot: u64,
    calls: Cells,
    retries: Cells,
}

type Cells = [AtomicU64; Share::SLOTS as usize];

impl Share {
    const SLOTS: u8 = 10;
    const ONE: f64 = 4_294_967_296.0;
    const SECOND: u128 = 1_000_000_000;

    fn called(&self, now: u64) {
        let tick = self.tick(now);
        count(cell(&self.calls, tick), tick);
    }

    /// Counts the retry first and takes it back where it was one too many: of two threads that ask
    /// at once, at least one sees the other.
    fn take(&self, now: u64) -> bool {
        let tick = self.tick(now);
        let cell = cell(&self.retries, tick);
        let counted = count(cell, tick);
        if total(&self.retries, tick) <= self.allowed(tick) {
            return true;
        }
        let _ = cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |slot| {
            (slot >> 32 == counted >> 32).then(|| slot - 1)
        });
        false
    }

    #[expect(clippy::cast_possible_truncation, reason = "what does not fit saturates")]
    fn available(&self, now: u64) -> u32 {
        let tick = self.tick(now);
        let left = self.allowed(tick).saturating_sub(total(&self.retries, tick));
        left.min(u64::from(u32::MAX)) as u32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the share is at most 1000")]
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
    &cells[(tick % Share::SLOTS as u64) as usize]
}

/// Adds one to the slot of this tick, which starts from 0 where an older tick had it: the slot as
/// it is then.
fn count(cell: &AtomicU64, tick: u64) -> u64 {
    const FULL: u64 = u32::MAX as u64;
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

/// The sum of the slots that are not older than the window.
fn total(cells: &Cells, tick: u64) -> u64 {
    const WINDOW: i32 = Share::SLOTS as i32;
    cells
        .iter()
        .map(|cell| cell.load(Ordering::SeqCst))
        .filter(|slot| age(*slot, tick) < WINDOW)
        .map(|slot| slot & u64::from(u32::MAX))
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
