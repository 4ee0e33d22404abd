//! The clock of a browser, or of another host that runs JavaScript.
//!
//! Nothing can block there. So the pauses of plain functions keep the thread busy until they are over.

use std::hint::spin_loop;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

pub(crate) use web_time::Instant;

pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(any(feature = "aws", feature = "http", feature = "support-case"))]
pub(super) fn time_of_day() -> std::time::SystemTime {
    use web_time::web::SystemTimeExt;

    web_time::SystemTime::now().to_std()
}

pub(super) fn sleep(pause: Duration) {
    sleep_unless(pause, std::future::pending::<()>());
}

pub(super) fn sleep_unless(pause: Duration, ready: impl Future) {
    let start = Instant::now();
    let mut context = Context::from_waker(Waker::noop());
    let mut ready = pin!(ready);
    while ready.as_mut().poll(&mut context).is_pending() && start.elapsed() < pause {
        spin_loop();
    }
}
