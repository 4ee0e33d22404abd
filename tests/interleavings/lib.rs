//! The budget of the runtime, the very source file, on atomic numbers of which a model checker
//! decides whose turn it is.
//!
//! Shuttle runs a scenario again and again, each time in another order of its threads' steps, until
//! there is none left or there were enough. It knows no order that only weak memory allows; the
//! budget needs none to be checked, because a bucket of tokens is a single number and the window
//! asks for `SeqCst` throughout.

// The unit tests of the budget run where it is at home, with numbers that need no model checker.
#![cfg(not(test))]

#[path = "../../retry-runtime/src/decide/budget.rs"]
#[expect(dead_code, reason = "the scenarios need a part of it")]
#[expect(clippy::large_enum_variant, reason = "numbers that are checked are large")]
mod budget;

use budget::Cause;
pub use budget::{Budget, BudgetBuilder, BudgetError};

/// Asks for one retry after an error: what it took.
#[must_use]
pub fn take(budget: &Budget, now: u64) -> Option<u32> {
    budget.bucket().take(Cause::Error, || now)
}

/// Asks for one retry after a timeout: what it took.
#[must_use]
pub fn take_after_timeout(budget: &Budget) -> Option<u32> {
    budget.bucket().take(Cause::TimedOut, || 0)
}

/// The retry that took this was never made.
pub fn put_back(budget: &Budget, taken: u32) {
    budget.bucket().put_back(taken);
}

/// The tokens that are left at this time.
#[must_use]
pub fn available(budget: &Budget, now: u64) -> u32 {
    budget.bucket().available(|| now)
}

/// A call succeeds, after a retry that took something or at once.
pub fn succeed(budget: &Budget, taken: Option<u32>) {
    budget.succeeded(taken, || 0);
}

/// A call fails for the first time.
pub fn fail(budget: &Budget, now: u64) {
    budget.first_failed(|| now);
}

/// What `retry_runtime::decide::atomic` is to the budget there.
mod atomic {
    use std::sync::atomic::AtomicBool;

    use shuttle::sync::atomic as checked;
    pub(crate) use shuttle::sync::atomic::{AtomicU64 as AtomicTokens, Ordering};

    /// A number that takes no turn to be read before anybody writes it.
    ///
    /// Most slots of a window are never written in a scenario, and there are twenty of them: to take
    /// turns at each would multiply the orders by millions. Nothing is lost by it where every slot
    /// that two threads meet at was written before they started, or by the thread that reads it.
    #[derive(Debug)]
    pub(crate) struct AtomicU64 {
        number: checked::AtomicU64,
        is_written: AtomicBool,
    }

    impl AtomicU64 {
        pub(crate) const fn new(number: u64) -> Self {
            Self {
                number: checked::AtomicU64::new(number),
                is_written: AtomicBool::new(number != 0),
            }
        }

        pub(crate) fn load(&self, order: Ordering) -> u64 {
            if self.is_written.load(Ordering::SeqCst) { self.number.load(order) } else { 0 }
        }

        pub(crate) fn fetch_update(
            &self,
            set: Ordering,
            fetch: Ordering,
            update: impl FnMut(u64) -> Option<u64>,
        ) -> Result<u64, u64> {
            self.is_written.store(true, Ordering::SeqCst);
            self.number.fetch_update(set, fetch, update)
        }
    }
}

/// What `retry_runtime::clock` is to the budget there: it always is the same time.
mod clock {
    pub(crate) const fn since_start() -> u64 {
        0
    }
}
