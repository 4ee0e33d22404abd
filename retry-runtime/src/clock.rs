//! The only module that reads a clock or sleeps.
//!
//! There are three clocks: tokio's for async functions (so that `tokio::time::pause` works), the
//! system's for plain ones, and the test's on a thread that has entered a test scope. Below JavaScript
//! (`wasm32-unknown-unknown`) the standard library has no clock, so the host's takes the place of the
//! first two.

#[cfg(not(feature = "tokio"))]
#[path = "clock/without_tokio.rs"]
mod tokio_time;
#[cfg(feature = "tokio")]
pub(crate) mod tokio_time;

#[cfg(not(feature = "test-util"))]
#[path = "clock/without_tests.rs"]
mod stand_in;
#[cfg(feature = "test-util")]
pub(crate) mod stand_in;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod system;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
#[path = "clock/javascript.rs"]
mod system;

use std::sync::OnceLock;
use std::time::Duration;

pub(crate) use system::Instant;
pub(crate) use tokio_time::is_polling_a_task;

/// The current monotonic time: in a test scope the test's, else tokio's, else the system's.
pub(crate) fn now() -> Instant {
    manual_now().unwrap_or_else(system::now)
}

/// The test's time, if this thread is in a test scope.
pub(crate) fn manual_now() -> Option<Instant> {
    stand_in::time().map(|(now, _)| now)
}

/// The time of day, for comparison with dates that a server sends.
#[cfg(any(feature = "aws", feature = "http", feature = "support-case"))]
pub(crate) fn time_of_day() -> std::time::SystemTime {
    system::time_of_day()
}

/// The time of day; in a test scope, the scope's time counted from the start of 1970.
#[cfg(feature = "support-case")]
pub(crate) fn wall() -> std::time::SystemTime {
    stand_in::time().map_or_else(time_of_day, |(_, passed)| std::time::UNIX_EPOCH + passed)
}

/// Nanoseconds since the first call of this function, for counters with time windows.
#[expect(clippy::cast_possible_truncation, reason = "a `u64` holds 584 years")]
pub(crate) fn since_start() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    now().saturating_duration_since(start).as_nanos() as u64
}

/// The time that has passed since `instant`.
pub(crate) fn since(instant: Instant) -> Duration {
    now().saturating_duration_since(instant)
}

/// Blocks the thread for the pause.
pub(crate) fn sleep(pause: Duration) {
    if !slept_manually(pause) {
        system::sleep(pause);
    }
}

/// Blocks the thread until the future is ready, but no longer than the pause.
pub(crate) fn sleep_unless(pause: Duration, ready: impl Future) {
    if !slept_manually(pause) {
        system::sleep_unless(pause, ready);
    }
}

/// Advances the test's time; returns false if this thread is not in a test scope.
pub(crate) fn slept_manually(pause: Duration) -> bool {
    stand_in::sleep(pause)
}
