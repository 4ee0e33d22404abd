//! The state machine that decides: is there another attempt, and after which pause?
//!
//! It never waits, reads a clock, draws a random number or logs, so it can be run through every
//! case in a test; async and plain functions are two thin loops that obey it (`call`).

use core::time::Duration;

use crate::policy::Policy;

/// How far one call has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempts {
    /// The attempt that is running, from 1.
    number: u32,
    /// The pause before it, in nanoseconds.
    previous: u64,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Pause this long, then make the next attempt.
    Wait(Duration),
    /// Return the error.
    Done(Reason),
}

/// Why a call ends with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No selector matched the error, or `unless` did.
    NotRetryable,
    /// As many attempts as the policy allows have failed.
    MaxAttempts,
}

impl Attempts {
    /// The first attempt.
    pub(crate) const FIRST: Self = Self { number: 1, previous: 0 };

    /// The attempt that is running, from 1.
    pub(crate) const fn number(self) -> u32 {
        self.number
    }

    /// The running attempt failed with an error that a selector matched, or that none did.
    ///
    /// After [`Step::Wait`] the next attempt counts as running.
    pub(crate) const fn failed(&mut self, policy: &Policy, selected: bool, random: u64) -> Step {
        if !selected {
            return Step::Done(Reason::NotRetryable);
        }
        if self.number >= policy.max() {
            return Step::Done(Reason::MaxAttempts);
        }
        let pause = policy.pause(self.number, self.previous, random);
        self.number += 1;
        self.previous = pause;
        Step::Wait(Duration::from_nanos(pause))
    }
}

impl Reason {
    /// The value of the field `reason` in logs.
    #[cfg(feature = "tracing")]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::MaxAttempts => "max_attempts",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Jitter;

    const EXACT: Policy = match Policy::builder().jitter(Jitter::None).build() {
        Ok(policy) => policy,
        Err(_) => unreachable!(),
    };

    fn ms(millis: u64) -> Step {
        Step::Wait(Duration::from_millis(millis))
    }

    #[test]
    fn max_counts_attempts_and_nothing_waits_after_the_last() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&EXACT, true, 0), ms(100));
        assert_eq!(attempts.failed(&EXACT, true, 0), ms(200));
        assert_eq!(attempts.failed(&EXACT, true, 0), Step::Done(Reason::MaxAttempts));
        assert_eq!(attempts.number(), 3);
    }

    #[test]
    fn not_retryable_comes_before_max() {
        let once = Policy::builder().max(1).build().expect("valid");
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&once, false, 0), Step::Done(Reason::NotRetryable));
        assert_eq!(attempts.failed(&once, true, 0), Step::Done(Reason::MaxAttempts));
    }

    #[test]
    fn a_retry_can_fail_with_another_error() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&EXACT, true, 0), ms(100));
        assert_eq!(attempts.failed(&EXACT, false, 0), Step::Done(Reason::NotRetryable));
    }

    #[test]
    fn the_cap_comes_before_jitter() {
        let policy = Policy::builder()
            .max(100)
            .max_delay(Duration::from_millis(150))
            .build()
            .expect("valid");
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&policy, true, u64::MAX), ms(100));
        assert_eq!(attempts.failed(&policy, true, u64::MAX), ms(150));
        assert_eq!(attempts.failed(&policy, true, 1 << 63), ms(75));
    }

    #[test]
    fn decorrelated_remembers_the_pause_before() {
        let policy = Policy::builder().max(9).jitter(Jitter::Decorrelated).build().expect("valid");
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&policy, true, u64::MAX), ms(300));
        assert_eq!(attempts.failed(&policy, true, u64::MAX), ms(900));
        assert_eq!(attempts.failed(&policy, true, 0), ms(100));
        assert_eq!(attempts.failed(&policy, true, u64::MAX), ms(300));
    }

    #[test]
    fn runs_to_the_last_number() {
        let endless = Policy::builder().max(u32::MAX).build().expect("valid");
        let mut attempts = Attempts { number: u32::MAX - 1, previous: u64::MAX };
        assert_eq!(attempts.failed(&endless, true, u64::MAX), ms(20_000));
        assert_eq!(attempts.failed(&endless, true, 0), Step::Done(Reason::MaxAttempts));
    }
}
