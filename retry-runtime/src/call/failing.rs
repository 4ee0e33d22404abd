//! A call that has failed, from its first failure to its end.

use core::time::Duration;

use crate::call::nesting::inside::Inside;
use crate::call::nesting::notes;
use crate::call::ruling::{self, Paid, Payer, Ruling};
use crate::call::stop::Stops;
use crate::call::terms::Terms;
use crate::clock::{self, Instant};
use crate::decide::attempts::{Attempts, Failed, Step};
use crate::decide::budget::Cause;
use crate::error::failure::{Facts, FailedAttempt, Failure, FailureRecord, Verdict};
use crate::error::seen::SeenError;
use crate::observe::event::Elapsed;
use crate::observe::history::History;
use crate::observe::{self, Event, EventKind, Moment};
use crate::policy::{NestedRetries, Policy, nanoseconds};
use crate::random;
use crate::reason::EndReason;
use crate::sites::reach;
use crate::sites::site::Site;

/// The state of a call that has failed at least once and has not given up.
#[derive(Debug)]
pub struct Failing {
    attempts: Attempts,
    /// What was paid for the attempt that `attempts` counts as running.
    paid: Paid,
    /// When the first attempt started, if that was measured; else when it failed.
    since: Instant,
    /// The pause before the attempt that `attempts` counts as running.
    pub(crate) pause: Duration,
    /// The facts about the last failure.
    facts: Facts,
    /// The maximum number of attempts when the last failure was decided.
    max: Option<u32>,
    /// The last failure, if the call can end in the pause after it.
    paused: Option<Box<Paused>>,
    history: History,
}

/// What can end a call in its pause, and the failure that the call then reports.
#[derive(Debug)]
struct Paused {
    stops: Option<Stops>,
    failure: FailureRecord,
    /// The error, for the attempt around the call.
    seen: Option<SeenError>,
}

/// How a call ended without success.
#[derive(Debug)]
pub struct Ended {
    pub(crate) reason: EndReason,
    pub(crate) attempt: u32,
    pub(crate) facts: Facts,
    pub(crate) elapsed: Elapsed,
    /// The policy that was in force, if the `on_give_up` hook is to be called.
    pub(crate) policy: Option<Box<Policy>>,
    pub(crate) history: History,
}

impl Failing {
    /// Decides what follows after a failed attempt, and reports it.
    ///
    /// Returns the state for the next attempt.
    ///
    /// # Errors
    ///
    /// How the call ended.
    #[cold]
    #[inline(never)]
    pub(super) fn after(
        before: Option<&mut Self>,
        site: &'static Site,
        terms: &Terms<'_>,
        failure: &Failure<'_>,
        inside: &Inside,
    ) -> Result<Self, Ended> {
        let is_passed_on = || inside.gave_up_with(failure);
        reach::reach(site);
        let is_poll = failure.verdict == Verdict::NotYet;
        let is_first = before.is_none();
        if let Some(failing) = before.as_deref().filter(|failing| is_poll && failing.paid.took()) {
            // The retry was answered. That is a success for the budget that paid for it.
            ruling::succeeded(site, terms, Some(&failing.paid));
        }
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
        let failed = FailedAttempt::new(failure, site.selectors, inside.requests);
        if terms.has_hook || observe::is_observed(policy) {
            history.add(attempt, &failed);
        }
        let moment = Moment { site, policy, attempt, elapsed: terms.elapsed(elapsed) };
        if is_first {
            terms.tell_policy(site);
            ruling.first_failed();
        }
        if failure.is_unmatched() && site.tells_of_unmatched() {
            observe::unmatched(site, failure);
        }
        let stops = Stops::in_force();
        let retryable = match failure.verdict {
            Verdict::NotSelected => None,
            Verdict::TimedOut | Verdict::AtDeadline => Some(Cause::TimedOut),
            Verdict::Selector(_) if failure.is_throttling() => Some(Cause::Throttled),
            Verdict::NotYet => Some(Cause::NotYet),
            Verdict::Selector(_) | Verdict::Value => Some(Cause::Error),
        };
        let is_random = retryable.is_some_and(|cause| policy.is_random(cause));
        let input = Failed {
            retryable,
            is_cut_at_deadline: failure.verdict == Verdict::AtDeadline,
            is_given_up_inside: policy.nested == NestedRetries::Inner && is_passed_on(),
            is_stopped: stops.as_ref().is_some_and(Stops::is_requested),
            hint: failure.hint,
            elapsed: nanoseconds(elapsed),
            random: if is_random { random::number() } else { 0 },
        };
        let mut payer = Payer::Nobody;
        let pay = |cause| {
            let (taken, by) = ruling.pay(cause)?;
            payer = by;
            Some(taken)
        };
        match attempts.failed(policy, input, pay) {
            Step::Wait(pause) => {
                notes::retried(site, policy.max());
                history.pauses(pause);
                let kind =
                    if is_poll { EventKind::NotYet { pause } } else { EventKind::Retry { pause } };
                let event = Event { kind, moment, failed: Some(&failed), history: &history };
                let observed = report(&event);
                let is_kept = stops.is_some() || policy.deadline.is_some();
                let paused = is_kept.then(|| {
                    let (failure, seen) = (FailureRecord::from(&failed), notes::seen(failure));
                    Box::new(Paused { stops, failure, seen })
                });
                // The time that observers take does not count as time of the call.
                let since = since
                    .map_or_else(clock::now, |since| since.checked_add(observed).unwrap_or(since));
                let (facts, max) = (failed.facts, policy.max());
                let paid = Paid::new(attempts.taken(), payer);
                Ok(Self { attempts, paid, since, pause, facts, max, paused, history })
            }
            Step::Done(reason) => {
                if reason.is_limit() {
                    notes::gave_up(site, policy.max(), notes::seen(failure));
                } else if is_passed_on() {
                    notes::passed_on(notes::seen(failure));
                }
                Err(Ended::with(reason, moment, terms, &failed, history))
            }
        }
    }

