//! Tells the outside world what happened to a call; never changes an outcome.
//!
//! The fields have the same names and meanings in every event: `site`, `attempt` (from 1), `max`,
//! `error.type` (the selector that matched), `error` (its text with all sources), `code`,
//! `request_id`, `requests` (inside the attempt, where a client counts them), `pause` and `elapsed` (in seconds), `reason`. Arguments of the function are never
//! logged.

use core::time::Duration;

use crate::attempts::Reason;
use crate::classify::Seen;
use crate::describe::{Code, Coding, Text};
use crate::policy::Policy;
use crate::site::Site;

/// Which selector a failed attempt matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None, or `unless` did.
    NotSelected,
    /// This one, counted from 0.
    Selector(usize),
    /// It took too long.
    TimedOut,
    /// It succeeded with a value that is not accepted.
    Value,
}

/// A failed attempt, as the expansion describes it.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// Which selector matched.
    pub verdict: Verdict,
    /// Its text.
    pub text: Text<'a>,
    /// What a service said of it.
    pub code: Code<'a>,
    /// How long the server asked to wait.
    pub hint: Option<Duration>,
}

impl<'a> Failure<'a> {
    /// An error that was looked at.
    #[must_use]
    pub fn new(verdict: Verdict, seen: &'a dyn Seen, code: &'a dyn Coding) -> Self {
        let code = Some(code.code()).filter(Code::is_known).unwrap_or_else(|| seen.code());
        Self { verdict, text: seen.text(), code, hint: None }
    }

    /// A value that is not accepted.
    pub const VALUE: Failure<'static> = Failure {
        verdict: Verdict::Value,
        text: Text::Opaque("the value is not accepted"),
        code: Code { code: None, request_id: None },
        hint: None,
    };

    /// The same, with what the server asked for.
    #[must_use]
    pub const fn hinted(mut self, hint: Option<Duration>) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn error_type(&self, site: &'static Site) -> &'static str {
        match self.verdict {
            Verdict::NotSelected => "_OTHER",
            Verdict::Selector(index) => site.selectors.get(index).copied().unwrap_or("_OTHER"),
            Verdict::TimedOut => "timeout",
            Verdict::Value => "ok",
        }
    }
}

/// Where a call stands when something happens to it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct Moment<'a> {
    pub(crate) site: &'static Site,
    pub(crate) policy: &'a Policy,
    pub(crate) attempt: u32,
    pub(crate) elapsed: Duration,
}

/// What is told of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) error_type: &'static str,
    pub(crate) text: Text<'a>,
    pub(crate) code: Code<'a>,
    /// What a client requested inside the attempt, where the client counts; else 0.
    pub(crate) requests: u32,
}

/// The attempt failed, and another one follows after the pause.
pub(crate) fn retry_scheduled(moment: Moment<'_>, told: &Told<'_>, pause: Duration) {
    #[cfg(feature = "test-util")]
    crate::testing::record(moment, crate::testing::Happened::Retry { pause }, Some(told));
    sink::retry_scheduled(moment, told, pause);
}

/// The call ends with the error.
pub(crate) fn gave_up(moment: Moment<'_>, told: &Told<'_>, reason: Reason) {
    #[cfg(feature = "test-util")]
    crate::testing::record(moment, crate::testing::Happened::GaveUp { reason }, Some(told));
    sink::gave_up(moment, told, reason);
}

/// The call succeeded after at least one retry.
pub(crate) fn recovered(moment: Moment<'_>) {
    #[cfg(feature = "test-util")]
    crate::testing::record(moment, crate::testing::Happened::Recovered, None);
    sink::recovered(moment);
}

/// Retried calls of one site inside attempts of another.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct Pair {
    pub(crate) outer: &'static Site,
    pub(crate) inner: &'static Site,
    /// How many attempts each makes at most.
    pub(crate) attempts: (u32, u32),
    /// Attempts of the outer one within which another site retried.
    pub(crate) count: u64,
}

/// A retried call ran inside an attempt of another, and failed: for the first time?
pub(crate) fn nested(pair: Pair, is_first: bool) {
    sink::nested(pair, is_first);
}

/// A client that repeats requests inside attempts that are repeated too.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct Layers {
    pub(crate) site: &'static Site,
    /// How many attempts each makes at most, the site first.
    pub(crate) attempts: (u32, u32),
    /// Requests inside attempts of the site so far.
    pub(crate) count: u64,
}

/// The first request that a client repeated inside an attempt of the site.
pub(crate) fn layers(layers: Layers) {
    sink::layers(layers);
}

/// The site is used in surroundings that do not suit it.
pub(crate) fn misplaced(site: &'static Site, advice: &'static str) {
    sink::misplaced(site, advice);
}

#[cfg(feature = "tracing")]
mod sink {
    use super::{Duration, Layers, Moment, Pair, Reason, Site, Told};
    use core::fmt;
    use tracing::{debug, error, info, warn};

    const TARGET: &str = "retry_runtime";

