//! The only source of random numbers: a generator for each thread, of this crate alone, so that
//! neither disturbs the other where a program seeds its own.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use fastrand::Rng;

thread_local! {
    static GENERATOR: RefCell<Rng> = RefCell::new(Rng::with_seed(entropy()));
}

/// Uniform over all `u64`.
pub(crate) fn number() -> u64 {
    stand_in::number().unwrap_or_else(|| {
        // While a thread ends, its generator may be gone.
        GENERATOR.try_with(|generator| generator.borrow_mut().u64(..)).unwrap_or_else(|_| entropy())
    })
}

/// Makes the numbers of this thread repeatable.
#[cfg(feature = "test-util")]
pub(crate) fn seed(seed: u64) {
    let _ = GENERATOR.try_with(|generator| generator.borrow_mut().seed(seed));
}

/// The standard library's, from the operating system.
fn entropy() -> u64 {
    RandomState::new().hash_one(())
}

/// A source of numbers that a test puts in the place of this one.
#[cfg(feature = "test-util")]
pub(crate) mod stand_in {
    use std::sync::OnceLock;

    /// The next number, where the scope of a test has a say in that.
    type Numbers = fn() -> Option<u64>;

    static STAND_IN: OnceLock<Numbers> = OnceLock::new();

    /// From now on it is asked first.
    pub(crate) fn put(numbers: Numbers) {
        STAND_IN.get_or_init(|| numbers);
    }

    pub(super) fn number() -> Option<u64> {
        STAND_IN.get()?()
    }
}

#[cfg(not(feature = "test-util"))]
mod stand_in {
    pub(super) const fn number() -> Option<u64> {
        None
    }
}
