//! One call of a closure, from its first attempt to its end.

use core::fmt::{self, Display};
use core::ops::ControlFlow::{self, Break, Continue};
use core::time::Duration;

use crate::call::Call;
use crate::call::async_call::{AsyncCall, PauseBy};
#[cfg(feature = "tokio")]
use crate::call::async_call::{AsyncTimer, DefaultTimer, Pause};
use crate::call::failing::{Ended, Failing};
use crate::call::hooks;
use crate::call::nesting::{attempt, attempting};
use crate::call::plain::PlainCall;
use crate::call::spans::Spans;
use crate::call::terms::{CallContext, Terms};
use crate::call::timeout::{Bound, settled, within};
use crate::error::code::Code;
use crate::error::failure::{Cut, Failure, Missed, Verdict};
use crate::error::text::Text;
use crate::observe;
use crate::retry::place::Called;
use crate::retry::rules::{MakeError, Options, Print, Rules};
use crate::sites::site::Site;

/// An async call that is running.
///
/// It holds neither the closure nor a future of it, so that whether the call can be sent to another
/// thread depends on them alone.
pub(super) struct Running<'a, T, E, W> {
    rules: Rules<'a, T, E>,
    terms: Terms<'a>,
    call: AsyncCall,
    spans: Spans,
    timer: W,
}

impl<'a, T, E, W: Timer> Running<'a, T, E, W> {
    /// The first attempt starts now.
    pub(super) fn new(rules: Rules<'a, T, E>, timer: W) -> Self {
        let terms = rules.terms();
        let spans = Spans::of(Called { place: &rules.place, terms: &terms });
        Self { rules, terms, call: AsyncCall::new(), spans, timer }
    }

    /// Makes an attempt and, where another one follows, the pause after it; else the end of the call.
    pub(super) async fn attempt(
        &mut self,
        body: impl Future<Output = Result<T, E>>,
    ) -> Option<Result<T, E>> {
        let Self { rules, terms, call, spans, timer } = self;
        let at = Called { place: &rules.place, terms };
        let cuts = rules.timed_out();
        let cuts = cuts.map(|timed_out| (Bound::new(at, call, rules.timeout()), timed_out));
        let running = attempting(call, at, spans.attempt(body));
        let mut cut = Cut::Nothing;
        let result = match cuts {
            None => running.await,
            Some((bound, timed_out)) => {
                let timer = bound.time().and_then(|time| timer.limit(time));
                settled(within(bound, timer, running).await, &mut cut, timed_out)
            }
        };
        let Some(verdict) = rules.verdict(&result, cut) else {
            spans.succeeded(|| call.succeeded(at));
            return Some(result);
        };
        let last = match rules.failed(at, call, spans, result, verdict) {
            Break(end) => return Some(end),
            Continue(last) => last,
        };
        // What is not needed after the pause goes before it.
        let kept = Some(last).filter(|_| call.failing().is_some_and(Failing::can_end));
        timer.pause(call, rules.place.site()).await;
        let (ended, last) = spans.within(|| call.resumed(at, kept))?;
        spans.failed(&ended);
        Some(rules.gave_up(at, spans, &ended, last))
    }
}

impl<'a, T, E> Rules<'a, T, E> {
    pub(super) fn repeat_blocking(&self, mut body: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        let terms = self.terms();
        if self.timed_out().is_some() && self.place.site().warns_now() {
            observe::misplaced(
                self.place.site(),
                "neither a timeout nor a deadline can end an attempt of a blocking closure: set a \
                 timeout where it waits (a socket, a client)",
            );
        }
        let at = Called { place: &self.place, terms: &terms };
        let mut call = PlainCall::new();
        let mut spans = Spans::of(at);
        loop {
            let result = attempt(&mut call, at, || spans.run(&mut body));
            let Some(verdict) = self.verdict(&result, Cut::Nothing) else {
                spans.succeeded(|| call.succeeded(at));
                return result;
            };
            let last = match self.failed(at, &mut call, &mut spans, result, verdict) {
                Break(end) => return end,
                Continue(last) => last,
            };
            if let Some((ended, last)) = spans.within(|| call.pause(at, last)) {
                spans.failed(&ended);
                return self.gave_up(at, &spans, &ended, last);
            }
        }
    }

    /// None where the attempt succeeded.
    #[inline]
    fn verdict(&self, result: &Result<T, E>, cut: Cut) -> Option<Verdict> {
        match (result, &self.options) {
            (Ok(_), None) => None,
            (Ok(value), Some(options)) => options.verdict_of_value(value),
            (Err(_), None) => Some(Verdict::Selector(0)),
            (Err(error), Some(options)) => Some(options.verdict_of_error(error, cut)),
        }
    }

    /// The end of the call, or the outcome of an attempt that another one follows.
    #[cold]
    #[inline(never)]
    fn failed(
        &self,
        at: Called<'_>,
        call: &mut impl Call,
        spans: &mut Spans,
        result: Result<T, E>,
        verdict: Verdict,
    ) -> ControlFlow<Result<T, E>, Result<T, E>> {
        let error = result.as_ref().err();
        let printed = Printed { error, print: self.text };
        let ended = spans
            .ended(call, |call| call.ended(at, &printed, |printed| self.failure(printed, verdict)));
        if let Some(ended) = ended {
            return Break(self.gave_up(at, spans, &ended, result));
        }
        // What is not yet is no failure.
        if let Some(hook) = self
            .options
            .as_ref()
            .and_then(|options| options.on_retry.as_ref())
            .filter(|_| verdict != Verdict::NotYet)
        {
            spans.within(|| hooks::retrying(at, call, error, &**hook));
        }
        Continue(result)
    }

