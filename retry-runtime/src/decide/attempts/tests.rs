//! The order of the limits, rule by rule, and bugs that other libraries have had.

use std::collections::HashSet;

use super::*;
use crate::{Backoff, Jitter, PolicyBuilder};

const SECOND: u64 = 1_000_000_000;

/// At most three attempts, with pauses of exactly 100 ms and 200 ms.
const EXACT: Policy = Policy::builder().jitter(Jitter::None).build();

/// An attempt that failed with a selected error, without a hint or a stop.
const SELECTED: Failed = Failed {
    retryable: Some(Cause::Error),
    is_cut_at_deadline: false,
    is_given_up_inside: false,
    is_stopped: false,
    hint: None,
    elapsed: 0,
    random: 0,
};

/// An attempt that failed with an error that no selector matched.
const OTHER: Failed = Failed { retryable: None, ..SELECTED };

fn built(builder: PolicyBuilder) -> Policy {
    builder.build()
}

/// A budget without a limit.
#[expect(clippy::unnecessary_wraps, reason = "a budget can refuse")]
fn free(_: Cause) -> Option<u32> {
    Some(0)
}

/// A budget that must not be used.
fn unasked(cause: Cause) -> Option<u32> {
    panic!("the budget was used for a retry after {cause:?}")
}

#[expect(clippy::unnecessary_wraps, reason = "as a failed attempt has it")]
fn asked(wait: Duration) -> Option<Hint> {
    Some(Hint::from(wait))
}

fn wait(millis: u64) -> Step {
    Step::Wait(Duration::from_millis(millis))
}

/// The step after the first attempt.
fn first_step(policy: &Policy, failed: Failed, pay: impl FnOnce(Cause) -> Option<u32>) -> Step {
    let mut attempts = Attempts::FIRST;
    attempts.failed(policy, failed, pay)
}

/// The pause after the first attempt.
fn first_pause(policy: &Policy, failed: Failed) -> Duration {
    match first_step(policy, failed, free) {
        Step::Wait(pause) => pause,
        Step::Done(reason) => panic!("gave up: {reason}"),
    }
}

mod what_ends_a_call {
    use super::*;

