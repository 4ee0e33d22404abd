//! OnRetry without the attribute: a closure in place of a function.
//!
//! The same state machine, the same budgets, the same events. A call site in the source stands in
//! for the annotated function; it is only looked up when a call fails, has a timeout or opens a span.

use core::fmt::{self, Display};
use core::panic::Location;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::call::Call;
use crate::call::async_call::AsyncCall;
use crate::call::async_call::PauseBy;
#[cfg(feature = "tokio")]
use crate::call::async_call::{AsyncTimer, DefaultTimer, Pause};
use crate::call::failing::{Ended, Failing};
use crate::call::hooks::{self, OnGiveUp, OnRetry};
use crate::call::nesting::{attempt, attempting};
use crate::call::plain::PlainCall;
use crate::call::spans::Spans;
use crate::call::terms::CallContext;
use crate::call::terms::Terms;
use crate::call::timeout::{Bound, TimedOut, within};
use crate::decide::budget::Budget;
use crate::error::code::Code;
use crate::error::failure::{Failure, Verdict};
use crate::error::text::Text;
use crate::observe::{self};
use crate::policy::Policy;
use crate::sites::reach;
use crate::sites::site::Site;

/// Calls an async closure until it succeeds or the policy ends it; every error is retried.
///
/// The closure may borrow mutably. To pick errors, name the call or set a timeout, use [`Retry`].
///
/// ```
/// use retry_runtime::{Policy, retry};
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
/// #     .block_on(async {
/// const POLICY: Policy = match Policy::builder().max(5).delay(Duration::from_millis(20)).build() {
///     Ok(policy) => policy,
///     Err(_) => panic!("contradicts itself"),
/// };
///
/// let mut calls = 0;
/// let answer = retry(&POLICY, async || {
///     calls += 1;
///     if calls < 3 { Err("busy") } else { Ok(42) }
/// });
/// assert_eq!(answer.await, Ok(42));
/// # });
/// ```
///
/// # Errors
///
/// The closure's own last error.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn retry<'a, T, E, F>(
    policy: &'a Policy,
    attempt: F,
) -> impl Future<Output = Result<T, E>> + use<'a, T, E, F>
where
    E: Display + 'a,
    F: AsyncFnMut() -> Result<T, E>,
{
    Retry::new(policy).run(attempt)
}

/// Calls a closure until it succeeds or the policy ends it; every error is retried. The pauses put
/// the thread to sleep.
///
/// ```
/// use retry_runtime::{Policy, retry_blocking};
///
/// let mut calls = 0;
/// let answer = retry_blocking(&Policy::DEFAULT, || {
///     calls += 1;
///     if calls < 2 { Err("busy") } else { Ok(42) }
/// });
/// assert_eq!(answer, Ok(42));
/// ```
///
/// # Errors
///
/// The closure's own last error.
#[track_caller]
pub fn retry_blocking<T, E: Display>(
    policy: &Policy,
    attempt: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    Retry::new(policy).run_blocking(attempt)
}

/// What a closure is retried by, beyond its [`Policy`].
///
/// ```
/// use retry_runtime::{Policy, Retry};
/// use std::io;
///
/// let content = Retry::new(&Policy::DEFAULT)
///     .name("read the motd")
///     .when(&|error: &io::Error| error.kind() == io::ErrorKind::Interrupted)
///     .run_blocking(|| std::fs::read_to_string("/no/such/file"));
/// assert_eq!(content.unwrap_err().kind(), io::ErrorKind::NotFound);
/// ```
#[must_use = "nothing happens before `run` or `run_blocking`"]
pub struct Retry<'a, E> {
    at: At<'a>,
    budget: Option<&'a Budget>,
    timeout: Option<Timeout<E>>,
    when: Option<Ask<'a, E, bool>>,
    unless: Option<Ask<'a, E, bool>>,
    hint: Option<Ask<'a, E, Option<Duration>>>,
    code: Option<fn(&E) -> Code<'_>>,
    retrying: Option<RetryHook<'a, E>>,
    gave_up: Option<GiveUpHook<'a, E>>,
}

