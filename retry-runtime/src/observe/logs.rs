//! Logs events through `tracing`. The fields are `site`, `attempt` (from 1), `max`, `error.type` (the
//! selector that matched), `error` (its text with all sources), `code`, `request_id`, `requests` (inside
//! the attempt, if a client counts them), `hint` (what the server asked for), `pause`, `elapsed` or
//! `since_first_failure` (in seconds), and `reason`. Arguments of the function are never logged.

pub(crate) use sink::IS_LOGGED;
pub(super) use sink::{client_retries, happened, misplaced, nested, observer_panicked, unmatched};

#[cfg(feature = "tracing")]
pub(super) mod sink {
    use core::fmt;
    use core::time::Duration;

    use tracing::{debug, error, info, warn};

    use crate::error::failure::{Failure, shown};
    use crate::observe::event::{AttemptOfMax, Event, EventKind, Moment};
    use crate::observe::nesting::{ClientRetries, NestedCall};
    use crate::policy::{LogLevel, Policy};
    use crate::reason::EndReason;
    use crate::sites::site::Site;

    /// Whether events are logged, in this build.
    pub(crate) const IS_LOGGED: bool = true;

    pub(in crate::observe) const TARGET: &str = "retry_runtime";

    /// Logs a failed attempt, with the fields that all such events have.
    macro_rules! failed {
        ($level:ident, $event:expr, [$($field:tt)*], $($message:tt)*) => {{
            let Moment { site, policy, attempt, elapsed } = $event.moment;
            if let Some(failed) = $event.failed {
                $level!(
                    target: TARGET,
                    site = site.name(),
                    attempt,
                    max = policy.max(),
                    error.type = failed.facts.error_type,
                    error = failed.text.to_string().as_str(),
                    code = failed.code.code.map(shown).as_deref(),
                    request_id = failed.code.request_id.map(shown).as_deref(),
                    requests = (failed.facts.requests > 0).then_some(failed.facts.requests),
                    hint = failed.facts.hint.map(seconds),
                    $($field)*
                    elapsed = elapsed.since_start().map(seconds),
                    since_first_failure = elapsed.since_first_failure().map(seconds),
                    $($message)*
                );
            }
        }};
    }

    pub(in crate::observe) fn happened(event: &Event<'_>) {
        let Moment { policy, attempt, .. } = event.moment;
        let progress = AttemptOfMax { attempt, max: policy.max() };
        let repeated = Repeated(event.requests().unwrap_or(0));
        match event.kind {
            EventKind::Recovered => recovered(event.moment),
            EventKind::Retry { pause } => failed!(
                warn,
                event,
                [pause = seconds(pause),],
                "attempt {progress} failed{repeated}, retrying in {pause:.1?}"
            ),
            EventKind::NotYet { pause } => failed!(
                debug,
                event,
                [pause = seconds(pause),],
                "attempt {progress}: not yet, retrying in {pause:.1?}"
            ),
            EventKind::NotRetried { reason: reason @ EndReason::NotRetryable } => failed!(
                debug,
                event,
                [reason = reason.as_str(),],
                "attempt {progress} failed with an error that is not retried"
            ),
            EventKind::NotRetried { reason } => failed!(
                debug,
                event,
                [reason = reason.as_str(),],
                "attempt {progress} failed: a call inside it gave up with this error, so \
                 it is not retried"
            ),
            EventKind::GaveUp { reason } => gave_up(event, reason),
        }
    }

    /// Logs that a limit ended the call, at the level that the policy says.
    fn gave_up(event: &Event<'_>, reason: EndReason) {
        let Moment { site, policy, attempt, .. } = event.moment;
        let repeated = Repeated(event.requests().unwrap_or(0));
        let cause = Cause { reason, hint: event.hint().unwrap_or_default(), policy };
        let plan = policy.plan(site.has_hint);
        macro_rules! at {
            ($level:ident) => {
                failed!(
                    $level,
                    event,
                    [reason = reason.as_str(),],
                    "gave up after attempt {attempt}{repeated}{cause} ({plan})"
                )
            };
        }
        match policy.give_up_level() {
            LogLevel::Error => at!(error),
            LogLevel::Warn => at!(warn),
            LogLevel::Info => at!(info),
            LogLevel::Debug => at!(debug),
            LogLevel::Off => {}
        }
    }

    /// Prints the number of requests of an attempt, if there was more than one.
    struct Repeated(u32);

