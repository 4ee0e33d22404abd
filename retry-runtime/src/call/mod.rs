//! One call of a retried function, from its first failure to its end.
//!
//! The loop itself is in the expansion, because only there can the function's body be borrowed and run
//! again. This module handles the failures: [`Attempts`] decides, events report, and the state of the
//! call is updated. That state is created by the first failure, of an attempt or of a call inside one,
//! and dropped with the call, so an async call without failures only needs space for one pointer.
//!
//! [`Attempts`]: crate::decide::attempts::Attempts

pub(crate) mod ruling;
pub(crate) mod terms;

pub(crate) mod failing;

pub(crate) mod async_call;
pub(crate) mod plain;

pub(crate) mod attempt;
pub(crate) mod given;
pub(crate) mod hooks;
#[cfg(feature = "idempotency")]
pub(crate) mod idempotency;
#[cfg(not(feature = "idempotency"))]
#[path = "idempotency/none.rs"]
pub(crate) mod idempotency;
pub(crate) mod outcome;
pub(crate) mod timeout;
pub(crate) mod used_up;

pub(crate) mod nesting;
pub(crate) mod spans;
pub(crate) mod stop;

use crate::call::failing::{Ended, Failing, Progress, succeeded};
use crate::call::nesting::inside::{Inside, Outer};
use crate::call::terms::CallContext;
use crate::error::failure::Failure;

/// The state of a call in which something failed.
#[derive(Debug, Default)]
pub struct State {
    /// Once an attempt has failed.
    pub(crate) failing: Option<Failing>,
    /// What happened inside the attempt that is running.
    inside: Inside,
}

/// What async and plain calls do after an attempt.
pub trait Call {
    /// Whether an attempt can be cut.
    #[doc(hidden)]
    const IS_ASYNC: bool;

    #[doc(hidden)]
    fn state(&self) -> Option<&State>;

    #[doc(hidden)]
    fn state_mut(&mut self) -> Option<&mut State>;

    /// The state, new if there is none yet.
    #[doc(hidden)]
    fn start(&mut self) -> &mut State;

    #[doc(hidden)]
    fn failing(&self) -> Option<&Failing> {
        self.state()?.failing.as_ref()
    }

    #[doc(hidden)]
    fn failing_mut(&mut self) -> Option<&mut Failing> {
        self.state_mut()?.failing.as_mut()
    }

    /// What happened inside the attempt that just ended.
    #[doc(hidden)]
    fn take_inside(&mut self) -> Inside {
        self.state_mut().map(|state| core::mem::take(&mut state.inside)).unwrap_or_default()
    }

    /// Handles a successful attempt.
    #[inline]
    fn succeeded(&self, at: impl CallContext) {
        if self.state().is_some() || at.listens() {
            self.tell_success(at);
        }
    }

    /// Out of line with all that it takes, so that a success that is not reported keeps no register
    /// for it.
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    fn tell_success(&self, at: impl CallContext) {
        if self.failing().is_some() || at.listens() {
            succeeded(self.failing(), at.site(), at.terms());
        }
    }

    /// Handles a failed attempt. Returns how the call ended, or `None` if another attempt follows.
    #[cold]
    #[inline(never)]
    fn ended<E>(
        &mut self,
        at: impl CallContext,
        last: &E,
        judge: impl FnOnce(&E) -> Failure<'_>,
    ) -> Option<Ended> {
        let inside = self.take_inside();
        let failure = judge(last);
        if Self::IS_ASYNC {
            timeout::look_for_deadline_from_outside(at);
        }
        let after = Failing::after(self.failing_mut(), at.site(), at.terms(), &failure, &inside);
        match after {
            Err(ended) => Some(ended),
            Ok(next) => {
                self.start().failing = Some(next);
                None
            }
        }
    }

    /// Continues after the pause. Returns how the call ended, or `None` if another attempt follows.
    /// Without a kept outcome there is nothing to return, so another attempt always follows.
    #[doc(hidden)]
    fn resumed<E>(&mut self, at: impl CallContext, kept: Option<E>) -> Option<(Ended, E)> {
        let failing = self.failing_mut()?;
        let Some(kept) = kept else {
            failing.made();
            return None;
        };
        let ended = failing.resumed(at.site(), at.terms()).err()?;
        Some((ended, kept))
    }

    #[doc(hidden)]
    fn progress(&self) -> Progress {
        Progress::of(self.failing())
    }
}

impl<C: Call> Outer for C {
    fn inside(&mut self) -> &mut Inside {
        &mut self.start().inside
    }
}