    fn failure<'p>(&self, printed: &'p Printed<'_, E>, verdict: Verdict) -> Failure<'p> {
        match (verdict, printed.error) {
            (Verdict::NotYet, _) => Failure::NOT_YET,
            (_, None) => Failure::VALUE,
            (_, Some(error)) => Failure {
                verdict,
                text: Text::Display(printed),
                type_name: core::any::type_name::<E>(),
                code: self.options.as_ref().map_or_else(Code::default, |it| it.code_of(error)),
                is_throttling: self
                    .options
                    .as_ref()
                    .and_then(|options| options.throttling.as_ref())
                    .is_some_and(|throttling| throttling(error)),
                hint: self.options.as_ref().and_then(|options| options.hint.as_ref()?(error)),
                missed: Missed::default(),
            },
        }
    }

    #[cold]
    fn gave_up(
        &self,
        at: impl CallContext,
        spans: &Spans,
        ended: &Ended,
        last: Result<T, E>,
    ) -> Result<T, E> {
        match self.options.as_ref().and_then(|options| options.on_give_up.as_ref()) {
            Some(hook) => spans.within(|| hooks::gave_up(at, ended, last, &**hook)),
            None => last,
        }
    }

    /// What makes the error of an attempt that is cut; without it, none is.
    #[inline]
    fn timed_out(&self) -> Option<&MakeError<'a, E>> {
        self.options.as_ref()?.timed_out.as_deref()
    }

    fn timeout(&self) -> Option<Duration> {
        self.options.as_ref()?.timeout
    }

    fn terms(&self) -> Terms<'a> {
        let terms = Terms::of(self.place.policy);
        let Some(options) = &self.options else { return terms };
        let terms = if options.on_give_up.is_some() { terms.with_hook() } else { terms };
        match options.budget {
            Some(budget) => terms.with_budget(budget),
            None => terms,
        }
    }
}

impl<T, E> Options<'_, T, E> {
    /// None where it is a success.
    fn verdict_of_value(&self, value: &T) -> Option<Verdict> {
        if self.when_ok.as_ref().is_some_and(|is_failure| is_failure(value)) {
            Some(Verdict::Value)
        } else if self.until.as_ref().is_some_and(|is_the_end| !is_the_end(value)) {
            Some(Verdict::NotYet)
        } else {
            None
        }
    }

    #[cold]
    fn verdict_of_error(&self, error: &E, cut: Cut) -> Verdict {
        if cut == Cut::Deadline {
            Verdict::AtDeadline
        } else if self.unless.as_ref().is_some_and(|unless| unless(error)) {
            Verdict::NotSelected
        } else if cut == Cut::Timeout {
            Verdict::TimedOut
        } else if self.when.as_ref().is_some_and(|when| !when(error)) {
            Verdict::NotSelected
        } else {
            Verdict::Selector(0)
        }
    }

    fn code_of<'e>(&self, error: &'e E) -> Code<'e> {
        self.code.map_or_else(Code::default, |code| code(error))
    }
}

/// The error of an attempt, as the user says that it is printed; none where it returned a value.
struct Printed<'e, E> {
    error: Option<&'e E>,
    print: Print<E>,
}

impl<E> Display for Printed<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.map_or(Ok(()), |error| (self.print)(error, f))
    }
}

/// What waits.
pub(super) trait Timer {
    type Wait: Future;
    type Pause<'c>: Future<Output = ()>;

    /// Ends an attempt; `None` where nothing can.
    fn limit(&self, limit: Duration) -> Option<Self::Wait>;

    /// Waits for the next attempt.
    fn pause<'c>(&self, call: &'c mut AsyncCall, site: &'static Site) -> Self::Pause<'c>;
}

#[cfg(feature = "tokio")]
pub(super) struct TokioTimer;

#[cfg(feature = "tokio")]
impl Timer for TokioTimer {
    type Wait = tokio::time::Sleep;
    type Pause<'c> = Pause<'c>;

    fn limit(&self, limit: Duration) -> Option<Self::Wait> {
        DefaultTimer::sleep(limit)
    }

    fn pause<'c>(&self, call: &'c mut AsyncCall, site: &'static Site) -> Pause<'c> {
        DefaultTimer.pause(call, site)
    }
}

pub(super) struct OwnTimer<F>(pub(super) F);

impl<F: Fn(Duration) -> W, W: Future> Timer for OwnTimer<F> {
    type Wait = W;
    type Pause<'c> = PauseBy<W>;

    fn limit(&self, limit: Duration) -> Option<W> {
        Some((self.0)(limit))
    }

    fn pause(&self, call: &mut AsyncCall, _: &'static Site) -> PauseBy<W> {
        let pause = call.next_pause();
        call.pause_by((self.0)(pause))
    }
}
