//! What budgets promise, one thread and many.

use std::thread;

use super::*;

const SECOND: u64 = 1_000_000_000;

/// A budget without a clock, for those that look at none.
fn take(budget: &Budget, cause: Cause) -> Option<u32> {
    budget.take(cause, || panic!("tokens need no clock"))
}

fn succeed(budget: &Budget, taken: Option<u32>) {
    budget.succeeded(taken, || panic!("tokens need no clock"));
}

fn share_of(budget: &Budget) -> &Share {
    match &budget.0 {
        Kind::Share(share) => share,
        Kind::Tokens(_) => panic!("a bucket of tokens"),
    }
}

/// How many retries are granted at this time, at most `limit`.
fn granted(share: &Share, now: u64, limit: usize) -> usize {
    (0..limit).take_while(|_| share.take(now)).count()
}

/// Ten slots of a second; `floor` is what a whole window needs no calls for.
fn window_of_ten_seconds(share: f64, floor: u32) -> Budget {
    Budget::share_of_calls(share, floor, Duration::from_secs(10)).expect("a valid budget")
}

mod tokens {
    use super::*;

    #[test]
    fn the_standard_figures_are_those_of_the_aws_sdks() {
        let budget = Budget::standard();
        assert_eq!(budget.available(), 500);
        assert_eq!(take(&budget, Cause::Error), Some(5));
        assert_eq!(take(&budget, Cause::Throttled), Some(5));
        assert_eq!(take(&budget, Cause::TimedOut), Some(10));
        assert_eq!(budget.available(), 480);
    }

    #[test]
    fn the_figures_of_2_1_make_throttling_the_cheaper_error() {
        let budget = Budget::standard_2_1();
        assert_eq!(budget.available(), 500);
        assert_eq!(take(&budget, Cause::Error), Some(14));
        assert_eq!(take(&budget, Cause::Throttled), Some(5));
        assert_eq!(take(&budget, Cause::TimedOut), Some(14));
        assert_eq!(budget.available(), 467);
    }

    #[test]
    fn a_site_of_its_own_has_the_standard_figures() {
        let tokens = Tokens::STANDARD;
        assert_eq!((tokens.available(), tokens.capacity), (500, 500));
        assert_eq!(tokens.take(Cause::TimedOut), Some(10));
    }

    #[test]
    fn a_first_try_success_gives_back_one_below_the_capacity_only() {
        let budget = Budget::standard();
        succeed(&budget, None);
        assert_eq!(budget.available(), 500);
        take(&budget, Cause::Error);
        for left in [496, 497, 498, 499, 500, 500] {
            succeed(&budget, None);
            assert_eq!(budget.available(), left);
        }
    }

    #[test]
    fn a_success_after_retries_gives_back_what_the_last_one_took() {
        let budget = Budget::standard();
        take(&budget, Cause::TimedOut);
        let taken = take(&budget, Cause::Error);
        succeed(&budget, taken);
        assert_eq!(budget.available(), 490);
    }

    #[test]
    fn nothing_fills_a_budget_above_its_capacity() {
        let budget = Budget::tokens(7, 5, 7).expect("a valid budget");
        take(&budget, Cause::Error);
        for _ in 0..3 {
            succeed(&budget, Some(u32::MAX));
            assert_eq!(budget.available(), 7);
        }
    }

    #[test]
    fn a_success_after_free_retries_gives_nothing_back() {
        let budget = Budget::standard();
        take(&budget, Cause::Error);
        succeed(&budget, Some(0));
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn a_refused_retry_takes_nothing_and_a_cheaper_one_may_still_be_granted() {
        let budget = Budget::tokens(12, 5, 10).expect("a valid budget");
        assert_eq!(take(&budget, Cause::Error), Some(5));
        assert_eq!(take(&budget, Cause::TimedOut), None);
        assert_eq!(budget.available(), 7);
        assert_eq!(take(&budget, Cause::Error), Some(5));
        assert_eq!(take(&budget, Cause::Error), None);
        assert_eq!(budget.available(), 2);
    }

    #[test]
    fn a_full_budget_pays_for_the_dearest_retry() {
        let budget = Budget::tokens(10, 5, 10).expect("a valid budget");
        assert_eq!(take(&budget, Cause::TimedOut), Some(10));
        assert_eq!(budget.available(), 0);
    }

    #[test]
    fn the_largest_figures_do_not_overflow() {
        let budget = Budget::tokens(u32::MAX, u32::MAX, u32::MAX).expect("a valid budget");
        assert_eq!(take(&budget, Cause::Error), Some(u32::MAX));
        assert_eq!(take(&budget, Cause::Error), None);
        assert_eq!(budget.available(), 0);
        succeed(&budget, Some(u32::MAX));
        assert_eq!(budget.available(), u32::MAX);
    }

    #[test]
    fn a_full_budget_does_not_listen_to_successes() {
        let budget = Budget::standard();
        assert!(!budget.listens());
        let taken = take(&budget, Cause::Error);
        assert!(budget.listens());
        succeed(&budget, taken);
        assert!(!budget.listens());
    }

    #[test]
    fn a_first_failure_costs_nothing() {
        let budget = Budget::standard();
        budget.first_failed(|| panic!("tokens need no clock"));
        assert_eq!(budget.available(), 500);
    }
}

mod refused {
    use super::*;

