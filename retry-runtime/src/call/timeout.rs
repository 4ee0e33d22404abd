//! The time limit of one attempt, and the error of an attempt that exceeds it.

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

/// The error of an attempt that took longer than `timeout`, or longer than the deadline allowed.
///
/// It is converted to the function's error type with `From<TimedOut>`. `anyhow::Error`, `eyre::Report`,
/// boxed errors, `std::io::Error` and (feature `aws`) the SDK's `SdkError` have this conversion; implement
/// it for your own types.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{site}: attempt {attempt} took longer than {limit:?}")]
pub struct TimedOut {
    site: &'static str,
    limit: Duration,
    attempt: u32,
}

impl TimedOut {
    /// The name of the function, as in logs.
    #[must_use]
    pub const fn site(&self) -> &'static str {
        self.site
    }

    /// The time limit of the attempt.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    /// The number of the attempt, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }
}

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

/// The time limit of one attempt.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    timed_out: TimedOut,
    /// When it ends on the test's clock, if the attempt runs in a test scope.
    manual_end: Option<Instant>,
}

impl Bound {
    /// Returns the limit, shortened to the time that is left until the deadline.
    #[must_use]
    pub fn new(at: impl CallContext, call: &impl Call, limit: Duration) -> Self {
        let limit = left(at, call).map_or(limit, |left| left.min(limit));
        let timed_out = TimedOut { site: at.site().name, limit, attempt: call.progress().attempt };
        Self { timed_out, manual_end: clock::manual_now().and_then(|now| now.checked_add(limit)) }
    }

    /// The time limit of the attempt.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.timed_out.limit
    }

    pub(crate) const fn timed_out(&self) -> TimedOut {
        self.timed_out
    }

    pub(crate) fn is_over_manually(&self) -> bool {
        self.manual_end.is_some_and(|end| clock::manual_now().is_some_and(|now| now >= end))
    }
}

/// Returns the time that is left until the deadline for an attempt that starts now.
///
/// `None` without a deadline, and in the first attempt if the function itself has none: the start of the
/// call is then not measured.
fn left(at: impl CallContext, call: &impl Call) -> Option<Duration> {
    let progress = call.progress();
    at.terms().started.or(progress.since)?;
    Some(ruling::policy(at).deadline()?.saturating_sub(progress.elapsed(at.terms())))
}

/// Returns the timer for a limit if the function sets none with `sleep = ..`.
pub(crate) fn default_timer<W>(
    sleep: impl FnOnce(Duration) -> Option<W>,
    at: impl CallContext,
    bound: &Bound,
) -> Option<W> {
    let timer = sleep(bound.limit());
    if timer.is_none() && bound.manual_end.is_none() && at.site().warns_now() {
        crate::observe::misplaced(
            at.site(),
            "no tokio runtime drives this async function, so its `timeout` cannot end an attempt: \
             name the timer of your runtime with `sleep = ..`",
        );
    }
    timer
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
        bound: Bound,
    }
}

/// Limits the attempt to the time of its timer.
pub const fn within<F, W>(bound: Bound, timer: Option<W>, attempt: F) -> Within<F, W> {
    Within { attempt, timer, bound }
}

impl<F: Future, W: Future> Future for Within<F, W> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Polled before the timer, so that an outcome that is ready is never discarded.
        if let Poll::Ready(output) = this.attempt.poll(context) {
            return Poll::Ready(Ok(output));
        }
        let is_over = this.timer.as_pin_mut().is_some_and(|timer| timer.poll(context).is_ready());
        if is_over || this.bound.is_over_manually() {
            return Poll::Ready(Err(this.bound.timed_out()));
        }
        Poll::Pending
    }
}

/// A result whose error can be made from a timeout.
#[diagnostic::on_unimplemented(
    message = "`timeout` needs an error to return when an attempt takes too long",
    label = "the error type of `{Self}` cannot be made from `retry_runtime::TimedOut`",
    note = "implement `From<retry_runtime::TimedOut>` for the error type (for a type parameter: add it \
            as a bound); with thiserror, add a variant `TimedOut(#[from] retry_runtime::TimedOut)`"
)]
pub trait TimesOut: Fallible {
    /// Converts the outcome of an attempt to a `Result`, and sets `has_timed_out` if it timed out.
    ///
    /// # Errors
    ///
    /// The attempt's own error, or the one that is converted from [`TimedOut`].
    fn settled(
        attempt: Result<Self, TimedOut>,
        has_timed_out: &mut bool,
    ) -> Result<Self::Value, Self::Error>
    where
        Self: Sized;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<TimedOut>> TimesOut for Result<T, E> {
    fn settled(attempt: Result<Self, TimedOut>, has_timed_out: &mut bool) -> Self {
        attempt.unwrap_or_else(|timed_out| {
            *has_timed_out = true;
            Err(timed_out.into())
        })
    }
}