    #[test]
    fn not_retryable_comes_before_max() {
        let once = built(Policy::builder().max(1));
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&once, OTHER, unasked), Step::Done(EndReason::NotRetryable));
        assert_eq!(attempts.failed(&once, SELECTED, unasked), Step::Done(EndReason::MaxAttempts));
    }

    #[test]
    fn not_retryable_comes_before_all_else() {
        let once = built(Policy::builder().max(1).deadline(Duration::from_secs(1)));
        let late =
            Failed { is_given_up_inside: true, is_stopped: true, elapsed: u64::MAX, ..OTHER };
        let step = first_step(&once, late, unasked);
        assert_eq!(step, Step::Done(EndReason::NotRetryable));
    }

    #[test]
    fn a_call_that_gave_up_inside_comes_before_max() {
        let inside = Failed { is_given_up_inside: true, ..SELECTED };
        for max in [1, 3] {
            let policy = built(Policy::builder().max(max));
            let step = first_step(&policy, inside, unasked);
            assert_eq!(step, Step::Done(EndReason::Nested));
        }
    }

    #[test]
    fn max_comes_before_a_stop() {
        let once = built(Policy::builder().max(1));
        let stopped = Failed { is_stopped: true, ..SELECTED };
        let step = first_step(&once, stopped, unasked);
        assert_eq!(step, Step::Done(EndReason::MaxAttempts));
    }

    #[test]
    fn a_stop_comes_before_the_deadline() {
        let policy = built(Policy::builder().deadline(Duration::from_secs(1)));
        let stopped = Failed { is_stopped: true, elapsed: u64::MAX, ..SELECTED };
        let step = first_step(&policy, stopped, unasked);
        assert_eq!(step, Step::Done(EndReason::Stopped));
    }

    #[test]
    fn max_comes_before_the_deadline() {
        let once = built(Policy::builder().max(1).deadline(Duration::from_secs(1)));
        let late = Failed { elapsed: u64::MAX, ..SELECTED };
        let step = first_step(&once, late, unasked);
        assert_eq!(step, Step::Done(EndReason::MaxAttempts));
    }

    /// It has ended the attempt, so nothing else is the reason for the end of the call.
    #[test]
    fn a_cut_at_the_deadline_comes_before_all_others() {
        let once = built(Policy::builder().max(1));
        let cut = Failed { is_cut_at_deadline: true, ..SELECTED };
        for failed in [
            cut,
            Failed { retryable: None, ..cut },
            Failed { is_given_up_inside: true, ..cut },
            Failed { is_stopped: true, ..cut },
        ] {
            assert_eq!(first_step(&once, failed, unasked), Step::Done(EndReason::Deadline));
        }
    }

    #[test]
    fn the_deadline_comes_before_the_budget() {
        let policy = built(Policy::builder().deadline(Duration::from_secs(1)));
        let late = Failed { elapsed: 2 * SECOND, ..SELECTED };
        let step = first_step(&policy, late, |_| None);
        assert_eq!(step, Step::Done(EndReason::Deadline));
    }

    #[test]
    fn a_retry_can_fail_with_an_error_that_is_not_retryable() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&EXACT, SELECTED, free), wait(100));
        assert_eq!(attempts.failed(&EXACT, OTHER, unasked), Step::Done(EndReason::NotRetryable));
    }

    #[test]
    fn a_call_that_ended_has_made_no_step() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&EXACT, SELECTED, |_| Some(5)), wait(100));
        for _ in 0..3 {
            assert_eq!(
                attempts.failed(&EXACT, OTHER, unasked),
                Step::Done(EndReason::NotRetryable)
            );
            assert_eq!(attempts.failed(&EXACT, SELECTED, |_| None), Step::Done(EndReason::Budget));
            assert_eq!((attempts.number(), attempts.taken()), (2, 5));
        }
        assert_eq!(attempts.failed(&EXACT, SELECTED, free), wait(200));
    }

    #[test]
    fn a_reason_has_the_same_name_everywhere() {
        let words = [
            (EndReason::NotRetryable, "not_retryable", false),
            (EndReason::Nested, "nested", false),
            (EndReason::MaxAttempts, "max_attempts", true),
            (EndReason::Stopped, "stopped", true),
            (EndReason::Deadline, "deadline", true),
            (EndReason::Budget, "budget", true),
        ];
        for (reason, word, is_limit) in words {
            assert_eq!((reason.as_str(), reason.is_limit()), (word, is_limit));
            assert_eq!(reason.to_string(), word);
        }
    }
}

mod max {
    use super::*;

    #[test]
    fn max_counts_attempts_and_not_retries() {
        for max in 1..=10 {
            let policy = built(Policy::builder().max(max));
            let mut attempts = Attempts::FIRST;
            let mut calls = 1;
            while let Step::Wait(_) = attempts.failed(&policy, SELECTED, free) {
                calls += 1;
                assert_eq!(attempts.number(), calls);
            }
            assert_eq!((calls, attempts.number()), (max, max));
        }
    }

    #[test]
    fn there_is_no_pause_after_the_last_attempt() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&EXACT, SELECTED, free), wait(100));
        assert_eq!(attempts.failed(&EXACT, SELECTED, free), wait(200));
        assert_eq!(attempts.failed(&EXACT, SELECTED, unasked), Step::Done(EndReason::MaxAttempts));
        assert_eq!(attempts.number(), 3);
    }

    #[test]
    fn a_hint_does_not_lead_past_the_last_attempt() {
        let once = built(Policy::builder().max(1));
        let hinted = Failed { hint: asked(Duration::ZERO), ..SELECTED };
        let step = first_step(&once, hinted, unasked);
        assert_eq!(step, Step::Done(EndReason::MaxAttempts));
    }

    #[test]
    fn the_last_number_of_all_can_be_reached() {
        let endless = built(Policy::builder().max(u32::MAX));
        let mut attempts = Attempts { number: u32::MAX - 1, previous: u64::MAX, taken: 0 };
        let longest = Failed { random: u64::MAX, ..SELECTED };
        assert_eq!(attempts.failed(&endless, longest, free), wait(20_000));
        assert_eq!(attempts.number(), u32::MAX);
        assert_eq!(
            attempts.failed(&endless, SELECTED, unasked),
            Step::Done(EndReason::MaxAttempts)
        );
    }
}

mod pauses {
    use super::*;

    #[test]
    fn the_first_delay_is_not_doubled() {
        assert_eq!(first_pause(&EXACT, SELECTED), Duration::from_millis(100));
    }

