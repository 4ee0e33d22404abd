//! The time limit of one attempt, and the error of an attempt that exceeds it.
//!
//! A future can be dropped at any time, so an attempt of an async function is cut by its `timeout` and at
//! the deadline of the call. That needs an error to return: made by `timed_out`, or by `From<TimedOut>`.

use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;

use pin_project_lite::pin_project;

use crate::call::Call;
use crate::call::outcome::Fallible;
use crate::call::ruling;
use crate::call::terms::CallContext;
use crate::clock::{self, Instant};
use crate::error::failure::Cut;
use crate::error::probe::falls_back;
use crate::observe;

/// The error of an attempt that was cut: it took longer than `timeout`, or was still running at the
/// deadline of the call.
///
/// It is converted to the function's error type with `From<TimedOut>`. `anyhow::Error`, `eyre::Report`,
/// boxed errors, `std::io::Error` and (feature `aws`) the SDK's `SdkError` have this conversion; implement
/// it for your own types. For a type of another crate, `timed_out = |timed_out| ..` makes the error.
///
/// ```
/// use retry_runtime::{TimedOut, retry_on};
///
/// #[derive(Debug, thiserror::Error)]
/// enum FetchError {
///     #[error(transparent)]
///     TimedOut(#[from] TimedOut),
/// }
///
/// # #[cfg(feature = "tokio")]
/// #[retry_on(FetchError, timeout = "1s")]
/// async fn fetch() -> Result<(), FetchError> {
///     std::future::pending().await
/// }
/// # #[cfg(feature = "tokio")]
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
/// #     .block_on(async {
///
/// let error = fetch().await.unwrap_err();
/// assert!(error.to_string().ends_with("::fetch: attempt 3 took longer than 1s"), "{error}");
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimedOut {
    site: &'static str,
    limit: Duration,
    attempt: u32,
    is_deadline: bool,
}

impl TimedOut {
    /// The name of the function, as in logs.
    #[must_use]
    pub fn site(&self) -> &'static str {
        self.site
    }

    /// The limit that was exceeded: the `timeout` of the attempt, or the deadline of the whole call.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// The number of the attempt, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether the attempt was cut at the deadline of the call, so that no other follows.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        self.is_deadline
    }

    pub(crate) const fn cut(self) -> Cut {
        if self.is_deadline { Cut::Deadline } else { Cut::Timeout }
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site, limit, attempt, is_deadline } = self;
        if *is_deadline {
            write!(f, "{site}: attempt {attempt} did not end before the deadline of {limit:?}")
        } else {
            write!(f, "{site}: attempt {attempt} took longer than {limit:?}")
        }
    }
}

impl core::error::Error for TimedOut {}

impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}

#[cfg(feature = "aws")]
impl<E, R> From<TimedOut> for aws_smithy_runtime_api::client::result::SdkError<E, R> {
    fn from(timed_out: TimedOut) -> Self {
        Self::timeout_error(timed_out)
    }
}

/// How long one attempt may run, if it is limited.
#[derive(Clone, Copy, Debug)]
pub struct Bound(Option<(Duration, Limit)>);

/// What happens at the end of that time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    timed_out: TimedOut,
    /// When it ends on the test's clock, if the attempt runs in a test scope.
    manual_end: Option<Instant>,
}

impl Bound {
    /// Returns the bound of an attempt that starts now: its timeout, or what is left until the deadline if
    /// that is less. `timeout` is the one that the call names besides its policy.
    #[must_use]
    pub fn new(at: impl CallContext, call: &impl Call, timeout: Option<Duration>) -> Self {
        let timeout = timeout.or_else(|| at.terms().declared(at.site()).timeout());
        let deadline = deadline(at, call);
        let (time, limit, is_deadline) = match (timeout, deadline) {
            (None, None) => return Self(None),
            (Some(timeout), Some((left, deadline))) if left <= timeout => (left, deadline, true),
            (None, Some((left, deadline))) => (left, deadline, true),
            (Some(timeout), _) => (timeout, timeout, false),
        };
        let attempt = call.progress().attempt;
        let timed_out = TimedOut { site: at.site().name(), limit, attempt, is_deadline };
        let manual_end = clock::manual_now().and_then(|now| now.checked_add(time));
        Self(Some((time, Limit { timed_out, manual_end })))
    }

    /// How long the attempt may run.
    #[must_use]
    pub fn time(&self) -> Option<Duration> {
        self.0.map(|(time, _)| time)
    }
}

