//! A clock that replaces the real ones in tests.

use std::sync::OnceLock;
use std::time::Duration;

use super::system::Instant;

/// A clock for threads that are in a test scope.
pub(crate) trait StandIn: Sync {
    /// The current time and the time since the scope was created; `None` outside test scopes.
    fn time(&self) -> Option<(Instant, Duration)>;

    /// Advances the time by the pause; returns false outside test scopes.
    fn sleep(&self, pause: Duration) -> bool;
}

static STAND_IN: OnceLock<&'static dyn StandIn> = OnceLock::new();

/// Installs the clock: from now on it is used before the real clocks.
pub(crate) fn put(clock: &'static dyn StandIn) {
    STAND_IN.get_or_init(|| clock);
}

pub(super) fn time() -> Option<(Instant, Duration)> {
    STAND_IN.get()?.time()
}

pub(super) fn sleep(pause: Duration) -> bool {
    STAND_IN.get().is_some_and(|clock| clock.sleep(pause))
}
