//! The only place that reads a clock or sleeps.
//!
//! Three clocks: tokio's for async functions (so that `tokio::time::pause` works), the thread's
//! for plain ones, and, where a test has installed it on this thread, the manual one.

use std::time::{Duration, Instant};

/// Monotonic; the manual clock's time where one is installed, else tokio's, else the system's.
pub(crate) fn now() -> Instant {
    #[cfg(feature = "test-util")]
    if let Some(now) = crate::testing::now() {
        return now;
    }
    #[cfg(feature = "tokio")]
    return tokio::time::Instant::now().into_std();
    #[cfg(not(feature = "tokio"))]
    return Instant::now();
}

/// Puts the thread to sleep.
pub(crate) fn sleep(pause: Duration) {
    if !slept_manually(pause) {
        std::thread::sleep(pause);
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

/// The timer that is kept for the pauses of an async call.
#[cfg(feature = "tokio")]
pub(crate) type Sleep = tokio::time::Sleep;
/// Without tokio there is none to keep.
#[cfg(not(feature = "tokio"))]
pub(crate) type Sleep = core::future::Pending<()>;

#[cfg(feature = "tokio")]
pub(crate) fn timer(pause: Duration) -> Sleep {
    tokio::time::sleep(pause)
}

/// Whether a tokio runtime drives the code that is running on this thread.
#[cfg(feature = "tokio")]
pub(crate) fn is_in_tokio() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

/// Whether this thread is polling a tokio task, so that blocking it holds up other tasks.
///
/// A thread of `spawn_blocking` has a runtime too, but may block: tokio meters what a task does
/// between two yields, and does not meter such a thread. Only asked once per annotated function,
/// for using the rest of the task's allowance makes the task yield a little earlier.
#[cfg(feature = "tokio")]
pub(crate) fn is_polling_a_task() -> bool {
    const MORE_THAN_TOKIO_ALLOWS: usize = 1024;
    if !is_in_tokio() {
        return false;
    }
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    (0..MORE_THAN_TOKIO_ALLOWS).any(|_| {
        let step = core::pin::pin!(tokio::task::consume_budget());
        step.poll(&mut context).is_pending()
    })
}