    #[test]
    fn a_capacity_that_pays_for_no_retry_is_refused() {
        let refused = Budget::tokens(4, 5, 5).expect_err("too small");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 4, cost: 5 });
        let refused = Budget::tokens(9, 5, 10).expect_err("too small after a timeout");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 9, cost: 10 });
        let refused = Budget::tokens(9, 10, 5).expect_err("too small after an error");
        assert_eq!(refused.to_string(), "a budget of 9 never pays for a retry, which takes 10");
        assert!(Budget::tokens(10, 5, 10).is_ok());
    }

    #[test]
    fn a_retry_for_nothing_is_refused() {
        for (per_retry, per_timeout) in [(0, 5), (5, 0), (0, 0)] {
            let refused = Budget::tokens(500, per_retry, per_timeout).expect_err("free");
            assert_eq!(refused, BudgetError::Free);
            assert_eq!(
                refused.to_string(),
                "a retry that takes nothing from its budget is not limited: use no budget instead"
            );
        }
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for share in [-0.1, 1000.1, f64::INFINITY, f64::NEG_INFINITY] {
            let refused = Budget::share_of_calls(share, 1, Duration::from_secs(1));
            assert_eq!(refused.expect_err("no share"), BudgetError::Share { share });
        }
        let refused = Budget::share_of_calls(f64::NAN, 1, Duration::from_secs(1));
        assert_eq!(
            refused.expect_err("no share").to_string(),
            "a share of the calls is a number from 0 to 1000, not NaN"
        );
        for share in [-0.0, 0.0, f64::MIN_POSITIVE, 1.0, 1000.0] {
            assert!(Budget::share_of_calls(share, 1, Duration::from_secs(1)).is_ok());
        }
    }

    #[test]
    fn a_window_from_a_second_to_an_hour_is_accepted_and_no_other() {
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3600));
        let below = Duration::from_nanos(999_999_999);
        for window in [Duration::ZERO, below, hour + Duration::from_nanos(1), Duration::MAX] {
            let refused = Budget::share_of_calls(0.1, 1, window).expect_err("no such window");
            assert_eq!(refused, BudgetError::Window { window });
        }
        assert_eq!(
            BudgetError::Window { window: Duration::ZERO }.to_string(),
            "the window of a budget lasts from 1 second to 1 hour, not 0ns"
        );
        assert!(Budget::share_of_calls(0.1, 1, second).is_ok());
        assert!(Budget::share_of_calls(0.1, u32::MAX, hour).is_ok());
    }

    #[test]
    fn neither_share_nor_floor_is_refused() {
        let refused = Budget::share_of_calls(0.0, 0, Duration::from_secs(1)).expect_err("nothing");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 0, cost: 1 });
    }
}

mod ratio {
    use super::*;

    #[test]
    fn the_default_grants_ten_a_second_and_a_fifth_of_the_calls() {
        let budget = Budget::ratio();
        let share = share_of(&budget);
        assert_eq!(share.available(0), 100);
        for _ in 0..1000 {
            share.called(0);
        }
        assert_eq!(share.available(0), 300);
        assert_eq!(granted(share, 0, 1000), 300);
        assert_eq!(share.available(0), 0);
    }

    #[test]
    fn the_floor_needs_no_calls() {
        let budget = window_of_ten_seconds(0.0, 2);
        assert_eq!(granted(share_of(&budget), 0, 100), 20);
    }

    #[test]
    fn a_share_counts_whole_calls_exactly() {
        for (share, calls, retries) in [
            (0.2, 4, 0),
            (0.2, 5, 1),
            (0.2, 9, 1),
            (0.2, 10, 2),
            (0.1, 10, 1),
            (0.1, 1000, 100),
            (0.3, 10, 3),
            (0.7, 10, 7),
            (1.0 / 3.0, 3, 1),
            (0.5, 2, 1),
            (1.0, 7, 7),
            (1000.0, 3, 3000),
        ] {
            let budget = window_of_ten_seconds(share, 0);
            let counts = share_of(&budget);
            for _ in 0..calls {
                counts.called(0);
            }
            assert_eq!(counts.available(0), retries, "{share} of {calls}");
            let retries = usize::try_from(retries).expect("a small number");
            assert_eq!(granted(counts, 0, retries + 1), retries, "{share} of {calls}");
        }
    }

