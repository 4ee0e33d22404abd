//! Retrying without the attribute: a closure in place of a function.
//!
//! The same state machine, the same budgets, the same events. A [`place`] in the source stands in for
//! the annotated function; it is only looked up when a call fails, has a timeout or opens a span.

mod place;
mod rules;
mod running;
mod shared;

use core::fmt::{self, Display};
use core::panic::Location;
use core::time::Duration;

use crate::call::hooks::{OnGiveUp, OnRetry};
use crate::call::timeout::TimedOut;
use crate::decide::budget::Budget;
use crate::error::code::Code;
use crate::hint::Hint;
use crate::policy::Policy;
use crate::retry::place::Place;
use crate::retry::rules::Rules;
#[cfg(feature = "tokio")]
use crate::retry::running::TokioTimer;
use crate::retry::running::{OwnTimer, Running};
use crate::retry::shared::Shared;

/// Calls a closure that returns a future until one succeeds or the policy ends the call; every error
/// is retried.
///
/// The future can be spawned where those that the closure returns can. These may borrow what is
/// around the closure. What the closure counts or moves stays outside of them:
///
/// ```
/// use retry_runtime::{Policy, retry};
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
/// #     .block_on(async {
/// const POLICY: Policy = Policy::builder().max(5).delay(Duration::from_millis(20)).build();
///
/// let mut calls = 0;
/// let answer = retry(&POLICY, || {
///     calls += 1;
///     async move { if calls < 3 { Err("busy") } else { Ok(42) } }
/// });
/// assert_eq!(answer.await, Ok(42));
/// # });
/// ```
///
/// An attempt that changes what the closure holds needs [`Retry::run_lending`]. To pick errors, to
/// poll, to name the call, to set a timeout or to cut an attempt at the deadline, use [`Retry`].
///
/// # Errors
///
/// The closure's own last error.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn retry<'a, T, E, F, Fut>(policy: &'a Policy, attempt: F) -> impl Future<Output = Result<T, E>>
where
    T: 'a,
    E: Display + 'a,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    Retry::new(policy).run(attempt)
}

/// Calls a closure until it succeeds or the policy ends the call; every error is retried. The pauses
/// block the thread.
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

/// What a closure is retried by, beyond its [`Policy`]: which errors and values, a name, a budget, a
/// timeout, hooks.
///
/// ```
/// use retry_runtime::{Policy, Retry};
/// use std::io;
///
/// let content = Retry::new(&Policy::DEFAULT)
///     .name("read the motd")
///     .when(|error: &io::Error| error.kind() == io::ErrorKind::Interrupted)
///     .run_blocking(|| std::fs::read_to_string("/no/such/file"));
/// assert_eq!(content.unwrap_err().kind(), io::ErrorKind::NotFound);
/// ```
///
/// The place in the source where it is made takes the role of an annotated function: it has a name in
/// logs and metrics, counters, and a budget. A helper in which one is made is one place for all of its
/// callers, so that they share all of these. Where they should not, let them pass a [`name`](Self::name):
/// a place has counters and a budget for each of its names. Or write `#[track_caller]` above the helper,
/// if it is not async: then each of its callers is a place.
///
/// ```
/// use retry_runtime::{Policy, Retry, sites};
///
/// fn read(name: &'static str, path: &str) -> std::io::Result<String> {
///     Retry::new(&Policy::DEFAULT)
///         .name(name)
///         .when(|error: &std::io::Error| error.kind() != std::io::ErrorKind::NotFound)
///         .run_blocking(|| std::fs::read_to_string(path))
/// }
///
/// read("motd", "/no/such/file").unwrap_err();
/// read("hosts", "/no/such/file").unwrap_err();
/// assert_eq!(sites().iter().map(|site| site.site()).collect::<Vec<_>>(), ["hosts", "motd"]);
/// ```
///
/// It can be kept in a variable or a struct, and used again as a clone: the clones share the closures.
/// Whatever is set is kept in one allocation, besides one for each closure that captures something.
///
/// ```
/// use retry_runtime::{Policy, Retry};
///
/// struct Client<'a> {
///     retry: Retry<'a, u32, String>,
/// }
///
/// let busy = "busy".to_owned();
/// let retry = Retry::new(&Policy::DEFAULT).when(|error: &String| *error == busy);
/// let client = Client { retry };
///
/// for answer in [1, 2] {
///     assert_eq!(client.retry.clone().run_blocking(|| Ok(answer)), Ok(answer));
/// }
/// ```
#[must_use = "nothing happens before `run` or `run_blocking`"]
pub struct Retry<'a, T, E> {
    rules: Rules<'a, T, E>,
}

