//! The only module that reads a clock or sleeps.
//!
//! There are three clocks: tokio's for async functions (so that `tokio::time::pause` works), the
//! system's for plain ones, and the test's on a thread that has entered a test scope.

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

use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use tokio_time::is_polling_a_task;

/// The current monotonic time: in a test scope the test's, else tokio's, else the system's.
pub(crate) fn now() -> Instant {
    manual_now().unwrap_or_else(tokio_time::now)
}

/// The test's time, if this thread is in a test scope.
pub(crate) fn manual_now() -> Option<Instant> {
    stand_in::time().map(|(now, _)| now)
}

/// The time of day, for comparison with dates that a server sends.
#[cfg(any(feature = "aws", feature = "http", feature = "support-case"))]
pub(crate) fn time_of_day() -> std::time::SystemTime {
    std::time::SystemTime::now()
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
        thread::sleep(pause);
    }
}

/// Blocks the thread until the future is ready, but no longer than the pause.
pub(crate) fn sleep_unless(pause: Duration, ready: impl Future) {
    if slept_manually(pause) {
        return;
    }
    let start = Instant::now();
    let alarm = Arc::new(Alarm::default());
    let waker = Waker::from(Arc::clone(&alarm));
    let mut context = Context::from_waker(&waker);
    let mut ready = pin!(ready);
    while ready.as_mut().poll(&mut context).is_pending() {
        match pause.checked_sub(start.elapsed()) {
            None | Some(Duration::ZERO) => return,
            Some(left) => alarm.wait(left),
        }
    }
}

/// Wakes one sleeping thread. The thread is not parked: an `unpark` may be meant for other code that
/// runs on it, such as an executor, and would be lost here.
#[derive(Default)]
struct Alarm {
    has_rung: Mutex<bool>,
    changed: Condvar,
}

impl Alarm {
    /// Sleeps until it rings, and no longer than this.
    fn wait(&self, longest: Duration) {
        let has_rung = self.has_rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut has_rung, _) = self
            .changed
            .wait_timeout_while(has_rung, longest, |has_rung| !*has_rung)
            .unwrap_or_else(PoisonError::into_inner);
        *has_rung = false;
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        *self.has_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }
}

/// Advances the test's time; returns false if this thread is not in a test scope.
pub(crate) fn slept_manually(pause: Duration) -> bool {
    stand_in::sleep(pause)
}