    #[test]
    fn a_delay_doubles_to_the_nanosecond() {
        let policy = built(Policy::builder().max(8).jitter(Jitter::None));
        let mut attempts = Attempts::FIRST;
        for millis in [100, 200, 400, 800, 1600, 3200, 6400] {
            assert_eq!(attempts.failed(&policy, SELECTED, free), wait(millis));
        }
    }

    #[test]
    fn throttling_has_a_first_delay_of_its_own_which_grows_like_the_other() {
        let policy = built(EXACT.to_builder().max(9));
        let throttled = Failed { retryable: Some(Cause::Throttled), ..SELECTED };
        let mut attempts = Attempts::FIRST;
        for (failed, pause) in
            [(throttled, 1000), (SELECTED, 200), (throttled, 4000), (throttled, 8000)]
        {
            assert_eq!(attempts.failed(&policy, failed, free), wait(pause));
        }
        let first = |builder| first_step(&built(builder), throttled, free);
        let exact = || EXACT.to_builder();
        assert_eq!(first(exact().throttling_delay(Duration::from_millis(250))), wait(250));
        assert_eq!(first(exact().max_delay(Duration::from_millis(700))), wait(700));
        assert_eq!(first(exact().delay(Duration::from_secs(3))), wait(3000));
        assert_eq!(first(exact().backoff(Backoff::LINEAR)), wait(1000));
        assert_eq!(first(exact().backoff(Backoff::custom(&|_| Duration::from_millis(5)))), wait(5));
    }

    #[test]
    fn decorrelated_jitter_grows_from_the_first_delay_of_throttling() {
        let policy = built(Policy::builder().jitter(Jitter::Decorrelated));
        let throttled = Failed { retryable: Some(Cause::Throttled), ..SELECTED };
        assert_eq!(first_step(&policy, throttled, free), wait(1000));
        let longest = Failed { random: u64::MAX, ..throttled };
        assert_eq!(first_step(&policy, longest, free), wait(3000));
    }

    #[test]
    fn the_cap_comes_before_jitter_and_jitter_only_shortens() {
        let policy = built(Policy::builder().max(100).max_delay(Duration::from_millis(150)));
        let drawn = |random| Failed { random, ..SELECTED };
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&policy, drawn(u64::MAX), free), wait(100));
        assert_eq!(attempts.failed(&policy, drawn(u64::MAX), free), wait(150));
        assert_eq!(attempts.failed(&policy, drawn(1 << 63), free), wait(75));
        assert_eq!(attempts.failed(&policy, drawn(0), free), wait(0));
        assert_eq!(attempts.failed(&policy, drawn(u64::MAX), free), wait(150));
    }

    #[test]
    fn jitter_is_not_lost_at_the_cap() {
        let mut random = fastrand::Rng::with_seed(7);
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
            let builder = Policy::builder().max(u32::MAX).jitter(jitter);
            let policy = built(builder.max_delay(Duration::from_secs(1)));
            let mut attempts = Attempts { number: 1000, previous: SECOND, taken: 0 };
            let mut pauses = HashSet::new();
            for _ in 0..100 {
                let drawn = Failed { random: random.u64(..), ..SELECTED };
                if let Step::Wait(pause) = attempts.failed(&policy, drawn, free) {
                    pauses.insert(pause);
                }
            }
            assert!(pauses.len() > 90, "{jitter:?}: {} different pauses of 100", pauses.len());
        }
    }

    #[test]
    fn growth_beyond_all_numbers_stays_at_the_cap() {
        for backoff in [Backoff::EXPONENTIAL, Backoff::LINEAR, Backoff::FIBONACCI] {
            for cap in [Duration::from_secs(20), Duration::MAX] {
                let builder = Policy::builder().max(u32::MAX).jitter(Jitter::None);
                let policy = built(builder.delay(cap).max_delay(cap).backoff(backoff.clone()));
                for number in [1, 2, 64, 65, 1000, u32::MAX - 1] {
                    let step =
                        Attempts { number, previous: 0, taken: 0 }.failed(&policy, SELECTED, free);
                    assert_eq!(step, Step::Wait(Duration::from_nanos(nanoseconds(cap))));
                }
            }
        }
    }

    #[test]
    fn decorrelated_jitter_remembers_the_pause_before() {
        let policy = built(Policy::builder().max(9).jitter(Jitter::Decorrelated));
        let drawn = |random| Failed { random, ..SELECTED };
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&policy, drawn(u64::MAX), free), wait(300));
        assert_eq!(attempts.failed(&policy, drawn(u64::MAX), free), wait(900));
        assert_eq!(attempts.failed(&policy, drawn(0), free), wait(100));
        assert_eq!(attempts.failed(&policy, drawn(u64::MAX), free), wait(300));
    }

    #[test]
    fn decorrelated_jitter_grows_from_the_own_pause_and_not_from_a_hint() {
        let policy = built(Policy::builder().max(9).jitter(Jitter::Decorrelated));
        let drawn = |hint| Failed { random: u64::MAX, hint, ..SELECTED };
        let mut attempts = Attempts::FIRST;
        let hint = asked(Duration::from_secs(3));
        assert_eq!(attempts.failed(&policy, drawn(hint), free), wait(3000));
        assert_eq!(attempts.failed(&policy, drawn(None), free), wait(900));
    }

    #[test]
    fn no_delay_is_no_delay_with_any_jitter() {
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None] {
            let policy = built(Policy::builder().delay(Duration::ZERO).max(9).jitter(jitter));
            let mut attempts = Attempts::FIRST;
            let longest = Failed { random: u64::MAX, ..SELECTED };
            for _ in 1..9 {
                assert_eq!(attempts.failed(&policy, longest, free), wait(0));
            }
        }
    }

    #[test]
    fn a_function_of_the_user_is_asked_for_retry_1_first_and_capped() {
        let own = Backoff::custom(&|retry| Duration::from_secs(10) * retry);
        let policy = built(Policy::builder().max(4).jitter(Jitter::None).backoff(own));
        let mut attempts = Attempts::FIRST;
        for millis in [10_000, 20_000, 20_000] {
            assert_eq!(attempts.failed(&policy, SELECTED, free), wait(millis));
        }
    }
}

