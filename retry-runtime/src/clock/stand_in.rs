//! A clock that a test puts in the place of the real ones.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A clock for the threads on which a test has entered a scope.
pub(crate) trait StandIn: Sync {
    /// Its time, and the time since the scope was made, where one is entered.
    fn time(&self) -> Option<(Instant, Duration)>;

    /// Passes a pause; false where no scope is entered.
    fn sleep(&self, pause: Duration) -> bool;
}

static STAND_IN: OnceLock<&'static dyn StandIn> = OnceLock::new();

/// From now on it is asked before the real clocks.
pub(crate) fn put(clock: &'static dyn StandIn) {
    STAND_IN.get_or_init(|| clock);
}

pub(super) fn time() -> Option<(Instant, Duration)> {
    STAND_IN.get()?.time()
}

pub(super) fn sleep(pause: Duration) -> bool {
    STAND_IN.get().is_some_and(|clock| clock.sleep(pause))
}
