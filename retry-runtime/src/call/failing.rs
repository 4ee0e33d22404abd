//! The two thin loops, async and plain, over the one state machine.
//!
//! The loop itself stands in the expansion, for only there can the function's body be borrowed and
//! run again. What happens to a call that has failed is here: decided by [`Attempts`], reported,
//! and remembered.
//!
//! An async call that has not failed is one null pointer wide. State appears with the first failure
//! and is gone with the call.

use core::time::Duration;
use std::time::Instant;

use crate::call::nesting::notes::{self, Inside};
use crate::call::nesting::requests;
use crate::call::stop::Stops;
use crate::call::terms::Terms;
use crate::clock;
use crate::decide::attempts::{Attempts, Failed, Step};
use crate::decide::budget::Cause;
use crate::error::code::Code;
use crate::error::failure::{Failure, Told, Verdict};
use crate::error::text::Text;
use crate::observe::history::History;
use crate::observe::{self, Event, EventKind, Moment};
use crate::policy::Nested;
use crate::policy::nanoseconds;
use crate::random;
use crate::reason::Reason;
use crate::sites::site::Site;

/// A call that has failed at least once and is not given up.
#[derive(Debug)]
pub struct Failing {
    attempts: Attempts,
    /// When the first attempt started, or else failed.
    since: Instant,
    /// What to wait for before the attempt that `attempts` counts as running.
    pub(crate) pause: Duration,
    /// The last failure, where the pause after it can be the last thing that happens.
    last: Option<Box<Last>>,
    error_type: &'static str,
    history: History,
}

#[derive(Debug)]
struct Last {
    stops: Option<Stops>,
    text: String,
    code: Option<String>,
    request_id: Option<String>,
    requests: u32,
}

/// How a call ended without success.
#[derive(Debug)]
pub struct Ended {
    pub(crate) reason: Reason,
    pub(crate) attempt: u32,
    pub(crate) error_type: &'static str,
    pub(crate) elapsed: Duration,
    pub(crate) history: History,
}

impl Failing {
    /// The running attempt of a call failed: how it goes on.
    #[cold]
    #[inline(never)]
    pub(super) fn after(
        before: Option<&mut Self>,
        site: &'static Site,
        terms: &Terms<'_>,
        failure: &Failure<'_>,
    ) -> Result<Self, Ended> {
        // Asked first, for recorders and subscribers may call annotated functions too.
        let given_up_inside = notes::was_given_up_inside();
        let requests = requests::made_inside();
        site.reach();
        let is_first = before.is_none();
        let (mut attempts, since, mut history) = match before {
            None => (Attempts::FIRST, terms.started, History::default()),
            Some(failing) => {
                (failing.attempts, Some(failing.since), core::mem::take(&mut failing.history))
            }
        };
        let attempt = attempts.number();
        #[cfg(feature = "switchboard")]
        crate::switchboard::tell(site, terms.declared(site));
        let policy = terms.policy(site);
        let elapsed = since.map_or(Duration::ZERO, self::since);
        let told = Told {
            error_type: failure.error_type(site.selectors),
            text: failure.text,
            type_name: failure.type_name,
            code: failure.code,
            requests,
        };
        if terms.is_told || observe::is_observed(&policy) {
            history.add(attempt, &told);
        }
        let moment = Moment { site, policy: &policy, attempt, elapsed };
        if is_first {
            terms.first_failed(site);
        }
        let stops = Stops::in_force();
        let failed = Failed {
            retryable: match failure.verdict {
                Verdict::NotSelected => None,
                Verdict::TimedOut => Some(Cause::TimedOut),
                Verdict::Selector(_) if failure.code.is_throttling() => Some(Cause::Throttled),
                Verdict::Selector(_) | Verdict::Value => Some(Cause::Error),
            },
            is_given_up_inside: given_up_inside && policy.nested == Nested::Inner,
            is_stopped: stops.as_ref().is_some_and(Stops::is_requested),
            hint: failure.hint,
            elapsed: nanoseconds(elapsed),
            random: random::number(),
        };
        match attempts.failed(&policy, failed, |cause| terms.pay(site, cause)) {
            Step::Wait(pause) => {
                notes::note(site, policy.max(), Inside::Retried);
                history.pauses(pause);
                let kind = EventKind::Retry { pause };
                let event = Event { kind, moment, told: Some(&told), history: &history };
                let observed = observe::happened(&event);
                let is_kept = stops.is_some() || policy.deadline.is_some();
                let last = is_kept.then(|| Box::new(Last::new(stops, &told)));
                // The time of the observers is not the call's.
                let since = since
                    .map_or_else(clock::now, |since| since.checked_add(observed).unwrap_or(since));
                let error_type = told.error_type;
                Ok(Self { attempts, since, pause, last, error_type, history })
            }
            Step::Done(reason) => {
                if reason.is_limit() {
                    notes::note(site, policy.max(), Inside::GaveUp);
                } else if given_up_inside {
                    notes::note(site, policy.max(), Inside::PassedOn);
                }
                Err(Ended::with(reason, moment, &told, history))
            }
        }
    }