    #[test]
    fn a_refused_retry_is_not_counted() {
        let budget = window_of_ten_seconds(0.5, 0);
        let share = share_of(&budget);
        share.called(0);
        for _ in 0..100 {
            assert!(!share.take(0));
        }
        share.called(0);
        assert!(share.take(0));
    }

    #[test]
    fn a_call_counts_once_and_when_it_is_known_how_it_goes() {
        let budget = window_of_ten_seconds(1.0, 0);
        let available = || share_of(&budget).available(0);
        assert!(budget.listens());
        budget.succeeded(None, || 0);
        assert_eq!(available(), 1);
        budget.first_failed(|| 0);
        assert_eq!(available(), 2);
        let taken = budget.take(Cause::Error, || 0);
        assert_eq!((taken, available()), (Some(0), 1));
        // That call was counted when it first failed.
        budget.succeeded(taken, || panic!("no clock is needed"));
        assert_eq!(available(), 1);
    }

    #[test]
    fn every_cause_costs_one_retry() {
        let budget = window_of_ten_seconds(0.0, 1);
        for cause in [Cause::Error, Cause::Throttled, Cause::TimedOut] {
            assert_eq!(budget.take(cause, || 0), Some(0));
        }
        assert_eq!(share_of(&budget).available(0), 7);
    }

    #[test]
    fn the_window_slides_by_a_tenth_of_its_length() {
        let budget = window_of_ten_seconds(0.0, 1);
        let share = share_of(&budget);
        assert_eq!(granted(share, 0, 100), 10);
        // The slot of the first second is part of the window up to and including the tenth.
        assert_eq!(share.available(10 * SECOND - 1), 0);
        assert!(!share.take(10 * SECOND - 1));
        assert_eq!(share.available(10 * SECOND), 10);
        // Retries of different slots leave the window one after the other.
        for second in 10..20 {
            assert!(share.take(second * SECOND));
        }
        assert!(!share.take(20 * SECOND - 1));
        for second in 20..30 {
            assert_eq!(share.available(second * SECOND), 1);
            assert!(share.take(second * SECOND));
            assert!(!share.take(second * SECOND));
        }
    }

    #[test]
    fn calls_leave_the_window_too() {
        let budget = window_of_ten_seconds(0.5, 0);
        let share = share_of(&budget);
        for second in 0..10 {
            share.called(second * SECOND);
            share.called(second * SECOND);
        }
        assert_eq!(share.available(9 * SECOND), 10);
        assert_eq!(share.available(10 * SECOND), 9);
        assert_eq!(share.available(18 * SECOND), 1);
        assert_eq!(share.available(19 * SECOND), 0);
    }

    #[test]
    fn long_silence_empties_the_window() {
        let budget = window_of_ten_seconds(0.5, 1);
        let share = share_of(&budget);
        for second in 0..10 {
            share.called(second * SECOND);
            assert!(share.take(second * SECOND));
        }
        for later in [20, 3600, 1_000_000] {
            assert_eq!(share.available(later * SECOND), 10);
        }
    }

    #[test]
    fn a_thread_that_looked_at_the_clock_long_ago_counts_as_if_it_looked_now() {
        let budget = window_of_ten_seconds(1.0, 0);
        let share = share_of(&budget);
        share.called(25 * SECOND);
        // The slot of second 5 is that of second 25 by now.
        share.called(5 * SECOND);
        assert_eq!(share.available(25 * SECOND), 2);
        assert!(share.take(25 * SECOND));
        assert!(share.take(5 * SECOND));
        assert!(!share.take(5 * SECOND));
        assert_eq!(share.available(25 * SECOND), 0);
    }

    #[test]
    fn what_a_late_thread_takes_back_is_its_own() {
        let budget = window_of_ten_seconds(0.0, 1);
        let share = share_of(&budget);
        assert_eq!(granted(share, 12 * SECOND, 100), 10);
        for _ in 0..5 {
            assert!(!share.take(2 * SECOND), "counted at second 12 and taken back there");
        }
        assert_eq!(total(&share.retries, share.tick(12 * SECOND)), 10);
    }

