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
    pub(crate) fn has_spans(&self, site: impl Located) -> bool {
        // The site of a closure is not looked up for this.
        self.policy.unwrap_or_else(|| &site.site().policy).span
    }

    /// As it stands at the function.
    fn declared(&self, site: &'static Site) -> &Policy {
        self.policy.unwrap_or(&site.policy)
    }

    fn max(&self, site: &'static Site) -> u32 {
        self.policy(site).max()
    }

    /// Whether the budget wants to know of a success at once.
    #[inline]
    fn listens(&self, site: impl Located) -> bool {
        // Its own one is also that by which others are told.
        site.budget_listens() || matches!(self.purse, Purse::Shared(budget) if budget.listens())
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
    pub(crate) fn left(&self, site: &'static Site, call: &impl Call) -> Option<Duration> {
        let progress = call.progress();
        self.started.or(progress.since)?;
        Some(self.policy(site).deadline()?.saturating_sub(progress.elapsed(self)))
    }
}

/// A call that has failed at least once and is not given up.
#[derive(Debug)]
struct Failing {
    attempts: Attempts,
    /// When the first attempt started, or else failed.
    since: Instant,
    /// What to wait for before the attempt that `attempts` counts as running.
    pause: Duration,
    error_type: &'static str,
    history: History,
}

/// The last failure, where the pause after it can be the last thing that happens.
#[derive(Debug)]
pub struct Paused(Option<Box<Last>>);

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
    ) -> Result<(Self, Paused), Ended> {
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
                let paused = Paused(is_kept.then(|| Box::new(Last::new(stops, &told))));
                // The time of the observers is not the call's.
                let since = since
                    .map_or_else(clock::now, |since| since.checked_add(observed).unwrap_or(since));
                let error_type = told.error_type;
                Ok((Self { attempts, since, pause, error_type, history }, paused))
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

    /// The pause is over: why no attempt follows, if so.
    #[cold]
    #[inline(never)]
    fn resumed(
        &mut self,
        site: &'static Site,
        terms: &Terms<'_>,
        last: &Last,
    ) -> Result<(), Ended> {
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

impl Paused {
    fn stops(&self) -> Option<&Stops> {
        self.0.as_ref()?.stops.as_ref()
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

/// What both kinds of calls can tell.
pub trait Call {
    #[doc(hidden)]
    fn progress(&self) -> Progress;
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

    pub(crate) fn max(site: &'static Site, terms: &Terms<'_>) -> u32 {
        terms.max(site)
    }

    /// Since the first attempt started, or else failed; without the time of observers.
    pub(crate) fn elapsed(&self, terms: &Terms<'_>) -> Duration {
        self.since.or(terms.started).map_or(Duration::ZERO, since)
    }
}

/// The state of one call of a plain function.
#[derive(Debug, Default)]
pub struct PlainCall(Option<Failing>);

impl Call for PlainCall {
    fn progress(&self) -> Progress {
        Progress::of(self.0.as_ref())
    }
}

impl PlainCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// An attempt succeeded.
    #[inline]
    pub fn succeeded(&self, site: impl Located, terms: &Terms<'_>) {
        if self.0.is_some() || terms.listens(site) {
            self.tell_success(site.site(), terms);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_success(&self, site: &'static Site, terms: &Terms<'_>) {
        succeeded(self.0.as_ref(), site, terms);
    }

    /// An attempt failed: whether to pause and make another.
    ///
    /// # Errors
    ///
    /// How the call ended.
    #[cold]
    pub fn failed(
        &mut self,
        site: &'static Site,
        terms: &Terms<'_>,
        failure: &Failure<'_>,
    ) -> Result<Paused, Ended> {
        let (failing, paused) = Failing::after(self.0.as_mut(), site, terms, failure)?;
        self.0 = Some(failing);
        Ok(paused)
    }

    /// Puts the thread to sleep until the next attempt: how the call ended, where a stop or the
    /// deadline came first.
    #[cold]
    pub fn pause<E>(
        &mut self,
        site: &'static Site,
        terms: &Terms<'_>,
        paused: &Paused,
        last: E,
    ) -> Option<(Ended, E)> {
        // What is not needed after the pause goes before it.
        let kept = paused.0.is_some().then_some(last);
        let ended = self.sleep(site, terms, paused);
        ended.err().zip(kept)
    }

    #[cold]
    #[inline(never)]
    fn sleep(
        &mut self,
        site: &'static Site,
        terms: &Terms<'_>,
        paused: &Paused,
    ) -> Result<(), Ended> {
        let Some(failing) = &mut self.0 else { return Ok(()) };
        #[cfg(all(feature = "tokio", feature = "tracing"))]
        if !site.was_warned() && clock::is_polling_a_task() && site.warns_now() {
            observe::misplaced(
                site,
                "a plain function pauses between attempts inside an async task and blocks its \
                 thread: make the function async, or call it in `spawn_blocking`",
            );
        }
        stop::sleep(failing.pause, paused.stops());
        paused.0.as_ref().map_or(Ok(()), |last| failing.resumed(site, terms, last))
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
    failing: Failing,
    paused: Paused,
    pub(crate) waiting: Waiting,
}

impl Call for AsyncCall {
    fn progress(&self) -> Progress {
        Progress::of(self.0.as_ref().map(|boxed| &boxed.failing))
    }
}

impl AsyncCall {
    /// No attempt has failed.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// An attempt succeeded.
    #[inline]
    pub fn succeeded(&self, site: impl Located, terms: &Terms<'_>) {
        if self.0.is_some() || terms.listens(site) {
            self.tell_success(site.site(), terms);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_success(&self, site: &'static Site, terms: &Terms<'_>) {
        succeeded(self.0.as_ref().map(|boxed| &boxed.failing), site, terms);
    }

    /// An attempt failed: whether to pause and make another, and then whether its error may be
    /// needed after the pause.
    ///
    /// # Errors
    ///
    /// How the call ended.
    #[cold]
    #[inline(never)]
    pub fn failed(
        &mut self,
        site: &'static Site,
        terms: &Terms<'_>,
        failure: &Failure<'_>,
    ) -> Result<bool, Ended> {
        let before = self.0.as_mut().map(|boxed| &mut boxed.failing);
        let (failing, paused) = Failing::after(before, site, terms, failure)?;
        let can_be_the_end = paused.0.is_some();
        match &mut self.0 {
            Some(boxed) => (boxed.failing, boxed.paused) = (failing, paused),
            none => {
                let waiting = Waiting::default();
                *none = Some(Box::new(Boxed { failing, paused, waiting }));
            }
        }
        Ok(can_be_the_end)
    }

    /// Why no attempt follows after the pause, if so.
    #[cold]
    #[inline(never)]
    pub(crate) fn resumed(&mut self, site: &'static Site, terms: &Terms<'_>) -> Result<(), Ended> {
        let Some(Boxed { failing, paused: Paused(Some(last)), .. }) = self.0.as_deref_mut() else {
            return Ok(());
        };
        failing.resumed(site, terms, last)
    }

    /// The pause before the next attempt.
    pub(crate) fn length(&self) -> Duration {
        self.0.as_ref().map_or(Duration::ZERO, |boxed| boxed.failing.pause)
    }

    /// What can cut the pause short.
    pub(crate) fn stops(&self) -> Option<&Stops> {
        self.0.as_ref()?.paused.stops()
    }
}
