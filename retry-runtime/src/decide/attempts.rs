//! The state machine that decides whether another attempt follows, and after which pause.
//!
//! It never waits, reads a clock, draws a random number or logs. Times and random numbers are
//! arguments, so tests can run every case. Async and plain functions are two thin loops over it (`call`).

use core::time::Duration;

use crate::decide::budget::Cause;
use crate::hint::Hint;
use crate::policy::{Policy, nanoseconds};
use crate::reason::EndReason;

/// The progress of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempts {
    /// The number of the running attempt, from 1.
    number: u32,
    /// The pause before it without a hint, in nanoseconds.
    previous: u64,
    /// What the running retry took from the budget.
    taken: u32,
}

/// A failed attempt, as the state machine sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// `None` if no selector matched, or if `unless` excluded the error.
    pub(crate) retryable: Option<Cause>,
    /// The attempt was still running at the deadline.
    pub(crate) is_cut_at_deadline: bool,
    /// A retried call inside the attempt has given up with this error, and the policy does not retry it
    /// after that.
    pub(crate) is_given_up_inside: bool,
    /// A stop was requested.
    pub(crate) is_stopped: bool,
    /// How long the server asked to wait.
    pub(crate) hint: Option<Hint>,
    /// The time since the first attempt started, in nanoseconds; may be 0 if there is no deadline.
    pub(crate) elapsed: u64,
    /// A random number, uniform over all `u64`.
    pub(crate) random: u64,
}

/// The answer: what to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Wait this long, then make the next attempt.
    Wait(Duration),
    /// Return the error.
    Done(EndReason),
}

impl Attempts {
    /// The first attempt.
    pub(crate) const FIRST: Self = Self { number: 1, previous: 0, taken: 0 };

    /// The number of the running attempt, from 1.
    pub(crate) const fn number(self) -> u32 {
        self.number
    }

    /// What the running retry took from the budget.
    pub(crate) const fn taken(self) -> u32 {
        self.taken
    }

    /// Decides what follows after the running attempt has failed. `pay` asks the budget for one retry and
    /// returns what it took, or `None` if the budget is exhausted.
    ///
    /// The limits are tested in the order of the lines. After [`Step::Wait`] the next attempt counts as
    /// running.
    pub(crate) fn failed(
        &mut self,
        policy: &Policy,
        failed: Failed,
        pay: impl FnOnce(Cause) -> Option<u32>,
    ) -> Step {
        if failed.is_cut_at_deadline {
            return Step::Done(EndReason::Deadline);
        }
        let Some(cause) = failed.retryable else {
            return Step::Done(EndReason::NotRetryable);
        };
        if failed.is_given_up_inside {
            return Step::Done(EndReason::Nested);
        }
        if !policy.is_enabled {
            return Step::Done(EndReason::Disabled);
        }
        if policy.max.is_some_and(|max| self.number >= max) {
            return Step::Done(EndReason::MaxAttempts);
        }
        if failed.is_stopped {
            return Step::Done(EndReason::Stopped);
        }
        // Computed once, because a custom backoff may return another delay the next time.
        let spread = policy.spread(cause, self.number, self.previous);
        let own = policy.jitter.apply(spread, failed.random);
        let pause = match failed.hint {
            None => own,
            Some(hint) => {
                if hint.longest_extension().is_none() && nanoseconds(hint.wait()) > policy.max_hint
                {
                    return Step::Done(EndReason::Hint);
                }
                hinted(hint, own, policy.jitter.apply(spread, u64::MAX))
            }
        };
        // At the deadline itself no time is left for an attempt.
        if policy.deadline.is_some_and(|deadline| failed.elapsed.saturating_add(pause) >= deadline)
        {
            return Step::Done(EndReason::Deadline);
        }
        let Some(taken) = pay(cause) else {
            return Step::Done(EndReason::Budget);
        };
        *self = Self { number: self.number.saturating_add(1), previous: own, taken };
        Step::Wait(Duration::from_nanos(pause))
    }

    /// Decides, after the pause or after a stop that interrupted it, whether the next attempt may start.
    ///
    /// # Errors
    ///
    /// The reason why it may not.
    pub(crate) const fn may_start(
        policy: &Policy,
        elapsed: u64,
        is_stopped: bool,
    ) -> Result<(), EndReason> {
        if is_stopped {
            return Err(EndReason::Stopped);
        }
        match policy.deadline {
            Some(deadline) if elapsed >= deadline => Err(EndReason::Deadline),
            _ => Ok(()),
        }
    }
}

/// The pause for a server's hint: at least the `pause` without a hint, and at most as much longer as the
/// hint allows.
///
/// Many clients may have received the same hint. So that they do not all return at the same instant, the
/// time by which jitter shortened the `longest` pause is added to the hint.
fn hinted(hint: Hint, pause: u64, longest: u64) -> u64 {
    let jittered = nanoseconds(hint.wait()).saturating_add(longest - pause);
    let limit = hint
        .longest_extension()
        .map_or(u64::MAX, |extension| pause.saturating_add(nanoseconds(extension)));
    jittered.clamp(pause, limit)
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
