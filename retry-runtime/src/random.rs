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
    #[cfg(feature = "test-util")]
    if let Some(number) = crate::testing::random() {
        return number;
    }
    // While a thread ends, its generator may be gone.
    GENERATOR.try_with(|generator| generator.borrow_mut().u64(..)).unwrap_or_else(|_| entropy())
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