impl<T, E> Clone for Retry<'_, T, E> {
    fn clone(&self) -> Self {
        Self { rules: self.rules.clone() }
    }
}

impl<T, E> fmt::Debug for Retry<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("place", &self.rules.place).finish_non_exhaustive()
    }
}

impl<'a, T, E: Display> Retry<'a, T, E> {
    /// Retries every error, as the policy says.
    #[track_caller]
    pub fn new(policy: &'a Policy) -> Self {
        Self::with_text(policy, E::fmt)
    }
}

impl<'a, T, E> Retry<'a, T, E> {
    /// The same for an error without [`Display`]: says how it is printed in logs.
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    /// use std::fmt;
    ///
    /// #[derive(Debug)]
    /// struct Busy;
    ///
    /// let answer = Retry::with_text(&Policy::DEFAULT, fmt::Debug::fmt)
    ///     .run_blocking(|| Ok::<_, Busy>(42));
    /// assert!(answer.is_ok());
    ///
    /// // An error that says nothing of itself:
    /// let answer = Retry::with_text(&Policy::DEFAULT, |(), f| f.write_str("no answer"))
    ///     .run_blocking(|| Some(42).ok_or(()));
    /// assert_eq!(answer, Ok(42));
    /// ```
    #[track_caller]
    pub fn with_text(
        policy: &'a Policy,
        text: fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result,
    ) -> Self {
        let location = Location::caller();
        let place = Place { location, name: None, policy, selectors: &["_"] };
        Self { rules: Rules { place, text, options: None } }
    }

    /// The name in logs and metrics (default: the place in the source, `src/main.rs:7:5`).
    pub fn name(mut self, name: &'static str) -> Self {
        self.rules.place.name = Some(name);
        self
    }

    /// Only errors for which this is true are retried (default: every error).
    #[doc(alias = "retry_if")]
    pub fn when(mut self, predicate: impl Fn(&E) -> bool + Send + Sync + 'a) -> Self {
        self.rules.options().when = Some(Shared::new(predicate, |f| f, |f| f));
        self.rules.place.selectors = &["when"];
        self
    }

    /// Errors for which this is true are never retried.
    pub fn unless(mut self, predicate: impl Fn(&E) -> bool + Send + Sync + 'a) -> Self {
        self.rules.options().unless = Some(Shared::new(predicate, |f| f, |f| f));
        self
    }

    /// Errors for which this is true are throttling: the service asks for fewer requests. The delays after
    /// them grow from the policy's [`throttling_delay`](Policy::throttling_delay), and such a retry takes
    /// its own price from the budget. With [`Retry::error_codes`], known codes are throttling
    /// without it.
    #[doc(alias = "rate_limited")]
    pub fn throttling(mut self, predicate: impl Fn(&E) -> bool + Send + Sync + 'a) -> Self {
        self.rules.options().throttling = Some(Shared::new(predicate, |f| f, |f| f));
        self
    }

    /// Polls: goes on until this is true of a value.
    ///
    /// A value before that is "not yet", and no failure: it is logged at DEBUG, takes nothing from the
    /// budget, and `on_retry` is not called. When a limit ends the call, this is logged as for
    /// errors, and the last value comes back. Errors are retried as without it.
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    ///
    /// #[derive(Debug, PartialEq)]
    /// enum Job { Pending, Done }
    ///
    /// let mut answers = [Job::Pending, Job::Pending, Job::Done].into_iter();
    /// let job = Retry::new(&Policy::DEFAULT)
    ///     .until(|job| *job == Job::Done)
    ///     .run_blocking(|| answers.next().ok_or("no such job"));
    /// assert_eq!(job, Ok(Job::Done));
    /// ```
    #[doc(alias = "poll")]
    pub fn until(mut self, predicate: impl Fn(&T) -> bool + Send + Sync + 'a) -> Self {
        self.rules.options().until = Some(Shared::new(predicate, |f| f, |f| f));
        self
    }

