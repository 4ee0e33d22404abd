//! How large the budget of a function is, and what a call takes from it.

use crate::decide::backoff::{self, Factor};
use crate::decide::budget::{Cause, Tokens};
use crate::decide::budget_source::{BudgetReport, BudgetSource};
use crate::decide::jitter::Jitter;
use crate::policy::Policy;

impl Policy {
    /// The capacity of a function's own budget for calls of this policy; `None` where the function
    /// has none, because one call can retry more than a hundred times.
    ///
    /// A call is ended by its own limits and not by its budget, as long as it is the only one that
    /// fails: a full budget pays for all the retries that one call can make.
    pub(crate) fn own_capacity(&self) -> Option<u32> {
        const MOST_RETRIES: u32 = 100;
        if self.own_tokens.is_some() {
            return self.own_tokens;
        }
        let by_max = self.max_retries().unwrap_or(u32::MAX);
        if Tokens::own_capacity(by_max) == Tokens::own_capacity(0) {
            return Some(Tokens::own_capacity(0));
        }
        let (likely, most) = match self.deadline {
            Some(deadline) => self.retries_within(deadline, by_max, MOST_RETRIES),
            None => (by_max, by_max),
        };
        (likely <= MOST_RETRIES).then(|| Tokens::own_capacity(most))
    }

    /// How many retries fit into the deadline where each pause is as long as its delay, and how many
    /// where jitter makes the pauses short. Counts to one more than `enough` and no further.
    fn retries_within(&self, deadline: u64, by_max: u32, enough: u32) -> (u32, u32) {
        // Full jitter halves the pauses on average: three times as many are out of its reach.
        const SHORTENED: u32 = 3;
        // What the function of the user says is not asked for in advance.
        if self.backoff.is_custom() {
            return (by_max, by_max);
        }
        let (mut likely, mut elapsed) = (0, 0_u64);
        while likely < by_max && likely <= enough {
            elapsed = elapsed.saturating_add(self.usual_pause(likely + 1));
            if elapsed >= deadline {
                break;
            }
            likely += 1;
        }
        let most = match self.jitter {
            Jitter::None => likely,
            Jitter::Full | Jitter::Equal | Jitter::Decorrelated => (likely + 1) * SHORTENED,
        };
        (likely, most.min(by_max))
    }

    /// The delay before retry 1, 2, …; where jitter decides how it grows, as it usually does.
    fn usual_pause(&self, retry: u32) -> u64 {
        match self.jitter {
            Jitter::Decorrelated => {
                // Each pause is anything up to three times the one before: e^(ln 3 - 1) on average.
                const GROWTH: Factor = match Factor::new(1.1) {
                    Some(factor) => factor,
                    None => unreachable!(),
                };
                backoff::exponential(self.delay, GROWTH, self.max_delay, retry)
            }
            Jitter::Full | Jitter::Equal | Jitter::None => self.delay_before(retry),
        }
    }
}