    #[test]
    fn the_window_slides_on_where_the_count_of_slots_wraps_around() {
        for (bits, slots_before) in [(31, 1), (31, 5), (31, 9), (32, 1), (32, 5), (32, 9), (33, 5)]
        {
            let budget = Budget::share_of_calls(1.0, 1, Duration::from_secs(1)).expect("valid");
            let share = share_of(&budget);
            let before = ((1 << bits) - slots_before) * share.slot;
            share.called(before);
            assert_eq!(granted(share, before, 5), 2, "{bits} bits");
            // What was counted before is seen after, while it is in the window, …
            let last = before + 9 * share.slot;
            assert_eq!(share.available(last), 0, "{bits} bits");
            share.called(last);
            assert_eq!(granted(share, last, 5), 1, "{bits} bits");
            // … and is gone after that.
            assert_eq!(share.available(last + share.slot), 1, "{bits} bits");
            assert_eq!(share.available(last + 10 * share.slot), 1, "{bits} bits");
            assert_eq!(granted(share, last + 10 * share.slot, 5), 1, "{bits} bits");
        }
    }

    #[test]
    fn any_time_is_a_time() {
        for window in [1, 3600] {
            let budget =
                Budget::share_of_calls(1.0, 1, Duration::from_secs(window)).expect("valid");
            let share = share_of(&budget);
            for now in [0, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
                let before = share.available(now);
                share.called(now);
                assert!(share.take(now));
                assert_eq!(share.available(now), before);
            }
        }
    }

    #[test]
    fn a_slot_that_is_full_stays_full() {
        let budget = window_of_ten_seconds(1.0, 0);
        let share = share_of(&budget);
        share.called(0);
        let [first, ..] = &share.calls;
        first
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |slot| {
                Some(slot | u64::from(u32::MAX))
            })
            .expect("a plain update");
        for _ in 0..3 {
            share.called(0);
            assert_eq!(share.available(0), u32::MAX);
        }
    }

    #[test]
    fn the_largest_share_of_the_most_calls_does_not_overflow() {
        let budget = Budget::share_of_calls(1000.0, u32::MAX, Duration::from_secs(3600));
        let budget = budget.expect("a valid budget");
        let share = share_of(&budget);
        for cell in &share.calls {
            cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |_| Some(u32::MAX.into()))
                .expect("a plain update");
        }
        assert_eq!(share.available(0), u32::MAX);
        assert!(share.take(0));
    }

    #[test]
    fn what_is_available_is_asked_of_the_clock() {
        let budget = Budget::ratio();
        assert_eq!(budget.available(), 100);
    }
}

mod many_threads {
    use super::*;

    const THREADS: usize = 8;
    const TAKES: usize = 20_000;

    /// How many of all takes are granted.
    fn granted_to_all(take: impl Fn(usize) -> bool + Sync) -> usize {
        let granted = |thread| (0..TAKES).filter(|_| take(thread)).count();
        thread::scope(|scope| {
            let granted = &granted;
            let threads: Vec<_> =
                (0..THREADS).map(|thread| scope.spawn(move || granted(thread))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        })
    }

    #[test]
    fn tokens_are_granted_to_the_last_and_no_further() {
        let budget = Budget::tokens(100_003, 5, 10).expect("a valid budget");
        assert_eq!(granted_to_all(|_| take(&budget, Cause::Error).is_some()), 100_003 / 5);
        assert_eq!(budget.available(), 100_003 % 5);
    }

    #[test]
    fn tokens_that_are_given_back_are_there_again() {
        let budget = Budget::tokens(100, 5, 10).expect("a valid budget");
        let granted = granted_to_all(|thread| {
            let cause = if thread % 2 == 0 { Cause::Error } else { Cause::TimedOut };
            let taken = take(&budget, cause);
            assert!(budget.available() <= 100);
            if taken.is_some() {
                succeed(&budget, taken);
            }
            taken.is_some()
        });
        assert!(granted > 0);
        assert_eq!(budget.available(), 100);
    }

    #[test]
    fn a_share_is_never_exceeded() {
        let budget = window_of_ten_seconds(0.1, 100);
        let share = share_of(&budget);
        let granted = granted_to_all(|_| {
            share.called(0);
            share.take(0)
        });
        let allowed = THREADS * TAKES / 10 + 1000;
        assert!(granted <= allowed, "{granted} of {allowed}");
        // A thread that meets others can be refused in vain, but not for long.
        assert!(granted > allowed / 2, "{granted} of {allowed}");
        assert_eq!(share.available(0), u32::try_from(allowed - granted).expect("a small number"));
    }

    #[test]
    fn a_floor_is_granted_to_the_last_and_no_further() {
        let budget = window_of_ten_seconds(0.0, 1000);
        let share = share_of(&budget);
        let granted = granted_to_all(|_| share.take(0));
        assert!(granted <= 10_000, "{granted}");
        assert_eq!(granted + self::granted(share, 0, 10_000), 10_000);
    }
}