    /// A value for which this is true is a failure, which is retried as an error is: logged at WARN,
    /// paid for by the budget. When a limit ends the call, the last value comes back.
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    ///
    /// let mut statuses = [503, 503, 200].into_iter();
    /// let status = Retry::new(&Policy::DEFAULT)
    ///     .when_ok(|status| *status >= 500)
    ///     .run_blocking(|| statuses.next().ok_or("no answer"));
    /// assert_eq!(status, Ok(200));
    /// ```
    ///
    /// A value is not asked for a hint of the server. Where a response says how long to wait, turn it
    /// into an error inside the closure, and use [`Retry::hint`].
    #[doc(alias = "retry_if_result")]
    pub fn when_ok(mut self, predicate: impl Fn(&T) -> bool + Send + Sync + 'a) -> Self {
        self.rules.options().when_ok = Some(Shared::new(predicate, |f| f, |f| f));
        self
    }

    /// How long the server asked to wait, as a `Duration` or a [`Hint`]. It is followed in full, up to the
    /// policy's [`max_hint`](Policy::max_hint); a longer one ends the call at once.
    #[doc(alias = "retry_after")]
    pub fn hint<H: Into<Hint>>(
        mut self,
        hint: impl Fn(&E) -> Option<H> + Send + Sync + 'a,
    ) -> Self {
        let hint = move |error: &E| hint(error).map(Into::into);
        self.rules.options().hint = Some(Shared::new(hint, |f| f, |f| f));
        self
    }

    /// A budget to share with others, instead of the policy's. For one for each host or tenant, see
    /// [`Budgets`](crate::Budgets).
    pub fn budget(mut self, budget: &'a Budget) -> Self {
        self.rules.options().budget = Some(budget);
        self
    }

