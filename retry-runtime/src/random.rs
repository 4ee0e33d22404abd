//! The only source of random numbers: one generator per thread, which only this crate uses. So a
//! program that seeds its own generator does not affect the jitter, nor the jitter the program.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use fastrand::Rng;

thread_local! {
    static GENERATOR: RefCell<Rng> = RefCell::new(Rng::with_seed(entropy()));
}

/// Returns a random number, uniform over all `u64`.
pub(crate) fn number() -> u64 {
    stand_in::number().unwrap_or_else(|| {
        // While a thread ends, its generator may already be destroyed.
        GENERATOR.try_with(|generator| generator.borrow_mut().u64(..)).unwrap_or_else(|_| entropy())
    })
}

/// Random bits of the operating system, through the standard library.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn entropy() -> u64 {
    RandomState::new().hash_one(())
}

/// Random bits of the host that runs JavaScript: the standard library has none there.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn entropy() -> u64 {
    getrandom::u64().unwrap_or_else(|_| RandomState::new().hash_one(()))
}

/// A source of numbers that replaces the generator in tests.
#[cfg(feature = "test-util")]
pub(crate) mod stand_in {
    use std::sync::OnceLock;

    /// Returns the next number; `None` outside test scopes.
    type Numbers = fn() -> Option<u64>;

    static STAND_IN: OnceLock<Numbers> = OnceLock::new();

    /// Installs the source: from now on it is used before the generator.
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
