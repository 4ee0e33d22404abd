//! One call of a retried function, from its first failure to its end.
//!
//! The loop itself stands in the expansion, for only there can the function's body be borrowed and
//! run again. What happens to a call that has failed is here: decided by [`Attempts`], reported,
//! and remembered. An async call that has not failed is one null pointer wide. State appears with
//! the first failure and is gone with the call.
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
use crate::call::terms::CallContext;
use crate::error::failure::Failure;

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
    fn succeeded(&self, at: impl CallContext) {
        if self.has_failed() || at.listens() {
            succeeded(self.failing(), at.site(), at.terms());
        }
    }

    /// An attempt failed: how the call ended, if no other one follows.
    #[cold]
    #[inline(never)]
    fn ended<E>(
        &mut self,
        at: impl CallContext,
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
    fn resumed<E>(&mut self, at: impl CallContext, kept: Option<E>) -> Option<(Ended, E)> {
        let kept = kept?;
        let ended = self.failing_mut()?.resumed(at.site(), at.terms()).err()?;
        Some((ended, kept))
    }

    #[doc(hidden)]
    fn progress(&self) -> Progress {
        Progress::of(self.failing())
    }
}