    /// Called after every failed attempt that another one follows.
    #[doc(alias = "notify")]
    pub fn on_retry(mut self, hook: impl Fn(&OnRetry<'_, E>) + Send + Sync + 'a) -> Self {
        self.rules.options().on_retry = Some(Shared::new(hook, |f| f, |f| f));
        self
    }

    /// Called when a limit ends the call.
    pub fn on_give_up(mut self, hook: impl Fn(&OnGiveUp<'_, E>) + Send + Sync + 'a) -> Self {
        self.rules.options().on_give_up = Some(Shared::new(hook, |f| f, |f| f));
        self
    }

    /// How long an attempt of an async closure may take. It is then also cut at the deadline of the policy.
    /// Nothing can end a blocking one: [`Retry::run_blocking`] says so once, at WARN.
    pub fn timeout(mut self, timeout: Duration) -> Self
    where
        E: From<TimedOut> + 'a,
    {
        let options = self.rules.options();
        options.timeout = Some(timeout);
        options.timed_out.get_or_insert_with(|| Shared::new(E::from, |f| f, |f| f));
        self
    }

    /// Makes the error of an attempt of an async closure that is still running at the deadline of the
    /// policy. Without it (and without [`Retry::timeout`]) such an attempt runs on, and the call can end
    /// late.
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    /// use std::time::Duration;
    ///
    /// # #[cfg(feature = "tokio")]
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    /// #     .block_on(async {
    /// let policy = Policy::DEFAULT.to_builder().deadline(Duration::from_secs(1)).build();
    /// let answer = Retry::new(&policy)
    ///     .name("fetch")
    ///     .timed_out(|timed_out| timed_out.to_string())
    ///     .run(|| std::future::pending::<Result<u32, String>>());
    /// let error = answer.await.unwrap_err();
    /// assert_eq!(error, "fetch: attempt 1 did not end before the deadline of 1s");
    /// # });
    /// ```
    pub fn timed_out(mut self, error: impl Fn(TimedOut) -> E + Send + Sync + 'a) -> Self {
        self.rules.options().timed_out = Some(Shared::new(error, |f| f, |f| f));
        self
    }

    /// The error's code and request id are logged, and known codes of throttling are seen.
    pub fn error_codes(mut self) -> Self
    where
        E: crate::ErrorCode,
    {
        self.rules.options().code =
            Some(|error| Code { code: error.code(), request_id: error.request_id() });
        self
    }

    /// Calls the closure, and awaits the future that it returns, until one succeeds or the policy ends
    /// the call.
    ///
    /// The future is `Send` where the closure, the futures that it returns, the value and the error
    /// are: it can be spawned, awaited in a handler of a web server and below `#[async_trait]`.
    /// Dropping it ends everything at once.
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    ///
    /// struct Client;
    ///
    /// impl Client {
    ///     async fn get(&self, key: &str) -> Result<String, String> {
    ///         Ok(key.to_owned())
    ///     }
    /// }
    ///
    /// async fn get(client: &Client, key: &str) -> Result<String, String> {
    ///     Retry::new(&Policy::DEFAULT).name("get").run(|| client.get(key)).await
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let task = tokio::spawn(async { get(&Client, "a").await });
    /// assert_eq!(task.await.unwrap(), Ok("a".to_owned()));
    /// # });
    /// ```
    ///
    /// Where the compiler says that the closure "does not implement `FnMut`, because it captures state
    /// from its environment", the future changes what the closure holds. Move the change out of the
    /// future, as in the example of [`retry`], or use [`Retry::run_lending`].
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    #[cfg(feature = "tokio")]
    pub fn run<F, Fut>(self, attempt: F) -> impl Future<Output = Result<T, E>>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.repeat(TokioTimer, attempt)
    }

    /// The same on a timer of your own, such as `smol::Timer::after`.
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    /// use std::time::Duration;
    ///
    /// async fn sleep(pause: Duration) {
    ///     // … wait on the timer of your runtime …
    /// #   let _ = pause;
    /// }
    ///
    /// async fn answer() -> Result<u32, String> {
    ///     Retry::new(&Policy::DEFAULT).run_with_sleep(sleep, async || Ok(42)).await
    /// }
    /// # assert_eq!(futures_executor(answer()), Ok(42));
    /// # fn futures_executor<F: Future>(future: F) -> F::Output {
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     let mut future = std::pin::pin!(future);
    /// #     loop {
    /// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
    /// #             return output;
    /// #         }
    /// #     }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    pub fn run_with_sleep<S, W, F, Fut>(
        self,
        sleep: S,
        attempt: F,
    ) -> impl Future<Output = Result<T, E>>
    where
        S: Fn(Duration) -> W,
        W: Future,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        self.repeat(OwnTimer(sleep), attempt)
    }

    /// [`Retry::run`] for an async closure whose attempts change what it holds.
    ///
    /// The price is a limit of the compiler: the future can be spawned only where the closure owns all
    /// that it uses (`async move`). Else the compiler says that its "implementation of `Send` is not
    /// general enough".
    ///
    /// ```
    /// use retry_runtime::{Policy, Retry};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    /// #     .block_on(async {
    /// let mut log = Vec::new();
    /// let answer = Retry::new(&Policy::DEFAULT).run_lending(async || {
    ///     log.push("asked");
    ///     tokio::task::yield_now().await;
    ///     if log.len() < 2 { Err("busy") } else { Ok(42) }
    /// });
    /// assert_eq!(answer.await, Ok(42));
    /// assert_eq!(log, ["asked", "asked"]);
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    #[cfg(feature = "tokio")]
    pub async fn run_lending<F>(self, mut attempt: F) -> Result<T, E>
    where
        F: AsyncFnMut() -> Result<T, E>,
    {
        let mut call = Running::new(self.rules, TokioTimer);
        loop {
            if let Some(result) = call.attempt(async { attempt().await }).await {
                return result;
            }
        }
    }

    /// Calls the closure until it succeeds or the policy ends the call; the pauses block the thread.
    ///
    /// # Errors
    ///
    /// The closure's own last error.
    pub fn run_blocking(self, attempt: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        self.rules.repeat_blocking(attempt)
    }

    async fn repeat<F, Fut>(self, timer: impl running::Timer, mut attempt: F) -> Result<T, E>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut call = Running::new(self.rules, timer);
        loop {
            // Called inside the attempt, to which what it does before the future belongs.
            if let Some(result) = call.attempt(async { attempt().await }).await {
                return result;
            }
        }
    }
}