    /// The pause is over: how the call ended, if no attempt follows.
    #[cold]
    #[inline(never)]
    pub(super) fn resumed(&mut self, site: &'static Site, terms: &Terms<'_>) -> Result<(), Ended> {
        let Some(last) = &self.last else { return Ok(()) };
        let (policy, elapsed) = (terms.policy(site), since(self.since));
        let is_stopped = last.stops.as_ref().is_some_and(Stops::is_requested);
        Attempts::may_start(&policy, nanoseconds(elapsed), is_stopped).map_err(|reason| {
            notes::note(site, policy.max(), Inside::GaveUp);
            let attempt = self.attempts.number() - 1;
            let told = Told {
                error_type: self.error_type,
                text: Text::Display(&last.text),
                type_name: "",
                code: Code { code: last.code.as_deref(), request_id: last.request_id.as_deref() },
                requests: last.requests,
            };
            let moment = Moment { site, policy: &policy, attempt, elapsed };
            Ended::with(reason, moment, &told, core::mem::take(&mut self.history))
        })
    }

    /// Whether the pause can be the last thing that happens.
    pub(crate) const fn can_end(&self) -> bool {
        self.last.is_some()
    }

    /// What can cut the pause short.
    pub(crate) fn stops(&self) -> Option<&Stops> {
        self.last.as_ref()?.stops.as_ref()
    }
}

impl Ended {
    /// The call ends with the error that is told of.
    fn with(reason: Reason, moment: Moment<'_>, told: &Told<'_>, history: History) -> Self {
        let kind = EventKind::GaveUp { reason };
        observe::happened(&Event { kind, moment, told: Some(told), history: &history });
        let Moment { attempt, elapsed, .. } = moment;
        Self { reason, attempt, error_type: told.error_type, elapsed, history }
    }
}

impl Last {
    fn new(stops: Option<Stops>, told: &Told<'_>) -> Self {
        Self {
            stops,
            text: told.text.to_string(),
            code: told.code.code.map(str::to_owned),
            request_id: told.code.request_id.map(str::to_owned),
            requests: told.requests,
        }
    }
}

/// A call succeeded: after retries, or at once where the budget wants to know.
#[cold]
#[inline(never)]
pub(super) fn succeeded(failing: Option<&Failing>, site: &'static Site, terms: &Terms<'_>) {
    site.reach();
    terms.succeeded(site, failing.map(|failing| failing.attempts.taken()));
    let Some(failing) = failing else {
        return observe::succeeded(site);
    };
    let (policy, elapsed) = (terms.policy(site), since(failing.since));
    let attempt = failing.attempts.number();
    let moment = Moment { site, policy: &policy, attempt, elapsed };
    let (kind, history) = (EventKind::Recovered, &failing.history);
    observe::happened(&Event { kind, moment, told: None, history });
}

fn since(instant: Instant) -> Duration {
    clock::now().saturating_duration_since(instant)
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The attempt that is running or comes next, from 1.
    pub(crate) attempt: u32,
    /// When the first attempt started, or else failed.
    pub(crate) since: Option<Instant>,
    /// What went wrong before.
    pub(crate) error_type: Option<&'static str>,
    pub(crate) pause: Duration,
}

impl Progress {
    pub(super) fn of(failing: Option<&Failing>) -> Self {
        Self {
            attempt: failing.map_or(1, |failing| failing.attempts.number()),
            since: failing.map(|failing| failing.since),
            error_type: failing.map(|failing| failing.error_type),
            pause: failing.map_or(Duration::ZERO, |failing| failing.pause),
        }
    }

    /// Since the first attempt started, or else failed; without the time of observers.
    pub(crate) fn elapsed(&self, terms: &Terms<'_>) -> Duration {
        self.since.or(terms.started).map_or(Duration::ZERO, since)
    }
}