type Ask<'a, E, R> = &'a (dyn Fn(&E) -> R + Sync);

type RetryHook<'a, E> = &'a (dyn Fn(&OnRetry<'_, E>) + Sync);

type GiveUpHook<'a, E> = &'a (dyn Fn(&OnGiveUp<'_, E>) + Sync);

type Timeout<E> = (Duration, fn(TimedOut) -> E);

impl<E> Clone for Retry<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Retry<'_, E> {}

impl<E> fmt::Debug for Retry<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("at", &self.at).finish_non_exhaustive()
    }
}

impl<'a, E> Retry<'a, E> {
    /// By this policy, every error.
    #[track_caller]
    pub const fn new(policy: &'a Policy) -> Self {
        Self {
            at: At { location: Location::caller(), name: None, policy, selectors: &["_"] },
            budget: None,
            timeout: None,
            when: None,
            unless: None,
            hint: None,
            code: None,
            retrying: None,
            gave_up: None,
        }
    }

    /// The name in logs and metrics (default: the place in the source, `src/main.rs:7:5`).
    pub const fn name(mut self, name: &'static str) -> Self {
        self.at.name = Some(name);
        self
    }

    /// Only errors for which this holds are retried (default: every error).
    pub const fn when(mut self, predicate: &'a (dyn Fn(&E) -> bool + Sync)) -> Self {
        self.when = Some(predicate);
        self.at.selectors = &["when"];
        self
    }

    /// Errors for which this holds are never retried.
    pub const fn unless(mut self, predicate: &'a (dyn Fn(&E) -> bool + Sync)) -> Self {
        self.unless = Some(predicate);
        self
    }

    /// How long the server asked to wait: the pause is no shorter, and no more than 5 s longer than
    /// it would be.
    pub const fn hint(mut self, hint: &'a (dyn Fn(&E) -> Option<Duration> + Sync)) -> Self {
        self.hint = Some(hint);
        self
    }

    /// A budget to share with others, instead of the policy's.
    pub const fn budget(mut self, budget: &'a Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Told of every attempt that failed and is followed by another.
    pub const fn on_retry(mut self, hook: &'a (dyn Fn(&OnRetry<'_, E>) + Sync)) -> Self {
        self.retrying = Some(hook);
        self
    }

    /// Told when a limit ends the call.
    pub const fn on_give_up(mut self, hook: &'a (dyn Fn(&OnGiveUp<'_, E>) + Sync)) -> Self {
        self.gave_up = Some(hook);
        self
    }

    /// How long an attempt of an async closure may take. Nothing can end a blocking one:
    /// [`Retry::run_blocking`] says so once, at WARN.
    pub const fn timeout(mut self, timeout: Duration) -> Self
    where
        E: From<TimedOut>,
    {
        self.timeout = Some((timeout, E::from));
        self
    }

    /// The error's code and request id are logged.
    pub const fn codes(mut self) -> Self
    where
        E: crate::ErrorCode,
    {
        self.code = Some(|error| Code { code: error.code(), request_id: error.request_id() });
        self
    }

    /// Calls the async closure until it succeeds or the policy ends it.
    ///
    /// The future is `Send` where the closure's futures and the error are. Dropping it ends
    /// everything at once.
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    #[cfg(feature = "tokio")]
    pub fn run<T, F>(self, attempt: F) -> impl Future<Output = Result<T, E>> + use<'a, T, E, F>
    where
        E: Display,
        F: AsyncFnMut() -> Result<T, E>,
    {
        self.repeat(attempt, TokioTimer)
    }

    /// The same on a timer of your own, such as `smol::Timer::after`.
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    pub fn run_on<T, W: Future>(
        self,
        timer: impl Fn(Duration) -> W,
        attempt: impl AsyncFnMut() -> Result<T, E>,
    ) -> impl Future<Output = Result<T, E>>
    where
        E: Display,
    {
        self.repeat(attempt, OwnTimer(timer))
    }

    async fn repeat<T>(
        self,
        mut attempt: impl AsyncFnMut() -> Result<T, E>,
        timer: impl Timer,
    ) -> Result<T, E>
    where
        E: Display,
    {
        let terms = self.terms();
        let at = Called { at: self.at, terms: &terms };
        let mut call = AsyncCall::new();
        let mut spans = Spans::of(at);
        loop {
            let mut has_timed_out = false;
            let running = attempting(at, spans.attempt(attempt()));
            let result = match self.timeout {
                None => running.await,
                Some((limit, to_error)) => {
                    let bound = Bound::new(at, &call, limit);
                    within(bound, timer.limit(bound.limit()), running).await.unwrap_or_else(
                        |timed_out| {
                            has_timed_out = true;
                            Err(to_error(timed_out))
                        },
                    )
                }
            };
            let error = match result {
                Ok(value) => {
                    spans.succeeded(|| call.succeeded(at));
                    return Ok(value);
                }
                Err(error) => error,
            };
            if let Some(ended) = self.ended(at, &mut call, &mut spans, &error, has_timed_out) {
                return self.gave_up(at, &spans, &ended, error);
            }
            let kept = Some(error).filter(|_| call.failing().is_some_and(Failing::can_end));
            timer.pause(&mut call, self.at.site()).await;
            if let Some((ended, error)) = spans.within(|| call.resumed(at, kept)) {
                spans.failed(&ended);
                return self.gave_up(at, &spans, &ended, error);
            }
        }
    }

    /// Calls the closure until it succeeds or the policy ends it; the pauses put the thread to sleep.
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    pub fn run_blocking<T>(self, mut body: impl FnMut() -> Result<T, E>) -> Result<T, E>
    where
        E: Display,
    {
        let terms = self.terms();
        if self.timeout.is_some() && self.at.site().warns_now() {
            observe::misplaced(
                self.at.site(),
                "a timeout cannot end an attempt of a blocking closure: set one where it waits (a \
                 socket, a client), and bound the whole call by a deadline",
            );
        }
        let at = Called { at: self.at, terms: &terms };
        let mut call = PlainCall::new();
        let mut spans = Spans::of(at);
        loop {
            let error = match attempt(at, || spans.run(&mut body)) {
                Ok(value) => {
                    spans.succeeded(|| call.succeeded(at));
                    return Ok(value);
                }
                Err(error) => error,
            };
            if let Some(ended) = self.ended(at, &mut call, &mut spans, &error, false) {
                return self.gave_up(at, &spans, &ended, error);
            }
            if let Some((ended, error)) = spans.within(|| call.pause(at, error)) {
                spans.failed(&ended);
                return self.gave_up(at, &spans, &ended, error);
            }
        }
    }

    /// An attempt failed: how the call ended, if no other one follows.
    fn ended(
        &self,
        at: impl CallContext,
        call: &mut impl Call,
        spans: &mut Spans,
        error: &E,
        has_timed_out: bool,
    ) -> Option<Ended>
    where
        E: Display,
    {
        let ended = spans
            .ended(call, |call| call.ended(at, error, |error| self.failure(error, has_timed_out)));
        if let (None, Some(hook)) = (&ended, self.retrying) {
            spans.within(|| hooks::retrying(at, call, Some(error), hook));
        }
        ended
    }

    #[cold]
    fn gave_up<T>(
        &self,
        at: impl CallContext,
        spans: &Spans,
        ended: &Ended,
        error: E,
    ) -> Result<T, E> {
        match self.gave_up {
            Some(hook) => spans.within(|| hooks::gave_up(at, ended, Err(error), hook)),
            None => Err(error),
        }
    }

    fn terms(&self) -> Terms<'a> {
        let terms = Terms::of(self.at.policy);
        let terms = if self.gave_up.is_some() { terms.with_hook() } else { terms };
        match self.budget {
            Some(budget) => terms.with_budget(budget),
            None => terms,
        }
    }

    fn failure<'e>(&self, error: &'e E, has_timed_out: bool) -> Failure<'e>
    where
        E: Display,
    {
        let holds = |predicate: Option<Ask<'_, E, bool>>| predicate.map(|holds| holds(error));
        let verdict = if holds(self.unless) == Some(true) {
            Verdict::NotSelected
        } else if has_timed_out {
            Verdict::TimedOut
        } else if holds(self.when) == Some(false) {
            Verdict::NotSelected
        } else {
            Verdict::Selector(0)
        };
        Failure {
            verdict,
            text: Text::Display(error),
            type_name: core::any::type_name::<E>(),
            code: self.code.map_or_else(Code::default, |code| code(error)),
            hint: self.hint.and_then(|hint| hint(error)),
        }
    }
}

