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

use crate::attempts::{Attempts, Failed, Reason, Step};
use crate::budget::{Budget, Cause};
use crate::clock;
use crate::describe::{Code, Text};
use crate::history::History;
use crate::nesting::{self, Inside, Nested};
use crate::observe::{self, Event, EventKind, Failure, Moment, Told, Verdict};
use crate::pause::Waiting;
use crate::policy::{Policy, Purse, nanoseconds};
use crate::random;
use crate::site::{Located, Site};
use crate::stop::{self, Stops};

/// What one call is retried by.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The site's, where there is none.
    policy: Option<&'a Policy>,
    purse: Purse<'a>,
    /// When the first attempt started, where that matters.
    started: Option<Instant>,
    /// Whether a hook is told how the call ended.
    is_told: bool,
}

impl<'a> Terms<'a> {
    /// Those of the site, which has no deadline.
    pub const OF_SITE: Terms<'static> =
        Terms { policy: None, purse: Purse::Own, started: None, is_told: false };

    /// The same, and a hook is told how the call ended.
    pub const TOLD: Terms<'static> = Self::OF_SITE.told();

    /// A policy of its own; the first attempt starts now.
    #[must_use]
    pub fn of(policy: &'a Policy) -> Self {
        let started = policy.deadline.map(|_| clock::now());
        Self { policy: Some(policy), purse: policy.budget, started, is_told: false }
    }

    /// A hook is told how the call ended.
    #[must_use]
    pub const fn told(mut self) -> Self {
        self.is_told = true;
        self
    }

    /// The budget to take retries from.
    #[must_use]
    pub const fn with_budget(mut self, budget: &'a Budget) -> Self {
        self.purse = Purse::Shared(budget);
        self
    }

    /// No budget.
    #[must_use]
    pub const fn without_budget(mut self) -> Self {
        self.purse = Purse::Unlimited;
        self
    }

    /// The first attempt starts now.
    #[must_use]
    pub fn started(mut self) -> Self {
        self.started.get_or_insert_with(clock::now);
        self
    }

    pub(crate) fn policy(&self, site: &'static Site) -> Policy {
        let policy = *self.declared(site);
        #[cfg(feature = "switchboard")]
        let policy = crate::switchboard::overridden(site, policy);
        #[cfg(feature = "test-util")]
        let policy = crate::testing::limited(policy);
        policy
    }

    /// Whether calls and attempts have spans; nothing outside changes that.
    #[cfg(feature = "tracing")]
    #[inline]
    pub(crate) fn has_spans(at: &impl Located) -> bool {
        // The site of a closure is not looked up for this.
        at.terms().policy.unwrap_or_else(|| &at.site().policy).span
    }

    /// As it stands at the function.
    fn declared(&self, site: &'static Site) -> &Policy {
        self.policy.unwrap_or(&site.policy)
    }

    /// Whether a budget that is not the site's own wants to know of a success at once.
    #[inline]
    pub(crate) fn other_budget_listens(&self) -> bool {
        matches!(self.purse, Purse::Shared(budget) if budget.listens())
    }

    fn succeeded(&self, site: &'static Site, taken: Option<u32>) {
        #[cfg(feature = "switchboard")]
        let taken = match crate::switchboard::budget_of(site) {
            None => taken,
            // What it took, it gets back; to the other it is a success like any.
            Some(other) => {
                other.succeeded(taken);
                None
            }
        };
        match self.purse {
            Purse::Own => site.budget.succeeded(taken),
            Purse::Shared(budget) => budget.succeeded(taken, clock::since_start),
            Purse::Unlimited => {}
        }
        site.other_budget.see(&self.purse);
    }

    fn first_failed(&self, site: &'static Site) {
        #[cfg(feature = "switchboard")]
        if crate::switchboard::budget_of(site).is_some() {
            return;
        }
        #[cfg(not(feature = "switchboard"))]
        let _ = site;
        if let Purse::Shared(budget) = self.purse {
            budget.first_failed(clock::since_start);
        }
    }

    fn pay(&self, site: &'static Site, cause: Cause) -> Option<u32> {
        #[cfg(feature = "test-util")]
        if crate::testing::lifts_budgets() {
            return Some(0);
        }
        #[cfg(feature = "switchboard")]
        if let Some(other) = crate::switchboard::budget_of(site) {
            return other.take(cause);
        }
        let taken = match self.purse {
            Purse::Own => site.budget.take(cause),
            Purse::Shared(budget) => budget.take(cause, clock::since_start),
            Purse::Unlimited => Some(0),
        };
        site.other_budget.see(&self.purse);
        taken
    }

