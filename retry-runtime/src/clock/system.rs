//! The system's clock, and pauses that block the thread.

use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

pub(crate) use std::time::Instant;

pub(super) use super::tokio_time::now;

#[cfg(any(feature = "aws", feature = "http", feature = "support-case"))]
pub(super) fn time_of_day() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

pub(super) fn sleep(pause: Duration) {
    thread::sleep(pause);
}

pub(super) fn sleep_unless(pause: Duration, ready: impl Future) {
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
