//! A graceful end: what runs may finish, and nothing starts again.
//!
//! Only a call that has failed asks whether it is time to stop, so that a function pays nothing
//! for it.

use core::cell::RefCell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use event_listener::Event;
use pin_project_lite::pin_project;

use crate::clock;

/// Ends retrying, for a shutdown: no new attempt starts, pauses end at once, and the last error
/// comes back (reason `stopped`). A running attempt is not cut.
///
/// Either for the whole process, [`Stop::global`], or for the calls inside a [scope](Stop::scope).
/// Clones are the same stop.
///
/// ```
/// use retry_runtime::{Stop, retry_on};
///
/// #[retry_on(_, max = 1000, delay = "1h")]
/// fn fetch() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// let stop = Stop::new();
/// let thread = std::thread::spawn({
///     let stop = stop.clone();
///     move || stop.scope_blocking(fetch)
/// });
/// stop.request();
/// assert_eq!(thread.join().unwrap(), Err("busy"));
/// ```
#[derive(Clone)]
#[doc(alias = "cancel")]
#[doc(alias = "shutdown")]
#[doc(alias = "CancellationToken")]
pub struct Stop(Kind);

#[derive(Clone)]
enum Kind {
    Global,
    Own(Arc<Signal>),
    #[cfg(feature = "tokio-util")]
    Token(tokio_util::sync::CancellationToken),
}

struct Signal {
    is_requested: AtomicBool,
    waiting: Event,
}

static GLOBAL: Signal = Signal::new();

/// Whether [`Stop::global`] was ever called: if not, no error needs to be kept for it.
static IS_WATCHED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The innermost last.
    static SCOPES: RefCell<Vec<Stop>> = const { RefCell::new(Vec::new()) };
}

impl Stop {
    /// Stops nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Kind::Own(Arc::new(Signal::new())))
    }

    /// The stop of all retried calls of the process. Take it when the process starts, and request it
    /// when it shuts down.
    ///
    /// ```standalone_crate
    /// use retry_runtime::{Stop, retry_on};
    ///
    /// #[retry_on(_, max = 1000, delay = "1h")]
    /// fn fetch() -> Result<(), &'static str> {
    ///     Err("busy")
    /// }
    ///
    /// Stop::global().request();
    /// assert_eq!(fetch(), Err("busy")); // after one attempt
    /// ```
    #[must_use]
    pub fn global() -> Self {
        IS_WATCHED.store(true, Ordering::Release);
        Self(Kind::Global)
    }

    /// Takes the request of [`Stop::global`] back: calls retry again.
    ///
    /// For tests that share a process, and for programs that shut a part down and start it again.
    /// Calls that the request has ended stay ended. Only the global stop can be taken back: in all
    /// other places make a new one.
    ///
    /// ```standalone_crate
    /// use retry_runtime::Stop;
    ///
    /// Stop::global().request();
    /// assert!(Stop::global().is_requested());
    /// Stop::reset_global();
    /// assert!(!Stop::global().is_requested());
    /// ```
    pub fn reset_global() {
        GLOBAL.is_requested.store(false, Ordering::SeqCst);
    }

    /// Ends the pauses of the calls that it is for, and lets none of them start another attempt. This
    /// is permanent, but for [`Stop::reset_global`].
    #[doc(alias = "cancel")]
    pub fn request(&self) {
        match &self.0 {
            Kind::Global => GLOBAL.request(),
            Kind::Own(signal) => signal.request(),
            #[cfg(feature = "tokio-util")]
            Kind::Token(token) => token.cancel(),
        }
    }

    /// Whether it was requested.
    #[must_use]
    #[doc(alias = "is_cancelled")]
    pub fn is_requested(&self) -> bool {
        match &self.0 {
            Kind::Global => GLOBAL.is_requested(),
            Kind::Own(signal) => signal.is_requested(),
            #[cfg(feature = "tokio-util")]
            Kind::Token(token) => token.is_cancelled(),
        }
    }

    /// Retried calls inside the future end when this is requested, as well as on the stops around
    /// it. Tasks that the future spawns are not inside.
    ///
    /// ```
    /// use retry_runtime::{Stop, retry_on};
    ///
    /// # #[cfg(feature = "tokio")]
    /// #[retry_on(_, max = 1000, delay = "1h")]
    /// async fn fetch() -> Result<(), &'static str> {
    ///     Err("busy")
    /// }
    ///
    /// # #[cfg(feature = "tokio")]
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let stop = Stop::new();
    /// let task = tokio::spawn(stop.scope(fetch()));
    /// stop.request();
    /// assert_eq!(task.await.unwrap(), Err("busy"));
    /// # });
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> StopScope<F> {
        StopScope { stop: self.clone(), future }
    }

    /// Retried calls that the closure makes on this thread end when this is requested, as well as on
    /// the stops around it.
    ///
    /// In the destructor of a thread-local the thread's list of stops can be gone: then the closure
    /// runs outside this one.
    pub fn scope_blocking<R>(&self, body: impl FnOnce() -> R) -> R {
        let _entered = Entered::new(self);
        body()
    }

    /// Waits until it is requested.
    async fn requested(&self) {
        match &self.0 {
            Kind::Global => GLOBAL.requested().await,
            Kind::Own(signal) => signal.requested().await,
            #[cfg(feature = "tokio-util")]
            Kind::Token(token) => token.cancelled().await,
        }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("is_requested", &self.is_requested()).finish_non_exhaustive()
    }
}