    /// What the deadline leaves for an attempt that starts now.
    ///
    /// Where none stands at the function, nobody looked at the clock before the call failed.
    pub(crate) fn left(at: impl Located, call: &impl Call) -> Option<Duration> {
        let progress = call.progress();
        at.terms().started.or(progress.since)?;
        Some(at.policy().deadline()?.saturating_sub(progress.elapsed(at.terms())))
    }
}

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
    fn after(
        before: Option<&mut Self>,
        site: &'static Site,
        terms: &Terms<'_>,
        failure: &Failure<'_>,
    ) -> Result<Self, Ended> {
        // Asked first, for recorders and subscribers may call annotated functions too.
        let given_up_inside = nesting::was_given_up_inside();
        let requests = nesting::made_inside();
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
            error_type: failure.error_type(site),
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
                nesting::note(site, policy.max(), Inside::Retried);
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
                    nesting::note(site, policy.max(), Inside::GaveUp);
                } else if given_up_inside {
                    nesting::note(site, policy.max(), Inside::PassedOn);
                }
                Err(Ended::with(reason, moment, &told, history))
            }
        }
    }

    /// The pause is over: how the call ended, if no attempt follows.
    #[cold]
    #[inline(never)]
    fn resumed(&mut self, site: &'static Site, terms: &Terms<'_>) -> Result<(), Ended> {
        let Some(last) = &self.last else { return Ok(()) };
        let (policy, elapsed) = (terms.policy(site), since(self.since));
        let is_stopped = last.stops.as_ref().is_some_and(Stops::is_requested);
        Attempts::may_start(&policy, nanoseconds(elapsed), is_stopped).map_err(|reason| {
            nesting::note(site, policy.max(), Inside::GaveUp);
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
fn succeeded(failing: Option<&Failing>, site: &'static Site, terms: &Terms<'_>) {
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
    fn of(failing: Option<&Failing>) -> Self {
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

/// What both kinds of calls do after an attempt.
pub trait Call {
    #[doc(hidden)]
    fn failing(&self) -> Option<&Failing>;

    #[doc(hidden)]
    fn has_failed(&self) -> bool;

    #[doc(hidden)]
    fn failing_mut(&mut self) -> Option<&mut Failing>;

    #[doc(hidden)]
    fn start(&mut self, failing: Failing);

    /// An attempt succeeded.
    #[inline]
    fn succeeded(&self, at: impl Located) {
        if self.has_failed() || at.listens() {
            succeeded(self.failing(), at.site(), at.terms());
        }
    }

    /// An attempt failed: how the call ended, if no other one follows.
    #[cold]
    #[inline(never)]
    fn ended<E>(
        &mut self,
        at: impl Located,
        last: &E,
        judge: impl FnOnce(&E) -> Failure<'_>,
    ) -> Option<Ended> {
        let failure = judge(last);
        match Failing::after(self.failing_mut(), at.site(), at.terms(), &failure) {
            Err(ended) => return Some(ended),
            Ok(next) => match self.failing_mut() {
                Some(failing) => *failing = next,
                None => self.start(next),
            },
        }
        None
    }

    /// The pause is over: how the call ended, if no attempt follows. Without an outcome to return,
    /// one more attempt makes one.
    #[doc(hidden)]
    fn resumed<E>(&mut self, at: impl Located, kept: Option<E>) -> Option<(Ended, E)> {
        let kept = kept?;
        let ended = self.failing_mut()?.resumed(at.site(), at.terms()).err()?;
        Some((ended, kept))
    }

    #[doc(hidden)]
    fn progress(&self) -> Progress {
        Progress::of(self.failing())
    }
}

/// The state of one call of a plain function.
#[derive(Debug, Default)]
pub struct PlainCall(Option<Failing>);

impl Call for PlainCall {
    fn failing(&self) -> Option<&Failing> {
        self.0.as_ref()
    }

    #[inline]
    fn has_failed(&self) -> bool {
        self.0.is_some()
    }

    fn failing_mut(&mut self) -> Option<&mut Failing> {
        self.0.as_mut()
    }

    fn start(&mut self, failing: Failing) {
        self.0 = Some(failing);
    }
}

impl PlainCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// An attempt failed, and the pause after it is over: how the call ended and with what, if no
    /// other attempt follows.
    #[cold]
    #[inline(never)]
    pub fn failed<E>(
        &mut self,
        at: impl Located,
        last: E,
        judge: impl FnOnce(&E) -> Failure<'_>,
    ) -> Option<(Ended, E)> {
        match self.ended(at, &last, judge) {
            Some(ended) => Some((ended, last)),
            None => self.pause(at, last),
        }
    }

    /// Puts the thread to sleep until the next attempt: how the call ended and with what, where a
    /// stop or the deadline came first.
    #[cold]
    #[inline(never)]
    pub fn pause<E>(&mut self, at: impl Located, last: E) -> Option<(Ended, E)> {
        let failing = self.0.as_ref()?;
        // What is not needed after the pause goes before it.
        let kept = failing.can_end().then_some(last);
        #[cfg(all(feature = "tokio", feature = "tracing"))]
        if !at.site().was_warned() && clock::is_polling_a_task() && at.site().warns_now() {
            observe::misplaced(
                at.site(),
                "a plain function pauses between attempts inside an async task and blocks its \
                 thread: make the function async, or call it in `spawn_blocking`",
            );
        }
        stop::sleep(failing.pause, failing.stops());
        self.resumed(at, kept)
    }
}

/// The state of one call of an async function.
///
/// All that must be dropped is in one box, so that the future of the function has little to look
/// after.
#[derive(Debug, Default)]
pub struct AsyncCall(pub(crate) Option<Box<Boxed>>);

impl Drop for AsyncCall {
    #[inline]
    fn drop(&mut self) {
        #[cold]
        #[inline(never)]
        fn end(_: Box<Boxed>) {}
        if let Some(boxed) = self.0.take() {
            end(boxed);
        }
    }
}

/// The state of a call that has failed.
#[derive(Debug)]
pub(crate) struct Boxed {
    pub(crate) failing: Failing,
    pub(crate) waiting: Waiting,
}

impl Call for AsyncCall {
    fn failing(&self) -> Option<&Failing> {
        self.0.as_ref().map(|boxed| &boxed.failing)
    }

    #[inline]
    fn has_failed(&self) -> bool {
        self.0.is_some()
    }

    fn failing_mut(&mut self) -> Option<&mut Failing> {
        self.0.as_mut().map(|boxed| &mut boxed.failing)
    }

    fn start(&mut self, failing: Failing) {
        self.0 = Some(Box::new(Boxed { failing, waiting: Waiting::default() }));
    }
}

impl AsyncCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }
}
