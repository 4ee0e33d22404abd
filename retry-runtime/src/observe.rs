//! Tells the outside world what happened to a call; never changes an outcome.
//!
//! The fields have the same names and meanings in every event: `site`, `attempt` (from 1), `max`,
//! `error.type` (the selector that matched), `error` (its text with all sources), `code`,
//! `request_id`, `pause` and `elapsed` (in seconds, `elapsed` since the first attempt failed),
//! `reason`. Arguments of the function are never logged.

use core::time::Duration;

use crate::attempts::Reason;
use crate::describe::{Code, Text};
use crate::site::Site;

/// A failed attempt, as the expansion describes it.
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    /// The selector that matched, counted from 0.
    pub selector: Option<usize>,
    /// Its text.
    pub text: Text<'a>,
    /// What a service said of it.
    pub code: Code<'a>,
}

impl<'a> Failure<'a> {
    /// `selector` is the number of the one that matched, counted from 0.
    #[must_use]
    pub const fn new(selector: Option<usize>, text: Text<'a>, code: Code<'a>) -> Self {
        Self { selector, text, code }
    }

    pub(crate) const fn is_selected(&self) -> bool {
        self.selector.is_some()
    }
}

/// Where a call stands when something happens to it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct Moment {
    pub(crate) site: &'static Site,
    pub(crate) attempt: u32,
    /// Since the first attempt failed.
    pub(crate) elapsed: Duration,
}

#[cfg(feature = "tracing")]
mod sink {
    #[cfg(feature = "tokio")]
    use super::Site;
    use super::{Duration, Failure, Moment, Reason};
    use tracing::{debug, error, info, warn};

    const TARGET: &str = "retry_runtime";

    /// An event about a failed attempt, with the fields that all of these have.
    macro_rules! failed {
        ($level:ident, $moment:expr, $failure:expr, [$($field:tt)*], $($message:tt)*) => {{
            let (Moment { site, attempt, elapsed }, failure) = ($moment, $failure);
            $level!(
                target: TARGET,
                site = site.name,
                attempt,
                max = site.policy.max(),
                error.type = site.error_type(failure.selector),
                error = failure.text.to_string().as_str(),
                code = failure.code.code,
                request_id = failure.code.request_id,
                $($field)*
                elapsed = seconds(elapsed),
                $($message)*
            );
        }};
    }

    pub(crate) fn retry_scheduled(moment: Moment, failure: &Failure<'_>, pause: Duration) {
        failed!(
            warn,
            moment,
            failure,
            [pause = seconds(pause),],
            "attempt {} of {} failed, the next follows in {pause:.1?}",
            moment.attempt,
            moment.site.policy.max(),
        );
    }

    pub(crate) fn gave_up(moment: Moment, failure: &Failure<'_>, reason: Reason) {
        match reason {
            Reason::NotRetryable => failed!(
                debug,
                moment,
                failure,
                [reason = reason.as_str(),],
                "attempt {} of {} failed with an error that is not retried",
                moment.attempt,
                moment.site.policy.max(),
            ),
            Reason::MaxAttempts => failed!(
                error,
                moment,
                failure,
                [reason = reason.as_str(),],
                "gave up after attempt {} ({})",
                moment.attempt,
                moment.site.policy,
            ),
        }
    }

    pub(crate) fn recovered(Moment { site, attempt, elapsed }: Moment) {
        info!(
            target: TARGET,
            site = site.name,
            attempt,
            max = site.policy.max(),
            elapsed = seconds(elapsed),
            "recovered on attempt {attempt} of {}", site.policy.max(),
        );
    }

    /// To the microsecond, which is finer than any timer.
    fn seconds(duration: Duration) -> f64 {
        (duration.as_secs_f64() * 1e6).round() / 1e6
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn misplaced(site: &'static Site, advice: &'static str) {
        warn!(target: TARGET, site = site.name, at = %format_args!("{}:{}", site.file, site.line), "{advice}");
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    #[cfg(feature = "tokio")]
    use super::Site;
    use super::{Duration, Failure, Moment, Reason};

    pub(crate) fn retry_scheduled(_: Moment, _: &Failure<'_>, _: Duration) {}

    pub(crate) fn gave_up(_: Moment, _: &Failure<'_>, _: Reason) {}

    pub(crate) fn recovered(_: Moment) {}

    #[cfg(feature = "tokio")]
    pub(crate) fn misplaced(_: &'static Site, _: &'static str) {}
}

pub(crate) use sink::*;
