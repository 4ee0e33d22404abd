//! The call of a plain function. Its pauses block the thread.

use crate::call::failing::Ended;
use crate::call::stop;
use crate::call::terms::CallContext;
use crate::call::{Call, State};
use crate::clock;
use crate::error::failure::Failure;
use crate::observe;

/// The state of one call of a plain function.
#[derive(Debug, Default)]
pub struct PlainCall(Option<State>);

impl Call for PlainCall {
    const IS_ASYNC: bool = false;

    #[inline]
    fn state(&self) -> Option<&State> {
        self.0.as_ref()
    }

    fn state_mut(&mut self) -> Option<&mut State> {
        self.0.as_mut()
    }

    fn start(&mut self) -> &mut State {
        self.0.get_or_insert_default()
    }
}

impl PlainCall {
    /// Returns the state of a call without a failed attempt.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Handles a failed attempt, including the pause. Returns how the call ended and its last outcome, or
    /// `None` if another attempt follows.
    #[cold]
    #[inline(never)]
    pub fn failed<E>(
        &mut self,
        at: impl CallContext,
        last: E,
        judge: impl FnOnce(&E) -> Failure<'_>,
    ) -> Option<(Ended, E)> {
        match self.ended(at, &last, judge) {
            Some(ended) => Some((ended, last)),
            None => self.pause(at, last),
        }
    }

    /// Blocks the thread until the next attempt. Returns how the call ended and its last outcome if a stop
    /// or the deadline prevents that attempt.
    #[cold]
    #[inline(never)]
    pub fn pause<E>(&mut self, at: impl CallContext, last: E) -> Option<(Ended, E)> {
        let failing = self.failing()?;
        // Dropped before the pause if it cannot be needed after it.
        let kept = failing.can_end().then_some(last);
        if observe::IS_LOGGED
            && !at.site().was_warned()
            && clock::is_polling_a_task()
            && at.site().warns_now()
        {
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