    /// Decides after the pause whether the next attempt starts.
    ///
    /// # Errors
    ///
    /// How the call ended, if it does not start.
    #[cold]
    #[inline(never)]
    pub(super) fn resumed(&mut self, site: &'static Site, terms: &Terms<'_>) -> Result<(), Ended> {
        if let Some(paused) = &mut self.paused {
            let (ruling, elapsed) = (Ruling::of(site, terms), clock::since(self.since));
            let policy = ruling.policy();
            let is_stopped = paused.stops.as_ref().is_some_and(Stops::is_requested);
            let may_start = Attempts::may_start(policy, nanoseconds(elapsed), is_stopped);
            if let Err(reason) = may_start {
                notes::gave_up(site, policy.max(), paused.seen.take());
                let attempt = self.attempts.number() - 1;
                let moment = Moment { site, policy, attempt, elapsed: terms.elapsed(elapsed) };
                let history = core::mem::take(&mut self.history);
                let failed = paused.failure.attempt();
                return Err(Ended::with(reason, moment, terms, &failed, history));
            }
        }
        self.made();
        Ok(())
    }

    /// The next attempt is made, and what it took from the budget is gone.
    pub(super) const fn made(&mut self) {
        self.paid.made();
    }

    /// Whether the call can end in its pause.
    pub(crate) const fn can_end(&self) -> bool {
        self.paused.is_some()
    }

    /// The stops that can interrupt the pause.
    pub(crate) fn stops(&self) -> Option<&Stops> {
        self.paused.as_ref()?.stops.as_ref()
    }

    /// The number of the attempt that failed last, the maximum, and the facts about the failure; for
    /// `on_retry`.
    pub(crate) fn last(&self) -> (u32, Option<u32>, Facts) {
        // The next attempt already counts as running.
        (self.attempts.number() - 1, self.max, self.facts)
    }
}

impl Ended {
    /// Ends the call, and reports it.
    fn with(
        reason: EndReason,
        moment: Moment<'_>,
        terms: &Terms<'_>,
        failed: &FailedAttempt<'_>,
        history: History,
    ) -> Self {
        let kind = EventKind::ended(reason);
        report(&Event { kind, moment, failed: Some(failed), history: &history });
        let Moment { attempt, elapsed, policy, .. } = moment;
        let policy = (terms.has_hook && reason.is_limit()).then(|| Box::new(policy.clone()));
        Self { reason, attempt, facts: failed.facts, elapsed, policy, history }
    }
}

/// Reports that a call succeeded: after retries, or at its first attempt if a listener needs it.
#[cold]
#[inline(never)]
pub(super) fn succeeded(failing: Option<&Failing>, site: &'static Site, terms: &Terms<'_>) {
    reach::reach(site);
    ruling::succeeded(site, terms, failing.map(|failing| &failing.paid));
    let Some(failing) = failing else {
        return observe::succeeded(site);
    };
    let (ruling, elapsed) = (Ruling::of(site, terms), clock::since(failing.since));
    let attempt = failing.attempts.number();
    let elapsed = terms.elapsed(elapsed);
    let moment = Moment { site, policy: ruling.policy(), attempt, elapsed };
    let (kind, history) = (EventKind::Recovered, &failing.history);
    report(&Event { kind, moment, failed: None, history });
}

/// Reports the event to logs, metrics and observers; returns how long the user's observers took.
fn report(event: &Event<'_>) -> Duration {
    reach::look_for_recorder();
    observe::happened(event)
}

/// The progress of a call.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The number of the running or the next attempt, from 1.
    pub(crate) attempt: u32,
    /// When the first attempt started, if that was measured; else when it failed.
    pub(crate) since: Option<Instant>,
    /// The error type of the previous attempt.
    pub(crate) error_type: Option<&'static str>,
    /// The pause before the running or the next attempt.
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

    /// The time since the first attempt started, or since it failed if its start was not measured; without
    /// the time that observers took.
    pub(crate) fn elapsed(&self, terms: &Terms<'_>) -> Duration {
        self.since.or(terms.started).map_or(Duration::ZERO, clock::since)
    }
}