    /// An event about a failed attempt, with the fields that all of these have.
    macro_rules! failed {
        ($level:ident, $moment:expr, $told:expr, [$($field:tt)*], $($message:tt)*) => {{
            let (Moment { site, policy, attempt, elapsed }, told) = ($moment, $told);
            $level!(
                target: TARGET,
                site = site.name,
                attempt,
                max = policy.max(),
                error.type = told.error_type,
                error = told.text.to_string().as_str(),
                code = told.code.code,
                request_id = told.code.request_id,
                requests = (told.requests > 0).then_some(told.requests),
                $($field)*
                elapsed = seconds(elapsed),
                $($message)*
            );
        }};
    }

    pub(super) fn retry_scheduled(moment: Moment<'_>, told: &Told<'_>, pause: Duration) {
        failed!(
            warn,
            moment,
            told,
            [pause = seconds(pause),],
            "attempt {} of {} failed{}, the next follows in {pause:.1?}",
            moment.attempt,
            moment.policy.max(),
            Repeated(told.requests),
        );
    }

    pub(super) fn gave_up(moment: Moment<'_>, told: &Told<'_>, reason: Reason) {
        match reason {
            Reason::NotRetryable => failed!(
                debug,
                moment,
                told,
                [reason = reason.as_str(),],
                "attempt {} of {} failed with an error that is not retried",
                moment.attempt,
                moment.policy.max(),
            ),
            Reason::Nested => failed!(
                debug,
                moment,
                told,
                [reason = reason.as_str(),],
                "attempt {} of {} failed after a call inside it had given up, and is not retried",
                moment.attempt,
                moment.policy.max(),
            ),
            Reason::MaxAttempts | Reason::Stopped | Reason::Deadline | Reason::Budget => failed!(
                error,
                moment,
                told,
                [reason = reason.as_str(),],
                "gave up after attempt {}{}{} ({})",
                moment.attempt,
                Repeated(told.requests),
                because(reason),
                moment.policy,
            ),
        }
    }

    fn because(reason: Reason) -> &'static str {
        match reason {
            Reason::Stopped => ", for a stop was requested",
            Reason::Deadline => ", for the next one would start after the deadline",
            Reason::Budget => ", for the budget for retries is used up",
            Reason::MaxAttempts | Reason::NotRetryable | Reason::Nested => "",
        }
    }

    pub(super) fn recovered(Moment { site, policy, attempt, elapsed }: Moment<'_>) {
        info!(
            target: TARGET,
            site = site.name,
            attempt,
            max = policy.max(),
            elapsed = seconds(elapsed),
            "recovered on attempt {attempt} of {}", policy.max(),
        );
    }

    pub(super) fn nested(pair: Pair, is_first: bool) {
        let Pair { outer, inner, attempts: (outers, inners), count } = pair;
        let worst_case = u64::from(outers) * u64::from(inners);
        if is_first {
            warn!(
                target: TARGET,
                site = outer.name,
                inner = inner.name,
                worst_case,
                nested = count,
                "retries inside retries multiply: `{}` runs inside an attempt of `{}`, which can \
                 make {outers} x {inners} = {worst_case} calls; retry in one place, or say \
                 `nested = \"inner\"` or `nested = \"allow\"` on the outer one",
                inner.name,
                outer.name,
            );
        } else {
            debug!(
                target: TARGET,
                site = outer.name,
                inner = inner.name,
                worst_case,
                nested = count,
                "retries inside retries",
            );
        }
    }

    pub(super) fn layers(Layers { site, attempts: (outer, inner), count }: Layers) {
        let worst_case = u64::from(outer) * u64::from(inner);
        warn!(
            target: TARGET,
            site = site.name,
            worst_case,
            requests = count,
            "retries inside retries multiply: the SDK retries inside attempts of `{}`, which can \
             make {outer} x {inner} = {worst_case} requests: switch one layer off, with \
             `.retry_config(retry_runtime::aws::single_attempt())` on the configuration of the \
             client, or with `max = 1` on the function",
            site.name,
        );
    }

    /// Says of an attempt that it was more than one request.
    struct Repeated(u32);

    impl fmt::Display for Repeated {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.0 {
                0 | 1 => Ok(()),
                requests => write!(f, " (the SDK made {requests} requests)"),
            }
        }
    }

    pub(super) fn misplaced(site: &'static Site, advice: &'static str) {
        warn!(target: TARGET, site = site.name, at = %format_args!("{}:{}", site.file, site.line), "{advice}");
    }

    /// To the microsecond, which is finer than any timer.
    fn seconds(duration: Duration) -> f64 {
        (duration.as_secs_f64() * 1e6).round() / 1e6
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    use super::{Duration, Layers, Moment, Pair, Reason, Site, Told};

    pub(super) fn retry_scheduled(_: Moment<'_>, _: &Told<'_>, _: Duration) {}

    pub(super) fn gave_up(_: Moment<'_>, _: &Told<'_>, _: Reason) {}

    pub(super) fn recovered(_: Moment<'_>) {}

    pub(super) fn nested(_: Pair, _: bool) {}

    pub(super) fn layers(_: Layers) {}

    pub(super) fn misplaced(_: &'static Site, _: &'static str) {}
}
