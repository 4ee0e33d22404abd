//! How an async call waits for its next attempt.

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use crate::call::failing::{Ended, Failing};
use crate::call::stop::Stops;
use crate::call::terms::CallContext;
use crate::call::timeout::{self, Bound};
use crate::call::{Call, State};
use crate::clock;
use crate::sites::site::Site;

/// The state of one call of an async function.
///
/// All that must be dropped is in one box, so that the future of the function has little to look
/// after.
#[derive(Debug, Default)]
pub struct AsyncCall(pub(crate) Option<Box<Boxed>>);

impl Drop for AsyncCall {
    #[inline]
    fn drop(&mut self) {
        #[cold]
        #[inline(never)]
        fn end(_: Box<Boxed>) {}
        if let Some(boxed) = self.0.take() {
            end(boxed);
        }
    }
}

/// The state of a call in which something failed.
#[derive(Debug, Default)]
pub(crate) struct Boxed {
    pub(crate) state: State,
    pub(crate) waiting: Waiting,
}

impl Call for AsyncCall {
    const IS_ASYNC: bool = true;

    #[inline]
    fn state(&self) -> Option<&State> {
        self.0.as_ref().map(|boxed| &boxed.state)
    }

    fn state_mut(&mut self) -> Option<&mut State> {
        self.0.as_mut().map(|boxed| &mut boxed.state)
    }

    fn start(&mut self) -> &mut State {
        &mut self.0.get_or_insert_default().state
    }
}

impl AsyncCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }
}

/// The timer of async functions that name none.
#[derive(Clone, Copy, Debug)]
pub struct DefaultTimer;

/// What a call waits for.
#[derive(Default)]
pub(crate) struct Waiting {
    /// A new one for each pause, because a timer belongs to the runtime that it was made in, and the
    /// call may have moved to another. In one box for all, because a timer must not move.
    #[cfg(feature = "tokio")]
    timer: Option<Pin<Box<tokio::time::Sleep>>>,
    stopped: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
    /// Not even a pause of no length may keep other tasks waiting.
    yields: bool,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

/// Waits for the next attempt; a stop ends it at once.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Pause<'a>(&'a mut AsyncCall);

impl Future for Pause<'_> {
    type Output = ();

    #[cold]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(boxed) = &mut self.0.0 else { return Poll::Ready(()) };
        boxed.waiting.poll(context)
    }
}

impl Waiting {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if core::mem::take(&mut self.yields) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.stopped.as_mut().is_some_and(|stopped| stopped.as_mut().poll(context).is_ready()) {
            self.stopped = None;
            return Poll::Ready(());
        }
        #[cfg(feature = "tokio")]
        if let Some(timer) = &mut self.timer {
            return timer.as_mut().poll(context);
        }
        Poll::Ready(())
    }
}

/// Makes an async function that names no timer wait.
#[diagnostic::on_unimplemented(
    message = "an async function with `#[retry_on]` needs a timer for the pauses between attempts",
    label = "there is no timer",
    note = "enable the feature `tokio` of `retry-runtime` (it is on by default), or name an async \
            timer of your own: `sleep = my_timer`, a function from `Duration` to a future"
)]
pub trait AsyncTimer {
    /// What waits.
    type Wait: Future<Output = ()>;

    /// Waits that long; `None` where it cannot.
    fn sleep(duration: Duration) -> Option<Self::Wait>;

    /// The timer for the bound of an attempt; `None` where there is none, or where it cannot wait.
    fn limit(self, at: impl CallContext, bound: &Bound) -> Option<Self::Wait>
    where
        Self: Sized,
    {
        timeout::default_timer(Self::sleep, at, bound)
    }

    /// Waits for the next attempt of a call.
    fn pause<'a>(self, call: &'a mut AsyncCall, site: &'static Site) -> Pause<'a>;
}

#[cfg(feature = "tokio")]
impl AsyncTimer for DefaultTimer {
    type Wait = tokio::time::Sleep;

    fn sleep(duration: Duration) -> Option<Self::Wait> {
        clock::tokio_time::is_in_tokio().then(|| clock::tokio_time::timer(duration))
    }