/// A place in the source, in the role of an annotated function.
#[derive(Clone, Copy, Debug)]
struct At<'a> {
    location: &'static Location<'static>,
    name: Option<&'static str>,
    policy: &'a Policy,
    selectors: &'static [&'static str],
}

type Sites = HashMap<(&'static Location<'static>, Option<&'static str>), &'static Site>;

static SITES: Mutex<Option<Sites>> = Mutex::new(None);

/// Whether any place has ever failed: else budgets have nothing to be told of a success.
static ANY: AtomicBool = AtomicBool::new(false);

impl At<'_> {
    /// The site of this place, which lives as long as the process; there are as many as places.
    #[cold]
    fn site(self) -> &'static Site {
        let mut sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
        let site =
            *sites.get_or_insert_default().entry((self.location, self.name)).or_insert_with(|| {
                let name = self.name.unwrap_or_else(|| self.location.to_string().leak());
                let (file, line) = (self.location.file(), self.location.line());
                Box::leak(Box::new(Site::new(name, file, line, self.selectors, *self.policy)))
            });
        ANY.store(true, Ordering::Relaxed);
        site
    }
}

/// The same, and what the call is retried by.
#[derive(Clone, Copy, Debug)]
struct Called<'t> {
    at: At<'t>,
    terms: &'t Terms<'t>,
}

