//! The arguments of the hooks `on_retry` and `on_give_up`.

use core::time::Duration;

use crate::call::Call;
use crate::call::failing::Ended;
use crate::call::outcome::Fallible;
use crate::call::terms::CallContext;
use crate::error::failure::{Facts, getters_of_facts};
use crate::observe::event::{Elapsed, getters_of_elapsed};
use crate::observe::history::History;
use crate::policy::Policy;
use crate::reason::EndReason;
use crate::sites::site::Site;

/// The argument of `on_retry = ..`: an attempt failed, and another one follows after a pause.
///
/// ```
/// use retry_runtime::{OnRetry, retry_on};
///
/// fn on_retry(retry: &OnRetry<'_, &'static str>) {
///     assert_eq!(retry.error(), Some(&"busy"));
/// }
///
/// #[retry_on(_, on_retry = on_retry, delay = "0ms")]
/// fn fetch() -> Result<(), &'static str> {
///     Err("busy")
/// }
/// # fetch().unwrap_err();
/// ```
#[derive(Debug)]
#[doc(alias("notify", "before_sleep"))]
pub struct OnRetry<'a, E> {
    site: &'static Site,
    attempt: u32,
    max: Option<u32>,
    facts: Facts,
    error: Option<&'a E>,
    pause: Duration,
    elapsed: Elapsed,
}

/// The argument of `on_give_up = ..`: a limit ended the call with an error.
///
/// ```
/// use retry_runtime::{OnGiveUp, EndReason, retry_on};
///
/// fn on_give_up(gave_up: &OnGiveUp<'_, &'static str>) {
///     assert_eq!((gave_up.attempt(), gave_up.reason()), (3, EndReason::MaxAttempts));
/// }
///
/// #[retry_on(_, on_give_up = on_give_up, delay = "0ms")]
/// fn fetch() -> Result<(), &'static str> {
///     Err("busy")
/// }
/// # fetch().unwrap_err();
/// ```
#[derive(Debug)]
pub struct OnGiveUp<'a, E> {
    site: &'static Site,
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    policy: Policy,
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    history: &'a History,
    attempt: u32,
    max: Option<u32>,
    facts: Facts,
    error: Option<&'a E>,
    reason: EndReason,
    elapsed: Elapsed,
}

macro_rules! common_getters {
    ($hook:ident) => {
        impl<'a, E> $hook<'a, E> {
            fn facts(&self) -> Option<&Facts> {
                Some(&self.facts)
            }

            getters_of_facts!();

            /// The name of the function, as in logs.
            #[must_use]
            pub fn site(&self) -> &'static str {
                self.site.name()
            }

            /// The number of the attempt that failed, from 1.
            #[must_use]
            pub fn attempt(&self) -> u32 {
                self.attempt
            }

            /// The maximum number of attempts; `None` if they are not limited.
            #[must_use]
            pub fn max(&self) -> Option<u32> {
                self.max
            }

            /// The selector that matched, as in the field `error.type` of logs; `timeout` for an
            /// attempt that took too long, `value` for a value that is a failure (`when_ok`),
            /// `not_yet` for one before the one that is polled for (`until`).
            #[must_use]
            pub fn error_type(&self) -> &'static str {
                self.facts.error_type
            }

            /// The error; `None` if the attempt returned a value.
            #[must_use]
            pub fn error(&self) -> Option<&'a E> {
                self.error
            }

            getters_of_elapsed!(elapsed);
        }
    };
}
common_getters!(OnRetry);
common_getters!(OnGiveUp);

impl<E> OnRetry<'_, E> {
    /// The pause before the next attempt.
    #[must_use]
    pub fn pause(&self) -> Duration {
        self.pause
    }
}

impl<E> OnGiveUp<'_, E> {
    /// The limit that ended the call.
    #[must_use]
    pub fn reason(&self) -> EndReason {
        self.reason
    }

    /// Returns a report about the call, to attach to a bug report or a support request.
    #[cfg(feature = "support-case")]
    #[must_use]
    pub fn support_case(&self) -> crate::support_case::SupportCase {
        let Self { site, ref policy, attempt, elapsed, .. } = *self;
        let moment = crate::observe::Moment { site, policy, attempt, elapsed };
        crate::support_case::SupportCase::new(moment, self.reason, self.history)
    }
}

/// Calls `on_retry`.
pub(crate) fn retrying<E>(
    at: impl CallContext,
    call: &impl Call,
    error: Option<&E>,
    hook: impl FnOnce(&OnRetry<'_, E>),
) {
    let Some(failing) = call.failing() else { return };
    let (attempt, max, facts) = failing.last();
    let progress = call.progress();
    hook(&OnRetry {
        site: at.site(),
        attempt,
        max,
        facts,
        error,
        pause: progress.pause,
        elapsed: at.terms().elapsed(progress.elapsed(at.terms())),
    });
}

/// Calls `on_give_up` if a limit ended the call.
pub(crate) fn gave_up<R: Fallible>(
    at: impl CallContext,
    ended: &Ended,
    result: R,
    hook: impl FnOnce(&OnGiveUp<'_, R::Error>),
) -> R {
    let Some(policy) = ended.policy.as_deref().cloned() else { return result };
    let call_hook = |error| {
        hook(&OnGiveUp {
            site: at.site(),
            max: policy.max(),
            policy,
            history: &ended.history,
            attempt: ended.attempt,
            facts: ended.facts,
            error,
            reason: ended.reason,
            elapsed: ended.elapsed,
        });
    };
    match result.into_result() {
        Ok(value) => {
            call_hook(None);
            R::success(value)
        }
        Err(error) => {
            call_hook(Some(&error));
            R::failure(error)
        }
    }
}
