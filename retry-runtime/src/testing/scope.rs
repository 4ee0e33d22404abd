//! The test scope: what a test controls on a thread or in a future.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use pin_project_lite::pin_project;

use super::fault::{Fault, FaultError, HowOften};
use crate::clock::stand_in::{self, StandIn};
use crate::clock::{self, Instant};
use crate::decide::budget::Tokens;
use crate::observe::{Event, Observer, OwnedEvent, observers};
use crate::random;

thread_local! {
    /// The innermost scope is the last one.
    static ENTERED: RefCell<Vec<Scope>> = const { RefCell::new(Vec::new()) };
}

/// Gives the calls inside it virtual time and records their events. It can also fix the jitter,
/// limit attempts, switch budgets off and inject faults.
///
/// A thread enters a scope with [`Scope::enter`] or [`Scope::run_blocking`], a future with
/// [`Scope::run`]. Threads and tasks that are started inside are not in the scope. If scopes are
/// nested, only the innermost one applies. Clones are the same scope.
///
/// ```
/// use retry_runtime::{retry_on, testing::Scope};
///
/// #[retry_on(_, max = 5)]
/// fn read() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// let scope = Scope::new().longest_pauses().max(3);
/// scope.run_blocking(read).unwrap_err();
/// let pauses: Vec<u128> = scope.pauses().iter().map(|pause| pause.as_millis()).collect();
/// assert_eq!(pauses, [100, 200]);
/// ```
#[derive(Clone)]
pub struct Scope(Arc<Mutex<State>>);

pub(super) struct State {
    started: Instant,
    now: Instant,
    pauses: Vec<Duration>,
    random: Random,
    max: Option<u32>,
    lifts_budgets: bool,
    pub(super) events: Vec<OwnedEvent>,
    pub(super) faults: Vec<Fault>,
    /// Whether the test has asked which faults were not used.
    is_checked: bool,
    /// The own budgets of sites, by their addresses.
    pub(super) budgets: HashMap<usize, Arc<Tokens>>,
}

/// A fault that concerns no call is a mistake in the test, which would else pass for the wrong reason.
impl Drop for State {
    fn drop(&mut self) {
        if self.is_checked || thread::panicking() {
            return;
        }
        if let Some(mistake) = self.faults.iter().find_map(Fault::mistake) {
            panic!("{mistake}");
        }
    }
}

enum Random {
    OfThread,
    Always(u64),
    Seeded(Rng),
}

impl Scope {
    /// Creates a scope with virtual time: pauses end at once. Everything else is unchanged.
    #[must_use]
    pub fn new() -> Self {
        let now = clock::now();
        Self(Arc::new(Mutex::new(State {
            started: now,
            now,
            pauses: Vec::new(),
            random: Random::OfThread,
            max: None,
            lifts_budgets: false,
            events: Vec::new(),
            faults: Vec::new(),
            is_checked: false,
            budgets: HashMap::new(),
        })))
    }