impl CallContext for Called<'_> {
    fn site(self) -> &'static Site {
        self.at.site()
    }

    #[inline]
    fn terms(&self) -> &Terms<'_> {
        self.terms
    }

    #[inline]
    fn own_budget_listens(self) -> bool {
        // Its own look for a recorder, for a program may have nothing but closures that succeed.
        static HAS_LOOKED: AtomicBool = AtomicBool::new(false);
        if !HAS_LOOKED.load(Ordering::Relaxed) && !HAS_LOOKED.swap(true, Ordering::Relaxed) {
            reach::look_for_recorder();
        }
        (ANY.load(Ordering::Relaxed) || observe::is_recorded()) && self.site().budget.listens()
    }
}

/// What waits. A trait, since closures that return futures that borrow keep those that hold them from
/// being sent to another thread.
trait Timer {
    type Wait: Future;
    type Pause<'c>: Future<Output = ()>;

    /// Ends an attempt; `None` where nothing can.
    fn limit(&self, limit: Duration) -> Option<Self::Wait>;

    /// Waits for the next attempt.
    fn pause<'c>(&self, call: &'c mut AsyncCall, site: &'static Site) -> Self::Pause<'c>;
}

#[cfg(feature = "tokio")]
struct TokioTimer;

#[cfg(feature = "tokio")]
impl Timer for TokioTimer {
    type Wait = tokio::time::Sleep;
    type Pause<'c> = Pause<'c>;

    fn limit(&self, limit: Duration) -> Option<Self::Wait> {
        DefaultTimer::sleep(limit)
    }

    fn pause<'c>(&self, call: &'c mut AsyncCall, site: &'static Site) -> Pause<'c> {
        DefaultTimer.pause(call, site)
    }
}

struct OwnTimer<F>(F);

impl<F: Fn(Duration) -> W, W: Future> Timer for OwnTimer<F> {
    type Wait = W;
    type Pause<'c> = PauseBy<W>;

    fn limit(&self, limit: Duration) -> Option<W> {
        Some((self.0)(limit))
    }

    fn pause(&self, call: &mut AsyncCall, _: &'static Site) -> PauseBy<W> {
        let pause = call.next_pause();
        call.pause_by((self.0)(pause))
    }
}