mod hints {
    use super::*;

    #[test]
    fn a_hint_is_followed_in_full_up_to_the_longest_and_a_longer_one_ends_the_call() {
        let policy = built(EXACT.to_builder().max_hint(Duration::from_secs(90)));
        let hinted = |hint| first_step(&policy, Failed { hint: asked(hint), ..SELECTED }, free);
        assert_eq!(hinted(Duration::ZERO), wait(100));
        assert_eq!(hinted(Duration::from_millis(99)), wait(100));
        assert_eq!(hinted(Duration::from_millis(101)), wait(101));
        assert_eq!(hinted(Duration::from_secs(90)), wait(90_000));
        for long in [Duration::new(90, 1), Duration::from_nanos(u64::MAX), Duration::MAX] {
            let failed = Failed { hint: asked(long), ..SELECTED };
            assert_eq!(first_step(&policy, failed, unasked), Step::Done(EndReason::Hint));
        }
    }

    #[test]
    fn what_jitter_adds_does_not_make_a_hint_too_long() {
        let policy = built(Policy::builder().max_hint(Duration::from_secs(60)));
        let failed = Failed { hint: asked(Duration::from_secs(60)), random: 0, ..SELECTED };
        assert_eq!(first_pause(&policy, failed), Duration::from_millis(60_100));
    }

    #[test]
    fn a_hint_that_is_too_long_is_told_before_the_deadline_and_after_a_stop() {
        let policy = built(EXACT.to_builder().max(9).deadline(Duration::from_secs(1)));
        let long = Failed { hint: asked(Duration::from_secs(61)), ..SELECTED };
        assert_eq!(first_step(&policy, long, unasked), Step::Done(EndReason::Hint));
        let stopped = Failed { is_stopped: true, ..long };
        assert_eq!(first_step(&policy, stopped, unasked), Step::Done(EndReason::Stopped));
        let once = built(Policy::builder().max(1));
        assert_eq!(first_step(&once, long, unasked), Step::Done(EndReason::MaxAttempts));
    }

    #[test]
    fn a_hint_that_extends_the_pause_is_clamped_and_never_ends_the_call() {
        let hinted = |millis| {
            let hint = asked(Duration::from_millis(millis))
                .map(|hint| hint.extends_pause_by_at_most(Duration::from_secs(5)));
            first_pause(&EXACT, Failed { hint, ..SELECTED }).as_millis()
        };
        assert_eq!(hinted(0), 100);
        assert_eq!(hinted(99), 100);
        assert_eq!(hinted(101), 101);
        assert_eq!(hinted(5_099), 5_099);
        assert_eq!(hinted(5_100), 5_100);
        assert_eq!(hinted(5_101), 5_100);
        assert_eq!(hinted(3_600_000), 5_100);
    }