    /// Seeds the jitter, so that it is the same in every run.
    ///
    /// ```
    /// use retry_runtime::{retry_on, testing::Scope};
    ///
    /// #[retry_on(_, max = 5)]
    /// fn read() -> Result<(), &'static str> {
    ///     Err("busy")
    /// }
    ///
    /// let pauses = || {
    ///     let scope = Scope::new().seed(7).enter();
    ///     read().unwrap_err();
    ///     scope.pauses()
    /// };
    /// assert_eq!(pauses(), pauses());
    /// ```
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        self.state().random = Random::Seeded(Rng::with_seed(seed));
        self
    }

    /// Makes every pause as long as its jitter allows.
    #[must_use]
    pub fn longest_pauses(self) -> Self {
        self.state().random = Random::Always(u64::MAX);
        self
    }

    /// Makes every pause as short as its jitter allows.
    #[must_use]
    pub fn shortest_pauses(self) -> Self {
        self.state().random = Random::Always(0);
        self
    }

    /// Limits every call to this many attempts, if its policy allows more. 0 means 1.
    #[must_use]
    pub fn max(self, attempts: u32) -> Self {
        self.state().max = Some(attempts.max(1));
        self
    }

    /// Allows every retry without using any budget.
    #[must_use]
    pub fn without_budget(self) -> Self {
        self.state().lifts_budgets = true;
        self
    }

    /// Makes the next attempts of a function fail with the error that the closure returns, before the
    /// body runs. `site` is the function's name in logs, or the end of that name (`fetch` for
    /// `shop::orders::fetch`).
    ///
    /// The error must be a `std::error::Error`, or a box or report of one, and must not borrow.
    ///
    /// [`Scope::check`] returns an error if some of these attempts were not made. If it was not called,
    /// the end of the scope panics if no function of this name was called, or if it returns another
    /// error:
    ///
    /// ```should_panic
    /// use retry_runtime::testing::Scope;
    ///
    /// // No such function is called.
    /// Scope::new().fail_next("raed", 1, || std::io::Error::other("full")).run_blocking(|| ());
    /// ```
    #[must_use]
    pub fn fail_next<E: 'static>(
        self,
        site: &str,
        attempts: u32,
        error: impl FnMut() -> E + Send + 'static,
    ) -> Self {
        self.state().faults.push(Fault::new(site, HowOften::Next(attempts), error));
        self
    }

    /// Like [`Scope::fail_next`], for a share of all attempts: 0 means none, 1 means every attempt.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a share before"
    )]
    pub fn fail_sometimes<E: 'static>(
        self,
        site: &str,
        share: f64,
        error: impl FnMut() -> E + Send + 'static,
    ) -> Self {
        let parts = (share.clamp(0.0, 1.0) * 4_294_967_296.0) as u64;
        self.state().faults.push(Fault::new(site, HowOften::Sometimes(parts), error));
        self
    }

    /// Checks that every attempt that should fail was made.
    ///
    /// # Errors
    ///
    /// Returns the first fault that was not used up, or whose error type is not that of the function.
    pub fn check(&self) -> Result<(), FaultError> {
        let mut state = self.state();
        state.is_checked = true;
        state.faults.iter().try_for_each(Fault::check)
    }

    /// Enters the scope on this thread, until the returned value, through which it can be read, is
    /// dropped.
    ///
    /// ```
    /// use retry_runtime::{retry_on, testing::Scope};
    ///
    /// #[retry_on(_, jitter = none)]
    /// fn read() -> Result<(), &'static str> {
    ///     Err("busy")
    /// }
    ///
    /// let scope = Scope::new().enter();
    /// read().unwrap_err();
    /// assert_eq!(scope.pauses().iter().map(|pause| pause.as_millis()).collect::<Vec<_>>(), [100, 200]);
    /// ```
    pub fn enter(&self) -> Entered {
        install();
        let _ = ENTERED.try_with(|scopes| scopes.borrow_mut().push(self.clone()));
        Entered { scope: self.clone(), thread: PhantomData }
    }

    /// Runs the closure inside the scope.
    pub fn run_blocking<R>(&self, body: impl FnOnce() -> R) -> R {
        let _entered = self.enter();
        body()
    }

    /// Runs the future inside the scope, on every thread that polls it.
    pub fn run<F: Future>(&self, future: F) -> Run<F> {
        Run { scope: self.clone(), future }
    }

    /// Returns all events, in order.
    #[must_use]
    pub fn events(&self) -> Vec<OwnedEvent> {
        self.state().events.clone()
    }

    /// Returns all pauses, in order.
    #[must_use]
    pub fn pauses(&self) -> Vec<Duration> {
        self.state().pauses.clone()
    }

    /// Advances the virtual time, as if an attempt had taken that long.
    pub fn advance(&self, by: Duration) {
        self.state().advance(by);
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("pauses", &self.pauses()).finish_non_exhaustive()
    }
}

/// A [`Scope`] that a thread has entered. See [`Scope::enter`].
#[derive(Debug)]
#[must_use = "the scope is left when this value is dropped"]
pub struct Entered {
    scope: Scope,
    /// Makes it `!Send`, because it belongs to its thread.
    thread: PhantomData<*const ()>,
}

impl Deref for Entered {
    type Target = Scope;

    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let PhantomData = self.thread;
        let _ = ENTERED.try_with(|scopes| {
            let mut scopes = scopes.borrow_mut();
            if let Some(at) = scopes.iter().rposition(|scope| Arc::ptr_eq(&scope.0, &self.scope.0))
            {
                scopes.remove(at);
            }
        });
    }
}

pin_project! {
    /// See [`Scope::run`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Run<F> {
        scope: Scope,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Run<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.scope.enter();
        this.future.poll(context)
    }
}

impl State {
    /// Advances the time. Does nothing if an `Instant` cannot represent the result.
    fn advance(&mut self, by: Duration) {
        self.now = self.now.checked_add(by).unwrap_or(self.now);
    }
}

/// Returns the scope that applies. `None` also while the thread ends.
pub(super) fn innermost() -> Option<Scope> {
    ENTERED.try_with(|scopes| scopes.borrow().last().cloned()).ok().flatten()
}

/// Forwards to the innermost scope of the current thread.
struct Innermost;

/// Makes the clock, the random numbers and the observers ask the innermost scope of each thread.
fn install() {
    stand_in::put(&Innermost);
    random::stand_in::put(random);
    observers::test::put(&Innermost);
}

impl StandIn for Innermost {
    fn time(&self) -> Option<(Instant, Duration)> {
        let scope = innermost()?;
        let state = scope.state();
        Some((state.now, state.now.saturating_duration_since(state.started)))
    }

    fn sleep(&self, pause: Duration) -> bool {
        let Some(scope) = innermost() else { return false };
        let mut state = scope.state();
        state.advance(pause);
        state.pauses.push(pause);
        true
    }
}

impl Observer for Innermost {
    fn observe(&self, event: &Event<'_>) {
        let Some(scope) = innermost() else { return };
        let event = OwnedEvent::from(event);
        scope.state().events.push(event);
    }
}

/// Returns the random number of the scope, if the scope sets one.
fn random() -> Option<u64> {
    match &mut innermost()?.state().random {
        Random::OfThread => None,
        Random::Always(number) => Some(*number),
        Random::Seeded(generator) => Some(generator.u64(..)),
    }
}

/// Returns how many attempts the scope allows.
pub(crate) fn max() -> Option<u32> {
    innermost()?.state().max
}

/// Returns whether the scope allows every retry without a budget.
pub(crate) fn lifts_budgets() -> bool {
    innermost().is_some_and(|scope| scope.state().lifts_budgets)
}