/// A token is requested when it is cancelled, and the other way round.
#[cfg(feature = "tokio-util")]
impl From<tokio_util::sync::CancellationToken> for Stop {
    fn from(token: tokio_util::sync::CancellationToken) -> Self {
        Self(Kind::Token(token))
    }
}

impl Signal {
    const fn new() -> Self {
        Self { is_requested: AtomicBool::new(false), waiting: Event::new() }
    }

    fn request(&self) {
        self.is_requested.store(true, Ordering::SeqCst);
        self.waiting.notify(usize::MAX);
    }

    fn is_requested(&self) -> bool {
        self.is_requested.load(Ordering::SeqCst)
    }

    async fn requested(&self) {
        while !self.is_requested() {
            let listener = self.waiting.listen();
            // A request between the look and the listener would go unheard.
            if self.is_requested() {
                return;
            }
            listener.await;
        }
    }
}

pin_project! {
    /// See [`Stop::scope`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct StopScope<F> {
        stop: Stop,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for StopScope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = Entered::new(this.stop);
        this.future.poll(context)
    }
}

struct Entered;

impl Entered {
    /// None where the thread ends and its list is gone.
    fn new(stop: &Stop) -> Option<Self> {
        SCOPES.try_with(|scopes| scopes.borrow_mut().push(stop.clone())).ok().map(|()| Self)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = SCOPES.try_with(|scopes| scopes.borrow_mut().pop());
    }
}

/// The stops that are in force for a call that is failing, where there are any.
#[derive(Clone, Debug)]
pub(crate) struct Stops(Vec<Stop>);

impl Stops {
    pub(crate) fn in_force() -> Option<Self> {
        let mut stops = SCOPES.try_with(|scopes| scopes.borrow().clone()).unwrap_or_default();
        if IS_WATCHED.load(Ordering::Acquire) {
            stops.push(Stop(Kind::Global));
        }
        (!stops.is_empty()).then_some(Self(stops))
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.0.iter().any(Stop::is_requested)
    }

    /// Waits until one of them is requested.
    pub(crate) async fn requested(&self) {
        let mut waiting: Vec<_> = self.0.iter().map(|stop| Box::pin(stop.requested())).collect();
        core::future::poll_fn(|context| {
            let is_over = waiting.iter_mut().any(|stop| stop.as_mut().poll(context).is_ready());
            if is_over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Puts the thread to sleep; a stop that is requested ends that.
pub(crate) fn sleep(pause: Duration, stops: Option<&Stops>) {
    match stops {
        Some(stops) => clock::sleep_unless(pause, stops.requested()),
        None => clock::sleep(pause),
    }
}