    #[test]
    fn clients_with_the_same_hint_do_not_come_back_at_one_instant() {
        let mut random = fastrand::Rng::with_seed(7);
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
            let policy = built(Policy::builder().jitter(jitter));
            for hint in [Duration::from_secs(1), Duration::from_secs(30), Duration::from_secs(60)] {
                let pauses: HashSet<Duration> = (0..100)
                    .map(|_| {
                        let random = random.u64(..);
                        first_pause(&policy, Failed { hint: asked(hint), random, ..SELECTED })
                    })
                    .collect();
                assert!(
                    pauses.len() > 90,
                    "{jitter:?}, hint {hint:?}: {} different pauses of 100",
                    pauses.len()
                );
            }
        }
    }

    #[test]
    fn no_pause_is_shorter_than_the_hint() {
        let hint = Duration::from_secs(1);
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None] {
            let policy = built(Policy::builder().jitter(jitter));
            for random in [0, 1, u64::MAX / 2, u64::MAX] {
                let failed = Failed { hint: asked(hint), random, ..SELECTED };
                let pause = first_pause(&policy, failed);
                let longest = hint + Duration::from_millis(200);
                assert!(hint <= pause && pause <= longest, "{jitter:?}: {pause:?}");
            }
        }
    }

    #[test]
    fn without_jitter_a_hint_is_followed_exactly() {
        let failed = Failed { hint: asked(Duration::from_secs(1)), random: 77, ..SELECTED };
        assert_eq!(first_pause(&EXACT, failed), Duration::from_secs(1));
    }

    #[test]
    fn absurd_hints_are_harmless() {
        let hint = asked(Duration::MAX).map(|hint| hint.extends_pause_by_at_most(Duration::MAX));
        let longest = Duration::from_nanos(u64::MAX);
        assert_eq!(first_pause(&EXACT, Failed { hint, ..SELECTED }), longest);
        for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None] {
            let builder = Policy::builder().delay(Duration::MAX).max_hint(Duration::MAX);
            let policy = built(builder.jitter(jitter));
            for hint in [Duration::MAX, Duration::from_nanos(u64::MAX), Duration::ZERO] {
                let failed = Failed { hint: asked(hint), random: u64::MAX, ..SELECTED };
                assert_eq!(first_pause(&policy, failed), longest);
            }
        }
    }

    #[test]
    fn a_hint_can_lead_past_the_cap_of_the_own_delay() {
        let policy =
            built(Policy::builder().max_delay(Duration::from_millis(100)).jitter(Jitter::None));
        let failed = Failed { hint: asked(Duration::from_secs(2)), ..SELECTED };
        assert_eq!(first_pause(&policy, failed), Duration::from_secs(2));
    }
}

mod deadline {
    use super::*;

    fn within(millis: u64) -> Policy {
        let builder = Policy::builder().max(9).jitter(Jitter::None);
        built(builder.deadline(Duration::from_millis(millis)))
    }

    fn after(millis: u64) -> Failed {
        Failed { elapsed: millis * 1_000_000, ..SELECTED }
    }

    #[test]
    fn a_pause_that_would_end_past_the_deadline_is_not_slept() {
        let mut attempts = Attempts::FIRST;
        let just_late = Failed { elapsed: 900_000_001, ..SELECTED };
        assert_eq!(
            attempts.failed(&within(1000), just_late, unasked),
            Step::Done(EndReason::Deadline)
        );
        assert_eq!(attempts.number(), 1);
    }

    #[test]
    fn a_pause_that_would_end_at_the_deadline_itself_is_not_slept() {
        let step = first_step(&within(1000), after(900), unasked);
        assert_eq!(step, Step::Done(EndReason::Deadline));
        let just_in_time = Failed { elapsed: 899_999_999, ..SELECTED };
        assert_eq!(first_step(&within(1000), just_in_time, free), wait(100));
    }