    #[cold]
    #[inline(never)]
    fn pause<'a>(self, call: &'a mut AsyncCall, site: &'static Site) -> Pause<'a> {
        let Some(Boxed { state: State { failing: Some(failing), .. }, waiting }) =
            call.0.as_deref_mut()
        else {
            return Pause(call);
        };
        let (pause, stops) = (failing.pause, failing.stops().cloned());
        waiting.stopped = None;
        if pause.is_zero() || clock::slept_manually(pause) {
            (waiting.yields, waiting.timer) = (true, None);
        } else if clock::tokio_time::is_in_tokio() {
            waiting.stopped = stops.map(stopped);
            let timer = clock::tokio_time::timer(pause);
            match &mut waiting.timer {
                Some(before) => before.as_mut().set(timer),
                none => *none = Some(Box::pin(timer)),
            }
        } else {
            if site.warns_now() {
                crate::observe::misplaced(
                    site,
                    "no tokio runtime drives this async function, so its pauses between attempts \
                     block the thread: name the timer of your runtime with `sleep = ..`",
                );
            }
            crate::call::stop::sleep(pause, stops.as_ref());
        }
        Pause(call)
    }
}

fn stopped(stops: Stops) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
    Box::pin(async move { stops.requested().await })
}

pin_project! {
    /// Waits for the next attempt by a timer that the user named; a stop ends it at once.
    #[must_use = "futures do nothing unless polled"]
    pub struct PauseBy<W> {
        #[pin]
        timer: W,
        stopped: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
        yields: bool,
    }
}

impl<W> fmt::Debug for PauseBy<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PauseBy").finish_non_exhaustive()
    }
}

impl<W: Future> Future for PauseBy<W> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if core::mem::take(this.yields) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let is_stopped =
            this.stopped.as_mut().is_some_and(|stopped| stopped.as_mut().poll(context).is_ready());
        if is_stopped { Poll::Ready(()) } else { this.timer.poll(context).map(drop) }
    }
}

impl AsyncCall {
    /// The length of the pause, for a timer that the user named; none where the manual clock has
    /// passed it.
    #[must_use]
    #[cold]
    pub fn next_pause(&self) -> Duration {
        let pause = self.length();
        if clock::slept_manually(pause) { Duration::ZERO } else { pause }
    }

    /// The pause, by a timer that the user named.
    #[cold]
    pub fn pause_by<W: Future>(&self, timer: W) -> PauseBy<W> {
        let yields = self.length().is_zero();
        let stops = self.failing().and_then(Failing::stops).cloned();
        PauseBy { timer, stopped: stops.map(stopped), yields }
    }

    fn length(&self) -> Duration {
        self.failing().map_or(Duration::ZERO, |failing| failing.pause)
    }
}

/// What may be kept while a call pauses: what can be sent to another thread, so that the future
/// can be sent wherever it could without the attribute.
#[derive(Debug)]
pub struct Keep<E>(KeepNothing<E>);

/// The error cannot be sent.
#[derive(Debug)]
pub struct KeepNothing<E>(Option<E>);

impl<E> Keep<E> {
    /// The error of the attempt that failed.
    pub const fn new(error: E) -> Self {
        Self(KeepNothing(Some(error)))
    }
}

impl<E: Send> Keep<E> {
    /// The error, where a stop or the deadline may need it; else it goes now.
    pub fn __keep(&mut self, call: &AsyncCall) -> Kept<E> {
        let can_end = call.failing().is_some_and(Failing::can_end);
        Kept(self.0.0.take().filter(|_| can_end))
    }
}

impl<E> KeepNothing<E> {
    /// Nothing.
    pub fn __keep(&mut self, _: &AsyncCall) -> NotKept<E> {
        self.0 = None;
        NotKept(PhantomData)
    }
}

impl<E> Deref for Keep<E> {
    type Target = KeepNothing<E>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<E> DerefMut for Keep<E> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// The error of an attempt, during the pause after it.
#[derive(Debug)]
pub struct Kept<E>(Option<E>);

/// No error, so that there is one more attempt after a stop or the deadline to tell it.
#[derive(Debug)]
pub struct NotKept<E>(PhantomData<fn() -> E>);

impl<E> Kept<E> {
    /// How the call ended in the pause, if so.
    #[cold]
    pub fn ended(self, call: &mut AsyncCall, at: impl CallContext) -> Option<(Ended, E)> {
        call.resumed(at, self.0)
    }
}

impl<E> NotKept<E> {
    /// Never.
    #[must_use]
    #[cold]
    #[expect(clippy::unused_self, reason = "called as that of a kept error is")]
    pub fn ended(self, call: &mut AsyncCall, at: impl CallContext) -> Option<(Ended, E)> {
        call.resumed(at, None)
    }
}