impl Limit {
    fn is_over_manually(&self) -> bool {
        self.manual_end.is_some_and(|end| clock::manual_now().is_some_and(|now| now >= end))
    }
}

/// Returns the time that is left until the deadline for an attempt that starts now, and the deadline.
///
/// `None` without a deadline, and in the first attempt if the function itself has none: the start of the
/// call is then not measured.
fn deadline(at: impl CallContext, call: &impl Call) -> Option<(Duration, Duration)> {
    let progress = call.progress();
    at.terms().started.or(progress.since)?;
    let deadline = ruling::deadline(at)?;
    // The first attempt starts with the call.
    let elapsed = progress.since.map_or(Duration::ZERO, |_| progress.elapsed(at.terms()));
    Some((deadline.saturating_sub(elapsed), deadline))
}

/// Returns the timer for a bound if the function sets none with `sleep = ..`.
pub(crate) fn default_timer<W>(
    sleep: impl FnOnce(Duration) -> Option<W>,
    at: impl CallContext,
    bound: &Bound,
) -> Option<W> {
    let (time, limit) = bound.0?;
    let timer = sleep(time);
    if timer.is_none() && limit.manual_end.is_none() && at.site().warns_now() {
        observe::misplaced(
            at.site(),
            "no tokio runtime drives this async function, so neither its `timeout` nor its \
             `deadline` can end an attempt: name the timer of your runtime with `sleep = ..`",
        );
    }
    timer
}

/// Warns, once for each function, of a deadline that only settings from outside have set: a function
/// without a time limit of its own is not prepared to be cut, because that would cost every success.
#[cold]
pub(crate) fn look_for_deadline_from_outside(at: impl CallContext) {
    let site = at.site();
    if !site.has_time_limit && ruling::deadline(at).is_some() && site.warns_now() {
        observe::misplaced(
            site,
            "a deadline from outside cannot cut an attempt of this async function, which names no time \
             limit: name `deadline` or `timeout` at the function, or `timeout = none` if a late attempt \
             may finish",
        );
    }
}

pin_project! {
    /// The future of an attempt with a time limit.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Within<F, W> {
        #[pin]
        attempt: F,
        #[pin]
        timer: Option<W>,
        limit: Option<Limit>,
    }
}

/// Limits the attempt to the time of its timer, if it has one.
pub const fn within<F, W>(bound: Bound, timer: Option<W>, attempt: F) -> Within<F, W> {
    let limit = match bound.0 {
        Some((_, limit)) => Some(limit),
        None => None,
    };
    Within { attempt, timer, limit }
}

impl<F: Future, W: Future> Future for Within<F, W> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Polled before the timer, so that an outcome that is ready is never discarded.
        if let Poll::Ready(output) = this.attempt.poll(context) {
            return Poll::Ready(Ok(output));
        }
        let Some(limit) = this.limit else { return Poll::Pending };
        let is_over = this.timer.as_pin_mut().is_some_and(|timer| timer.poll(context).is_ready());
        if is_over || limit.is_over_manually() {
            return Poll::Ready(Err(limit.timed_out));
        }
        Poll::Pending
    }
}