impl BudgetSource<'_> {
    /// Where a call of this policy takes its retries from.
    ///
    /// The budget of the site has a capacity that depends on the policy; where one call could retry
    /// more often than that is worth, there is none.
    pub(crate) fn of_policy(self, policy: &Policy) -> Self {
        match self {
            Self::Own if policy.own_capacity().is_none() => Self::Unlimited,
            source => source,
        }
    }

    /// Asks for one retry: what it took, `None` where there is not enough. `own` is the budget of
    /// the site; `now` is in nanoseconds and is asked for where it matters.
    pub(crate) fn take(
        &self,
        own: &Tokens,
        policy: &Policy,
        cause: Cause,
        now: impl FnOnce() -> u64,
    ) -> Option<u32> {
        match self {
            Self::Own => match policy.own_capacity() {
                Some(capacity) => own.take(capacity, cause, now),
                None => Some(0),
            },
            Self::Shared(budget) => budget.bucket().take(cause, now),
            Self::Unlimited => Some(0),
        }
    }

    /// What is left of it.
    pub(crate) fn report(
        &self,
        own: &Tokens,
        policy: &Policy,
        now: impl FnOnce() -> u64,
    ) -> BudgetReport {
        match self {
            Self::Own => match policy.own_capacity() {
                Some(capacity) => {
                    BudgetReport::Own { available: own.available(capacity, now), capacity }
                }
                None => BudgetReport::None,
            },
            Self::Shared(budget) => BudgetReport::Shared { available: budget.available() },
            Self::Unlimited => BudgetReport::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::PolicyBuilder;
    use crate::decide::backoff::Backoff;
    use crate::decide::budget::Budget;

    fn capacity(builder: PolicyBuilder) -> Option<u32> {
        builder.build().own_capacity()
    }

    /// Pauses of a second.
    fn each_second(max: u32) -> PolicyBuilder {
        Policy::builder().max(max).delay(Duration::from_secs(1)).factor(1.0).jitter(Jitter::None)
    }

    #[test]
    fn a_full_budget_pays_for_a_whole_call_even_if_every_attempt_times_out() {
        for max in 1..=101 {
            let capacity = capacity(Policy::builder().max(max)).expect("at most 100 retries");
            assert!(capacity >= 500 && capacity >= 10 * (max - 1), "{capacity} for {max}");
        }
        assert_eq!(capacity(Policy::builder().max(51)), Some(500));
        assert_eq!(capacity(Policy::builder().max(52)), Some(510));
        assert_eq!(capacity(Policy::builder().max(101)), Some(1000));
    }

    #[test]
    fn a_call_that_can_retry_more_than_a_hundred_times_has_no_budget() {
        assert_eq!(capacity(Policy::builder().max(102)), None);
        assert_eq!(capacity(Policy::builder().max(u32::MAX)), None);
    }

    #[test]
    fn a_deadline_counts_the_retries_that_fit_before_it() {
        let within = |seconds| each_second(u32::MAX).deadline(Duration::from_secs(seconds));
        assert_eq!(capacity(within(30)), Some(500));
        assert_eq!(capacity(within(101)), Some(1000));
        assert_eq!(capacity(within(102)), None);
        // Whichever comes first.
        assert_eq!(capacity(each_second(71).deadline(Duration::from_secs(3600))), Some(700));
        let growing = Policy::builder().max(u32::MAX).deadline(Duration::from_secs(300));
        assert_eq!(capacity(growing.jitter(Jitter::None)), Some(500));
    }

    #[test]
    fn retries_without_pauses_are_without_limit_whatever_the_deadline() {
        let busy = Policy::builder().max(u32::MAX).delay(Duration::ZERO);
        assert_eq!(capacity(busy.deadline(Duration::from_secs(1))), None);
    }

    #[test]
    fn jitter_makes_room_for_more_retries_and_max_still_limits_them() {
        let within = |max, jitter| {
            capacity(each_second(max).jitter(jitter).deadline(Duration::from_secs(40)))
        };
        assert_eq!(within(u32::MAX, Jitter::None), Some(500));
        for jitter in [Jitter::Full, Jitter::Equal] {
            assert_eq!(within(u32::MAX, jitter), Some(10 * 3 * 40));
            assert_eq!(within(61, jitter), Some(600));
        }
        // Decorrelated jitter grows by a tenth, so that 16 pauses fill 40 seconds.
        assert_eq!(within(u32::MAX, Jitter::Decorrelated), Some(10 * 3 * 17));
    }

    /// Ten thousand lone calls whose pauses are as short as chance makes them.
    #[test]
    fn a_lone_call_is_never_ended_by_the_budget_of_its_function() {
        let mut random = fastrand::Rng::with_seed(7);
        for call in 0..10_000_u32 {
            let jitter = [Jitter::Full, Jitter::Equal, Jitter::Decorrelated][call as usize % 3];
            let deadline = Duration::from_secs(u64::from(2 + call % 100));
            let builder = each_second(u32::MAX).jitter(jitter);
            let policy = match call % 2 {
                0 => builder.deadline(deadline).build(),
                _ => {
                    builder.delay(Duration::from_millis(10)).factor(2.0).deadline(deadline).build()
                }
            };
            let Some(capacity) = policy.own_capacity() else { continue };
            let (mut retries, mut previous, mut elapsed) = (0, 0, 0);
            loop {
                let spread = policy.spread(Cause::Error, retries + 1, previous);
                previous = policy.jitter.apply(spread, random.u64(..));
                elapsed += previous;
                if Duration::from_nanos(elapsed) >= deadline {
                    break;
                }
                retries += 1;
            }
            assert!(10 * retries <= capacity, "{retries} retries of {capacity}: {policy}");
        }
    }

    #[test]
    fn a_function_that_says_the_delays_is_not_asked_in_advance() {
        let asked = Backoff::custom(&|_| panic!("asked"));
        let builder = Policy::builder().backoff(asked).deadline(Duration::from_secs(1));
        assert_eq!(capacity(builder.clone().max(101)), Some(1000));
        assert_eq!(capacity(builder.max(102)), None);
    }

    #[test]
    fn the_plan_of_a_policy_says_that_there_is_no_budget() {
        const SAYS_SO: &str = "; more than 100 retries: no budget of its own";
        static SHARED: Budget = Budget::new();
        let plan = |builder: PolicyBuilder| builder.build().to_string();
        assert!(plan(each_second(102)).ends_with(SAYS_SO));
        assert!(!plan(each_second(101)).contains("budget"));
        assert!(!plan(each_second(102).budget(&SHARED)).contains("budget"));
        assert!(!plan(each_second(102).without_budget()).contains("budget"));
    }
}
