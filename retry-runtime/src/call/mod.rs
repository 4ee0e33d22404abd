//! One call of a retried function, from its first failure to its end.
//!
//! The loop itself is in the expansion, because only there can the function's body be borrowed and run
//! again. This module handles the failures: [`Attempts`] decides, events report, and the state of the
//! call is updated. That state is created by the first failure and dropped with the call, so an async
//! call that has not failed only needs space for one pointer.
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
pub(crate) mod outcome;
pub(crate) mod timeout;

pub(crate) mod nesting;
pub(crate) mod spans;
pub(crate) mod stop;

use crate::call::failing::{Ended, Failing, Progress, succeeded};
use crate::call::terms::{CallContext, Terms};
use crate::error::failure::Failure;
use crate::sites::site::Site;

/// What async and plain calls do after an attempt.
pub trait Call {
    /// Whether an attempt can be cut.
    #[doc(hidden)]
    const IS_ASYNC: bool;

    #[doc(hidden)]
    fn failing(&self) -> Option<&Failing>;

    #[doc(hidden)]
    fn has_failed(&self) -> bool;

    #[doc(hidden)]
    fn failing_mut(&mut self) -> Option<&mut Failing>;

    #[doc(hidden)]
    fn start(&mut self, failing: Failing);

    /// Handles a successful attempt.
    #[inline]
    fn succeeded(&self, at: impl CallContext) {
        if self.has_failed() || at.listens() {
            self.tell_success(at.site(), at.terms());
        }
    }

    /// Out of line with all that it takes, so that a success that is not reported keeps no register
    /// for it.
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    fn tell_success(&self, site: &'static Site, terms: &Terms<'_>) {
        succeeded(self.failing(), site, terms);
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
        let failure = judge(last);
        if Self::IS_ASYNC {
            timeout::look_for_deadline_from_outside(at);
        }
        match Failing::after(self.failing_mut(), at.site(), at.terms(), &failure) {
            Err(ended) => return Some(ended),
            Ok(next) => match self.failing_mut() {
                Some(failing) => *failing = next,
                None => self.start(next),
            },
        }
        None
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
