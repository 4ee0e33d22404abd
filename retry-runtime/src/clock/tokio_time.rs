//! Tokio's clock.

use core::task::{Context, Poll, Waker};
use core::time::Duration;

use tokio::time::Sleep;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}

/// Returns a timer of tokio.
pub(crate) fn timer(pause: Duration) -> Sleep {
    tokio::time::sleep(pause)
}

/// Whether a tokio runtime drives the code that is running on this thread.
pub(crate) fn is_in_tokio() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

/// Whether this thread is polling a tokio task, so that blocking it holds up other tasks.
///
/// A thread of `spawn_blocking` also has a runtime, but may block. Tokio gives each task a budget of
/// operations between two yields, and such a thread has an unlimited one. So this function takes units
/// from the budget until none is left, and then puts all of them back.
pub(crate) fn is_polling_a_task() -> bool {
    const MORE_THAN_A_TASK_HAS: usize = 256;
    if !is_in_tokio() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut taken = Vec::new();
    let is_limited = (0..MORE_THAN_A_TASK_HAS).any(|_| {
        match tokio::task::coop::poll_proceed(&mut context) {
            Poll::Ready(unit) => taken.push(unit),
            Poll::Pending => return true,
        }
        false
    });
    // Dropping a unit restores the budget as it was before that unit was taken: drop the first one last.
    while taken.pop().is_some() {}
    is_limited
}