    impl fmt::Display for Repeated {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.0 {
                0 | 1 => Ok(()),
                requests => write!(f, " (the SDK made {requests} requests)"),
            }
        }
    }

    /// Also what to write where the budget should not have ended the call.
    const BUDGET_EXHAUSTED: &str = ": retry budget exhausted: share a larger one with \
                                    `budget = &BUDGET`, or do without with `budget = none`";

    /// Prints which limit ended the call, where the attempts that were made do not say it.
    struct Cause<'a> {
        reason: EndReason,
        hint: Duration,
        policy: &'a Policy,
    }

    impl fmt::Display for Cause<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let Self { reason, hint, policy } = self;
            f.write_str(match reason {
                EndReason::Stopped => ": a stop was requested",
                EndReason::Hint => {
                    let max_hint = policy.max_hint();
                    return write!(
                        f,
                        ": the server asked to wait {hint:?}, longer than `max_hint` ({max_hint:?})"
                    );
                }
                EndReason::Deadline => ": the next attempt would start after the deadline",
                EndReason::Budget => BUDGET_EXHAUSTED,
                EndReason::Disabled => ": retries are switched off",
                EndReason::MaxAttempts | EndReason::NotRetryable | EndReason::Nested => "",
            })
        }
    }

    fn recovered(Moment { site, policy, attempt, elapsed }: Moment<'_>) {
        info!(
            target: TARGET,
            site = site.name(),
            attempt,
            max = policy.max(),
            elapsed = elapsed.since_start().map(seconds),
            since_first_failure = elapsed.since_first_failure().map(seconds),
            "recovered on attempt {}", AttemptOfMax { attempt, max: policy.max() },
        );
    }

    pub(in crate::observe) fn nested(call: NestedCall, is_first: bool) {
        let NestedCall { outer, inner, product, count, .. } = call;
        let worst_case = product.worst_case();
        if is_first {
            warn!(
                target: TARGET,
                site = outer.name(),
                inner = inner.name(),
                worst_case,
                nested = count,
                "retries inside retries multiply: `{}` runs inside an attempt of `{}`, which can \
                 make {product} calls; retry in one place, or write \
                 `nested = inner` or `nested = allow` on the outer function",
                inner.name(),
                outer.name(),
            );
        } else {
            debug!(
                target: TARGET,
                site = outer.name(),
                inner = inner.name(),
                worst_case,
                nested = count,
                "retries inside retries",
            );
        }
    }

    pub(in crate::observe) fn client_retries(
        ClientRetries { site, product, count }: ClientRetries,
    ) {
        let worst_case = product.worst_case();
        warn!(
            target: TARGET,
            site = site.name(),
            worst_case,
            requests = count,
            "retries inside retries multiply: the SDK retries inside attempts of `{}`, which can \
             make {product} requests: switch one layer off, with \
             `.retry_config(RetryConfig::disabled())` on the configuration of the \
             client, or with `max = 1` on the function",
            site.name(),
        );
    }

    pub(in crate::observe) fn misplaced(site: &'static Site, advice: &'static str) {
        warn!(target: TARGET, site = site.name(), at = place(site), "{advice}");
    }

    pub(in crate::observe) fn unmatched(site: &'static Site, failure: &Failure<'_>) {
        let of = failure.type_name;
        let hidden = failure.missed.hidden;
        let advice = hidden.map(|hidden| {
            format!(
                "; it can be made from `{hidden}`, but its sources contain none: if a variant hides it \
                 with `#[error(transparent)]`, select the variant"
            )
        });
        let advice = advice.unwrap_or_default();
        let selectors = site.selectors.join(" | ");
        info!(
            target: TARGET,
            site = site.name(),
            at = place(site),
            error = failure.text.to_string().as_str(),
            error_type_name = of,
            selectors,
            hidden,
            "no selector matches this error, so it is not retried: it is a `{of}`, and the selectors are \
             `{selectors}`{advice} (told once)",
        );
    }

    pub(in crate::observe) fn observer_panicked(site: &'static Site) {
        // Without a parent span. Otherwise it would mark the span of the call or request as failed.
        error!(
            target: TARGET,
            parent: None,
            site = site.name(),
            "an observer panicked; the call is not affected",
        );
    }

    pub(in crate::observe) fn place(site: &'static Site) -> impl tracing::Value {
        tracing::field::display(format!("{}:{}", site.file, site.line))
    }

    /// Rounded to microseconds, which is finer than any timer.
    fn seconds(duration: Duration) -> f64 {
        (duration.as_secs_f64() * 1e6).round() / 1e6
    }
}

#[cfg(not(feature = "tracing"))]
mod sink {
    use crate::error::failure::Failure;
    use crate::observe::event::Event;
    use crate::observe::nesting::{ClientRetries, NestedCall};
    use crate::sites::site::Site;

    pub(crate) const IS_LOGGED: bool = false;

    pub(in crate::observe) fn happened(_: &Event<'_>) {}

    pub(in crate::observe) fn nested(_: NestedCall, _: bool) {}

    pub(in crate::observe) fn client_retries(_: ClientRetries) {}

    pub(in crate::observe) fn misplaced(_: &'static Site, _: &'static str) {}

    pub(in crate::observe) fn unmatched(_: &'static Site, _: &Failure<'_>) {}

    pub(in crate::observe) fn observer_panicked(_: &'static Site) {}
}
