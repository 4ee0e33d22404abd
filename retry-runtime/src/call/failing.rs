//! A call that has failed, from its first failure to its end.

use core::time::Duration;
use std::time::Instant;

use crate::call::nesting::notes::{self, Inside};
use crate::call::nesting::requests;
use crate::call::ruling::{self, Ruling};
use crate::call::stop::Stops;
use crate::call::terms::Terms;
use crate::clock;
use crate::decide::attempts::{Attempts, Failed, Step};
use crate::decide::budget::Cause;
use crate::error::failure::{Facts, FailedAttempt, Failure, FailureRecord, Verdict};
use crate::observe::history::History;
use crate::observe::{self, Event, EventKind, Moment};
use crate::policy::{Nested, Policy, nanoseconds};
use crate::random;
use crate::reason::Reason;
use crate::sites::reach;
use crate::sites::site::Site;

/// A call that has failed at least once and is not given up.
#[derive(Debug)]
pub struct Failing {
    attempts: Attempts,
    /// When the first attempt started, or else failed.
    since: Instant,
    /// What to wait for before the attempt that `attempts` counts as running.
    pub(crate) pause: Duration,
    /// What is known of the last failure.
    facts: Facts,
    /// How many attempts there were to be at most when it was decided on.
    max: u32,
    /// The last failure, where the pause after it can be the last thing that happens.
    paused: Option<Box<Paused>>,
    history: History,
}

/// What can end a call in its pause, and the failure that it then ends with.
#[derive(Debug)]
struct Paused {
    stops: Option<Stops>,
    failure: FailureRecord,
}

/// How a call ended without success.
#[derive(Debug)]
pub struct Ended {
    pub(crate) reason: Reason,
    pub(crate) attempt: u32,
    pub(crate) facts: Facts,
    pub(crate) elapsed: Duration,
    /// The policy that was in force, where a hook is told of it.
    pub(crate) policy: Option<Box<Policy>>,
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
        reach::reach(site);
        let is_first = before.is_none();
        let (mut attempts, since, mut history) = match before {
            None => (Attempts::FIRST, terms.started, History::default()),
            Some(failing) => {
                (failing.attempts, Some(failing.since), core::mem::take(&mut failing.history))
            }
        };
        let attempt = attempts.number();
        let ruling = Ruling::of(site, terms);
        ruling.log_overrides();
        let policy = ruling.policy();
        let elapsed = since.map_or(Duration::ZERO, clock::since);
        let failed = FailedAttempt::new(failure, site.selectors, requests);
        if terms.is_told || observe::is_observed(policy) {
            history.add(attempt, &failed);
        }
        let moment = Moment { site, policy, attempt, elapsed };
        if is_first {
            ruling.first_failed();
        }
        let stops = Stops::in_force();
        let question = Failed {
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
        match attempts.failed(policy, question, |cause| ruling.pay(cause)) {
            Step::Wait(pause) => {
                notes::note(site, policy.max(), Inside::Retried);
                history.pauses(pause);
                let kind = EventKind::Retry { pause };
                let event = Event { kind, moment, failed: Some(&failed), history: &history };
                let observed = tell(&event);
                let is_kept = stops.is_some() || policy.deadline.is_some();
                let paused = is_kept
                    .then(|| Box::new(Paused { stops, failure: FailureRecord::from(&failed) }));
                // The time of the observers is not the call's.
                let since = since
                    .map_or_else(clock::now, |since| since.checked_add(observed).unwrap_or(since));
                let (facts, max) = (failed.facts, policy.max());
                Ok(Self { attempts, since, pause, facts, max, paused, history })
            }
            Step::Done(reason) => {
                if reason.is_limit() {
                    notes::note(site, policy.max(), Inside::GaveUp);
                } else if given_up_inside {
                    notes::note(site, policy.max(), Inside::PassedOn);
                }
                Err(Ended::with(reason, moment, terms, &failed, history))
            }
        }
    }

    /// The pause is over: how the call ended, if no attempt follows.
    #[cold]
    #[inline(never)]
    pub(super) fn resumed(&mut self, site: &'static Site, terms: &Terms<'_>) -> Result<(), Ended> {
        let Some(paused) = &self.paused else { return Ok(()) };
        let (ruling, elapsed) = (Ruling::of(site, terms), clock::since(self.since));
        let policy = ruling.policy();
        let is_stopped = paused.stops.as_ref().is_some_and(Stops::is_requested);
        Attempts::may_start(policy, nanoseconds(elapsed), is_stopped).map_err(|reason| {
            notes::note(site, policy.max(), Inside::GaveUp);
            let attempt = self.attempts.number() - 1;
            let moment = Moment { site, policy, attempt, elapsed };
            let history = core::mem::take(&mut self.history);
            Ended::with(reason, moment, terms, &paused.failure.attempt(), history)
        })
    }

    /// Whether the pause can be the last thing that happens.
    pub(crate) const fn can_end(&self) -> bool {
        self.paused.is_some()
    }

    /// What can cut the pause short.
    pub(crate) fn stops(&self) -> Option<&Stops> {
        self.paused.as_ref()?.stops.as_ref()
    }

    /// The attempt that failed last, for those who are told that another one follows.
    pub(crate) fn last(&self) -> (u32, u32, Facts) {
        // The next one counts as running already.
        (self.attempts.number() - 1, self.max, self.facts)
    }
}

impl Ended {
    /// The call ends with the error that is told of.
    fn with(
        reason: Reason,
        moment: Moment<'_>,
        terms: &Terms<'_>,
        failed: &FailedAttempt<'_>,
        history: History,
    ) -> Self {
        let kind = EventKind::GaveUp { reason };
        tell(&Event { kind, moment, failed: Some(failed), history: &history });
        let Moment { attempt, elapsed, policy, .. } = moment;
        let policy = (terms.is_told && reason.is_limit()).then(|| Box::new(*policy));
        Self { reason, attempt, facts: failed.facts, elapsed, policy, history }
    }
}

/// A call succeeded: after retries, or at once where the budget wants to know.
#[cold]
#[inline(never)]
pub(super) fn succeeded(failing: Option<&Failing>, site: &'static Site, terms: &Terms<'_>) {
    reach::reach(site);
    ruling::succeeded(site, terms, failing.map(|failing| failing.attempts.taken()));
    let Some(failing) = failing else {
        return observe::succeeded(site);
    };
    let (ruling, elapsed) = (Ruling::of(site, terms), clock::since(failing.since));
    let attempt = failing.attempts.number();
    let moment = Moment { site, policy: ruling.policy(), attempt, elapsed };
    let (kind, history) = (EventKind::Recovered, &failing.history);
    tell(&Event { kind, moment, failed: None, history });
}

/// Tells everybody who wants to know; how long the observers of the user took.
fn tell(event: &Event<'_>) -> Duration {
    reach::look_for_recorder();
    observe::happened(event)
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
            error_type: failing.map(|failing| failing.facts.error_type),
            pause: failing.map_or(Duration::ZERO, |failing| failing.pause),
        }
    }

    /// Since the first attempt started, or else failed; without the time of observers.
    pub(crate) fn elapsed(&self, terms: &Terms<'_>) -> Duration {
        self.since.or(terms.started).map_or(Duration::ZERO, clock::since)
    }
}
