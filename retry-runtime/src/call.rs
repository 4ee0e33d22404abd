//! The two thin loops, async and plain, over the one state machine.
//!
//! The loop itself stands in the expansion, for only there can the function's body be borrowed and
//! run again. What happens to a call that has failed is here: decided by [`Attempts`], reported,
//! and waited for.
//!
//! An async call that has not failed is one null pointer wide. State appears with the first failure
//! and is gone with the call.

use core::future::Future;
use core::time::Duration;
use std::time::Instant;

use crate::attempts::{Attempts, Step};
use crate::clock;
use crate::observe::{self, Failure, Moment};
use crate::random;
use crate::site::Site;

/// A call that has failed at least once and is not given up.
#[derive(Clone, Copy, Debug)]
struct Failing {
    attempts: Attempts,
    /// When the first attempt failed.
    since: Instant,
    /// What to wait for before the attempt that `attempts` counts as running.
    pause: Duration,
}

impl Failing {
    /// The running attempt of a call failed: how it goes on, `None` where the call is given up.
    #[cold]
    #[inline(never)]
    fn after(before: Option<&Self>, site: &'static Site, failure: &Failure<'_>) -> Option<Self> {
        let mut attempts = before.map_or(Attempts::FIRST, |failing| failing.attempts);
        let moment = Moment {
            site,
            attempt: attempts.number(),
            elapsed: before.map_or(Duration::ZERO, Self::elapsed),
        };
        match attempts.failed(&site.policy, failure.is_selected(), random::number()) {
            Step::Wait(pause) => {
                observe::retry_scheduled(moment, failure, pause);
                let since = before.map_or_else(clock::now, |failing| failing.since);
                Some(Self { attempts, since, pause })
            }
            Step::Done(reason) => {
                observe::gave_up(moment, failure, reason);
                None
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn recovered(&self, site: &'static Site) {
        observe::recovered(Moment {
            site,
            attempt: self.attempts.number(),
            elapsed: self.elapsed(),
        });
    }

    fn elapsed(&self) -> Duration {
        clock::now().saturating_duration_since(self.since)
    }
}

/// The state of one call of a plain function.
#[derive(Debug, Default)]
pub struct PlainCall(Option<Failing>);

impl PlainCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// An attempt succeeded.
    #[inline]
    pub fn succeeded(&self, site: &'static Site) {
        if let Some(failing) = &self.0 {
            failing.recovered(site);
        }
    }

    /// An attempt failed: whether to pause and make another.
    #[cold]
    pub fn failed(&mut self, site: &'static Site, failure: &Failure<'_>) -> bool {
        self.0 = Failing::after(self.0.as_ref(), site, failure);
        self.0.is_some()
    }

    /// Puts the thread to sleep until the next attempt.
    #[cold]
    pub fn pause(&self, site: &'static Site) {
        #[cfg(not(all(feature = "tokio", feature = "tracing")))]
        let _ = site;
        if let Some(failing) = &self.0 {
            #[cfg(all(feature = "tokio", feature = "tracing"))]
            if !site.was_warned() && clock::is_polling_a_task() && site.warns_now() {
                observe::misplaced(
                    site,
                    "a plain function pauses between attempts inside an async task and blocks its \
                     thread: make the function async, or call it in `spawn_blocking`",
                );
            }
            clock::sleep(failing.pause);
        }
    }
}

/// The state of one call of an async function.
#[derive(Debug, Default)]
pub struct AsyncCall(Option<Box<Failing>>);

impl AsyncCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// An attempt succeeded.
    #[inline]
    pub fn succeeded(&self, site: &'static Site) {
        if let Some(failing) = &self.0 {
            failing.recovered(site);
        }
    }

    /// An attempt failed: whether to pause and make another.
    #[cold]
    pub fn failed(&mut self, site: &'static Site, failure: &Failure<'_>) -> bool {
        let after = Failing::after(self.0.as_deref(), site, failure);
        match (&mut self.0, after) {
            (Some(failing), Some(after)) => **failing = after,
            (state, after) => *state = after.map(Box::new),
        }
        self.0.is_some()
    }

    /// The pause, for a timer that the user named; none where the manual clock has passed it.
    #[must_use]
    pub fn next_pause(&self) -> Duration {
        match &self.0 {
            Some(failing) if !clock::slept_manually(failing.pause) => failing.pause,
            _ => Duration::ZERO,
        }
    }
}

/// The timer of async functions that name none.
#[derive(Clone, Copy, Debug)]
pub struct DefaultTimer;

/// What makes an async function pause.
#[diagnostic::on_unimplemented(
    message = "an async function with `#[retry_on]` needs a timer for the pauses between attempts",
    label = "there is no timer",
    note = "enable the feature `tokio` of `retry-runtime` (it is on by default), or name an async \
            timer of your own: `sleep = my_timer`, a function from `Duration` to a future"
)]
pub trait AsyncTimer {
    /// Waits until the next attempt of a call.
    fn pause(self, call: &mut AsyncCall, site: &'static Site) -> impl Future<Output = ()> + Send;
}

#[cfg(feature = "tokio")]
impl AsyncTimer for DefaultTimer {
    async fn pause(self, call: &mut AsyncCall, site: &'static Site) {
        let Some(failing) = &call.0 else { return };
        let pause = failing.pause;
        if clock::slept_manually(pause) || pause.is_zero() {
            // Not even a pause of no length may keep other tasks waiting.
            yield_once().await;
        } else if clock::is_in_tokio() {
            // In a box, for a timer is larger than many a future that never needs it.
            Box::pin(tokio::time::sleep(pause)).await;
        } else {
            if site.warns_now() {
                observe::misplaced(
                    site,
                    "no tokio runtime drives this async function, so its pauses between attempts \
                     block the thread: name the timer of your runtime with `sleep = ..`",
                );
            }
            clock::sleep(pause);
        }
    }
}

/// What a timer that the user named returns.
#[diagnostic::on_unimplemented(
    message = "the timer in `sleep = ..` must be async, and it returns `{Self}`",
    label = "not a future",
    note = "name a function from `Duration` to a future, such as `async fn my_timer(pause: Duration)`"
)]
pub trait Slept {
    /// The future that it is.
    type Wait: Future;

    /// Waits.
    fn slept(self) -> Self::Wait;
}

#[diagnostic::do_not_recommend]
impl<S: Future> Slept for S {
    type Wait = S;

    fn slept(self) -> S {
        self
    }
}

/// Lets other tasks run.
#[cfg(feature = "tokio")]
async fn yield_once() {
    use core::task::Poll;

    let mut yielded = false;
    core::future::poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