/// A result whose error can be made from a timeout, for a function with `timeout`.
#[diagnostic::on_unimplemented(
    message = "`timeout` needs an error to return when an attempt takes too long",
    label = "the error type of `{Self}` cannot be made from `retry_runtime::TimedOut`",
    note = "implement `From<retry_runtime::TimedOut>` for the error type (for a type parameter: add it \
            as a bound); with thiserror, add a variant `TimedOut(#[from] retry_runtime::TimedOut)`",
    note = "if the error type is of another crate, make the error at the function: \
            `timed_out = |timed_out| ..`, a function of the `TimedOut`"
)]
pub trait TimesOut: Fallible {
    /// Converts the outcome of an attempt to a `Result`, and sets `cut` if it was cut.
    ///
    /// # Errors
    ///
    /// The attempt's own error, or the one that is converted from [`TimedOut`].
    fn settled(attempt: Result<Self, TimedOut>, cut: &mut Cut) -> Result<Self::Value, Self::Error>
    where
        Self: Sized;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<TimedOut>> TimesOut for Result<T, E> {
    fn settled(attempt: Result<Self, TimedOut>, cut: &mut Cut) -> Self {
        settled(attempt, cut, E::from)
    }
}

/// The same, for a function with `deadline`.
#[diagnostic::on_unimplemented(
    message = "`deadline` cuts an attempt that is still running, and then the function needs an error to \
               return",
    label = "the error type of `{Self}` cannot be made from `retry_runtime::TimedOut`",
    note = "implement `From<retry_runtime::TimedOut>` for the error type (for a type parameter: add it \
            as a bound); with thiserror, add a variant `TimedOut(#[from] retry_runtime::TimedOut)`",
    note = "if the error type is of another crate, make the error at the function: \
            `timed_out = |timed_out| ..`, a function of the `TimedOut`",
    note = "if a late attempt may finish, write `timeout = none`: nothing is cut, and no attempt starts \
            after the deadline"
)]
pub trait EndsAtDeadline: Fallible {
    /// Does the same as [`TimesOut::settled`].
    ///
    /// # Errors
    ///
    /// The attempt's own error, or the one that is converted from [`TimedOut`].
    fn settled(attempt: Result<Self, TimedOut>, cut: &mut Cut) -> Result<Self::Value, Self::Error>
    where
        Self: Sized;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<TimedOut>> EndsAtDeadline for Result<T, E> {
    fn settled(attempt: Result<Self, TimedOut>, cut: &mut Cut) -> Self {
        settled(attempt, cut, E::from)
    }
}

/// The outcome of an attempt, whose error `error` makes if the attempt was cut.
pub(crate) fn settled<T, E>(
    attempt: Result<Result<T, E>, TimedOut>,
    cut: &mut Cut,
    error: impl FnOnce(TimedOut) -> E,
) -> Result<T, E> {
    attempt.unwrap_or_else(|timed_out| {
        *cut = timed_out.cut();
        Err(error(timed_out))
    })
}

/// The probe of a function whose policy may have time limits: its error can be made from a [`TimedOut`], so
/// its attempts are cut.
#[derive(Debug)]
pub struct Cuts<'a, R>(CutsNothing<'a, R>);

/// The probe for other functions.
#[derive(Debug)]
pub struct CutsNothing<'a, R>(PhantomData<&'a R>);

impl<R> Cuts<'_, R> {
    /// Asks what the attempt returns.
    #[must_use]
    pub const fn of(_: &impl Future<Output = R>) -> Self {
        Self(CutsNothing(PhantomData))
    }
}

impl<T, E: From<TimedOut>> Cuts<'_, Result<T, E>> {
    /// Limits the attempt to its bound.
    pub fn __within<F, W>(
        &self,
        _: impl CallContext,
        bound: Bound,
        timer: Option<W>,
        attempt: F,
    ) -> Within<F, W> {
        within(bound, timer, attempt)
    }
}

impl<R> CutsNothing<'_, R> {
    /// Lets the attempt run, and says so once for each function.
    #[expect(clippy::unused_self, reason = "called as that of the other probe")]
    pub fn __within<F, W>(
        &self,
        at: impl CallContext,
        bound: Bound,
        timer: Option<W>,
        attempt: F,
    ) -> Uncut<F> {
        drop(timer);
        if bound.0.is_some() && at.site().warns_now() {
            observe::misplaced(
                at.site(),
                "the time limits of its policy cannot cut an attempt, because the error type cannot be \
                 made from `retry_runtime::TimedOut`: name `timed_out = ..`, which makes the error, \
                 or `timeout = none` if a late attempt may finish",
            );
        }
        Uncut { attempt }
    }
}

falls_back! {
    Cuts<R> => CutsNothing;
}

pin_project! {
    /// The future of an attempt that cannot be cut.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Uncut<F> {
        #[pin]
        attempt: F,
    }
}

impl<F: Future> Future for Uncut<F> {
    type Output = Result<F::Output, Infallible>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().attempt.poll(context).map(Ok)
    }
}

/// The outcome of an attempt of a function whose policy may have time limits.
pub trait Settled {
    /// The value of an attempt.
    type Value;
    /// The error of an attempt.
    type Error;

    /// Does the same as [`TimesOut::settled`].
    ///
    /// # Errors
    ///
    /// The attempt's own error, or the one that is converted from [`TimedOut`].
    fn settled(self, cut: &mut Cut) -> Result<Self::Value, Self::Error>;
}

impl<T, E: From<TimedOut>> Settled for Result<Result<T, E>, TimedOut> {
    type Value = T;
    type Error = E;

    fn settled(self, cut: &mut Cut) -> Result<T, E> {
        settled(self, cut, E::from)
    }
}

impl<T, E> Settled for Result<Result<T, E>, Infallible> {
    type Value = T;
    type Error = E;

    fn settled(self, _: &mut Cut) -> Result<T, E> {
        match self {
            Ok(result) => result,
            Err(never) => match never {},
        }
    }
}
