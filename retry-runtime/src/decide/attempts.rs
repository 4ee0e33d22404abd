//! The state machine that decides: is there another attempt, and after which pause?
//!
//! It never waits, reads a clock, draws a random number or logs: all of that is handed in, so it
//! can be run through every case in a test. Async and plain functions are two thin loops that obey
//! it (`call`).

use core::time::Duration;

use crate::decide::budget::Cause;
use crate::policy::{Policy, nanoseconds};
use crate::reason::Reason;

/// How far one call has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempts {
    /// The attempt that is running, from 1.
    number: u32,
    /// The pause before it, in nanoseconds.
    previous: u64,
    /// What the retry that is running took from the budget.
    taken: u32,
}

/// A failed attempt, as the state machine sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// `None` where no selector matched, or `unless` did.
    pub(crate) retryable: Option<Cause>,
    /// A retried call inside the attempt has given up, and it shall not be retried again.
    pub(crate) is_given_up_inside: bool,
    /// No attempt shall start any more.
    pub(crate) is_stopped: bool,
    /// What the server asked to wait for.
    pub(crate) hint: Option<Duration>,
    /// Since the first attempt started, in nanoseconds; 0 where there is no deadline.
    pub(crate) elapsed: u64,
    /// Uniform over all `u64`.
    pub(crate) random: u64,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Pause this long, then make the next attempt.
    Wait(Duration),
    /// Return the error.
    Done(Reason),
}

/// Above its own value, a hint is followed for this long and no longer.
const LONGEST_HINT: u64 = 5_000_000_000;

impl Attempts {
    /// The first attempt.
    pub(crate) const FIRST: Self = Self { number: 1, previous: 0, taken: 0 };

    /// The attempt that is running, from 1.
    pub(crate) const fn number(self) -> u32 {
        self.number
    }

    /// What the running retry took from the budget.
    pub(crate) const fn taken(self) -> u32 {
        self.taken
    }

    /// The running attempt failed. `pay` asks the budget for one retry: what it took, `None` where
    /// there is not enough.
    ///
    /// The order of the limits is the order of the lines. After [`Step::Wait`] the next attempt
    /// counts as running.
    pub(crate) fn failed(
        &mut self,
        policy: &Policy,
        failed: Failed,
        pay: impl FnOnce(Cause) -> Option<u32>,
    ) -> Step {
        let Some(cause) = failed.retryable else {
            return Step::Done(Reason::NotRetryable);
        };
        if failed.is_given_up_inside {
            return Step::Done(Reason::Nested);
        }
        if !policy.is_enabled {
            return Step::Done(Reason::Disabled);
        }
        if self.number >= policy.max() {
            return Step::Done(Reason::MaxAttempts);
        }
        if failed.is_stopped {
            return Step::Done(Reason::Stopped);
        }
        // Asked once: a function that says the delays may say another one the next time.
        let spread = policy.spread(self.number, self.previous);
        let own = policy.jitter.apply(spread, failed.random);
        let pause = failed.hint.map_or(own, |hint| {
            hinted(nanoseconds(hint), own, policy.jitter.apply(spread, u64::MAX))
        });
        if policy.deadline.is_some_and(|deadline| failed.elapsed.saturating_add(pause) > deadline) {
            return Step::Done(Reason::Deadline);
        }
        let Some(taken) = pay(cause) else {
            return Step::Done(Reason::Budget);
        };
        *self = Self { number: self.number + 1, previous: own, taken };
        Step::Wait(Duration::from_nanos(pause))
    }

    /// The pause is over, or was cut short by a stop: why the next attempt does not start, if so.
    pub(crate) const fn may_start(
        policy: &Policy,
        elapsed: u64,
        is_stopped: bool,
    ) -> Result<(), Reason> {
        if is_stopped {
            return Err(Reason::Stopped);
        }
        match policy.deadline {
            Some(deadline) if elapsed > deadline => Err(Reason::Deadline),
            _ => Ok(()),
        }
    }
}

/// A server's hint, no shorter than the pause and no longer than 5 s more.
///
/// All clients got the same hint: what jitter took from the `longest` pause is added to it, so that
/// they do not come back at the same instant.
const fn hinted(hint: u64, pause: u64, longest: u64) -> u64 {
    let apart = hint.saturating_add(longest - pause);
    let limit = pause.saturating_add(LONGEST_HINT);
    if apart < pause {
        pause
    } else if apart > limit {
        limit
    } else {
        apart
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
