//! Tokio's clock.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::time::Instant;

use tokio::time::Sleep;

pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// A timer of tokio.
pub(crate) fn timer(pause: Duration) -> Sleep {
    tokio::time::sleep(pause)
}

/// Sets a timer of tokio for another pause.
pub(crate) fn set_again(timer: &mut Pin<Box<Sleep>>, pause: Duration) {
    match tokio::time::Instant::now().checked_add(pause) {
        Some(end) => timer.as_mut().reset(end),
        // So far ahead that only tokio knows how to say it.
        None => *timer = Box::pin(self::timer(pause)),
    }
}

/// Whether a tokio runtime drives the code that is running on this thread.
pub(crate) fn is_in_tokio() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

/// Whether this thread is polling a tokio task, so that blocking it holds up other tasks.
///
/// A thread of `spawn_blocking` has a runtime too, but may block. Tokio tells the two apart: it
/// meters how much a task does between two yields, and does not meter such a thread. So take from
/// the allowance until there is no more, and put everything back.
pub(crate) fn is_polling_a_task() -> bool {
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
