//! The only place that reads a clock or sleeps.
//!
//! Three clocks: tokio's for async functions (so that `tokio::time::pause` works), the thread's
//! for plain ones, and, where a test has installed it on this thread, the manual one.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Monotonic; the manual clock's time where one is installed, else tokio's, else the system's.
pub(crate) fn now() -> Instant {
    if let Some(now) = manual_now() {
        return now;
    }
    #[cfg(feature = "tokio")]
    return tokio::time::Instant::now().into_std();
    #[cfg(not(feature = "tokio"))]
    return Instant::now();
}

/// The manual clock's time, where one is installed.
pub(crate) fn manual_now() -> Option<Instant> {
    #[cfg(feature = "test-util")]
    return crate::testing::now();
    #[cfg(not(feature = "test-util"))]
    None
}

/// The time of day, to be compared with what a server says.
#[cfg(any(feature = "aws", feature = "http", feature = "support-case"))]
pub(crate) fn time_of_day() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// The time of day; where the manual clock is installed, its time from the start of 1970.
#[cfg(feature = "support-case")]
pub(crate) fn wall() -> std::time::SystemTime {
    #[cfg(feature = "test-util")]
    if let Some(passed) = crate::testing::passed() {
        return std::time::UNIX_EPOCH + passed;
    }
    time_of_day()
}

/// Nanoseconds since this was first asked, for those who count in windows.
#[expect(clippy::cast_possible_truncation, reason = "584 years are enough")]
pub(crate) fn since_start() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    now().saturating_duration_since(start).as_nanos() as u64
}

/// Puts the thread to sleep.
pub(crate) fn sleep(pause: Duration) {
    if !slept_manually(pause) {
        thread::sleep(pause);
    }
}

/// Puts the thread to sleep until the future is ready, and no longer than this.
pub(crate) fn sleep_unless(pause: Duration, ready: impl Future) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    if slept_manually(pause) {
        return;
    }
    let start = Instant::now();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut ready = pin!(ready);
    while ready.as_mut().poll(&mut context).is_pending() {
        match pause.checked_sub(start.elapsed()) {
            None | Some(Duration::ZERO) => return,
            Some(left) => thread::park_timeout(left),
        }
    }
}

/// A timer of tokio.
#[cfg(feature = "tokio")]
pub(crate) fn timer(pause: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(pause)
}

/// Sets a timer of tokio for another pause.
#[cfg(feature = "tokio")]
pub(crate) fn set_again(timer: &mut std::pin::Pin<Box<tokio::time::Sleep>>, pause: Duration) {
    match tokio::time::Instant::now().checked_add(pause) {
        Some(end) => timer.as_mut().reset(end),
        // So far ahead that only tokio knows how to say it.
        None => *timer = Box::pin(self::timer(pause)),
    }
}

/// Moves the manual clock, where one is installed.
pub(crate) fn slept_manually(pause: Duration) -> bool {
    #[cfg(feature = "test-util")]
    return crate::testing::sleep(pause);
    #[cfg(not(feature = "test-util"))]
    {
        let _ = pause;
        false
    }
}

/// Whether a tokio runtime drives the code that is running on this thread.
#[cfg(feature = "tokio")]
pub(crate) fn is_in_tokio() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

/// Whether this thread is polling a tokio task, so that blocking it holds up other tasks.
///
/// A thread of `spawn_blocking` has a runtime too, but may block. Tokio tells the two apart: it
/// meters how much a task does between two yields, and does not meter such a thread. So take from
/// the allowance until there is no more, and put everything back.
#[cfg(all(feature = "tokio", feature = "tracing"))]
pub(crate) fn is_polling_a_task() -> bool {
    use core::task::{Context, Poll, Waker};

    const MORE_THAN_TOKIO_ALLOWS: usize = 256;
    if !is_in_tokio() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut taken = Vec::new();
    let is_metered = (0..MORE_THAN_TOKIO_ALLOWS).any(|_| {
        match tokio::task::coop::poll_proceed(&mut context) {
            Poll::Ready(allowance) => taken.push(allowance),
            Poll::Pending => return true,
        }
        false
    });
    // Each puts back what was there when it was taken, so the first comes last.
    while taken.pop().is_some() {}
    is_metered
}