    #[test]
    fn the_deadline_counts_attempts_and_pauses() {
        // Attempts of 150 ms: failures at 150, then 150 + 100 + 150, then 400 + 200 + 150.
        let policy = within(1000);
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&policy, after(150), free), wait(100));
        assert_eq!(attempts.failed(&policy, after(400), free), wait(200));
        assert_eq!(
            attempts.failed(&policy, after(750), unasked),
            Step::Done(EndReason::Deadline),
            "400 ms more are too many"
        );
    }

    #[test]
    fn a_hint_past_the_deadline_ends_the_call_at_once() {
        let hinted = Failed { hint: asked(Duration::from_secs(2)), ..SELECTED };
        let step = first_step(&within(1000), hinted, unasked);
        assert_eq!(step, Step::Done(EndReason::Deadline));
    }

    #[test]
    fn no_time_overflows() {
        let endless = built(Policy::builder().deadline(Duration::MAX).delay(Duration::MAX));
        let late = Failed { elapsed: u64::MAX, random: u64::MAX, ..SELECTED };
        let step = first_step(&endless, late, unasked);
        assert_eq!(step, Step::Done(EndReason::Deadline));
        let step = first_step(&within(1000), late, unasked);
        assert_eq!(step, Step::Done(EndReason::Deadline));
    }

    #[test]
    fn no_attempt_starts_after_a_pause_that_lasted_until_the_deadline() {
        let policy = within(1000);
        assert_eq!(Attempts::may_start(&policy, SECOND - 1, false), Ok(()));
        assert_eq!(Attempts::may_start(&policy, SECOND, false), Err(EndReason::Deadline));
        assert_eq!(Attempts::may_start(&EXACT, u64::MAX, false), Ok(()));
    }

    #[test]
    fn no_attempt_starts_after_a_stop_in_the_pause() {
        assert_eq!(Attempts::may_start(&EXACT, 0, true), Err(EndReason::Stopped));
        assert_eq!(Attempts::may_start(&within(1000), u64::MAX, true), Err(EndReason::Stopped));
    }
}

mod budget {
    use super::*;

    #[test]
    fn the_budget_is_asked_last() {
        let deadline = built(Policy::builder().deadline(Duration::from_secs(1)));
        let once = built(Policy::builder().max(1));
        let ended_by_an_earlier_rule = [
            (EndReason::NotRetryable, EXACT, OTHER),
            (EndReason::Nested, EXACT, Failed { is_given_up_inside: true, ..SELECTED }),
            (EndReason::MaxAttempts, once, SELECTED),
            (EndReason::Stopped, EXACT, Failed { is_stopped: true, ..SELECTED }),
            (EndReason::Deadline, deadline, Failed { elapsed: 2 * SECOND, ..SELECTED }),
        ];
        let mut asked = 0;
        let mut pay = |_| {
            asked += 1;
            None
        };
        for (reason, policy, failed) in ended_by_an_earlier_rule {
            let step = first_step(&policy, failed, &mut pay);
            assert_eq!(step, Step::Done(reason));
        }
        let step = first_step(&EXACT, SELECTED, &mut pay);
        assert_eq!(step, Step::Done(EndReason::Budget));
        assert_eq!(asked, 1, "only where no other rule ended the call");
    }

    #[test]
    fn the_budget_is_asked_once_for_each_retry_and_learns_the_cause() {
        let policy = built(Policy::builder().max(4));
        let mut asked = Vec::new();
        let mut attempts = Attempts::FIRST;
        for cause in [Cause::Error, Cause::Throttled, Cause::TimedOut] {
            let failed = Failed { retryable: Some(cause), ..SELECTED };
            attempts.failed(&policy, failed, |cause| {
                asked.push(cause);
                Some(0)
            });
        }
        attempts.failed(&policy, SELECTED, unasked);
        assert_eq!(asked, [Cause::Error, Cause::Throttled, Cause::TimedOut]);
    }

    #[test]
    fn an_empty_budget_ends_the_call() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.failed(&EXACT, SELECTED, free), wait(100));
        assert_eq!(attempts.failed(&EXACT, SELECTED, |_| None), Step::Done(EndReason::Budget));
    }

    #[test]
    fn what_the_last_retry_took_is_remembered() {
        let mut attempts = Attempts::FIRST;
        assert_eq!(attempts.taken(), 0);
        attempts.failed(&EXACT, SELECTED, |_| Some(10));
        assert_eq!(attempts.taken(), 10);
        attempts.failed(&EXACT, SELECTED, |_| Some(5));
        assert_eq!(attempts.taken(), 5);
    }
}
