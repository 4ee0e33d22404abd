//! What budgets promise, one thread and many.

use std::thread;

use super::super::atomic::Ordering;
use super::ratio::total;
use super::*;

const SECOND: u64 = 1_000_000_000;

/// A budget without a clock, for those that look at none.
fn take(budget: &Budget, cause: Cause) -> Option<u32> {
    budget.bucket().take(cause, || panic!("tokens need no clock"))
}

fn succeed(budget: &Budget, taken: Option<u32>) {
    budget.succeeded(taken, || panic!("tokens need no clock"));
}

fn ratio_of(budget: &Budget) -> &Ratio {
    match &**budget.bucket() {
        Bucket::Ratio(ratio) => ratio,
        Bucket::Tokens(_) => panic!("a bucket of tokens"),
    }
}

/// Nothing comes back with time.
fn tokens_of(capacity: u32, per_retry: u32, per_timeout: u32) -> Result<Budget, BudgetError> {
    let builder = Budget::builder().capacity(capacity).retry_cost(per_retry);
    builder.timeout_cost(per_timeout).refill_per_second(0.0).try_build()
}

fn bucket(capacity: u32, per_retry: u32, per_timeout: u32) -> Budget {
    tokens_of(capacity, per_retry, per_timeout).expect("a valid budget")
}

/// How many retries are granted at this time, at most `limit`.
fn granted(ratio: &Ratio, now: u64, limit: usize) -> usize {
    (0..limit).take_while(|_| ratio.take(now).is_some()).count()
}

/// Ten slots of a second; `floor` is what a whole window needs no calls for.
fn window_of_ten_seconds(share: f64, floor: u32) -> Budget {
    Budget::try_ratio(share, floor, Duration::from_secs(10)).expect("a valid budget")
}

mod tokens {
    use super::*;

    #[test]
    fn the_figures_of_2_0_make_a_timeout_the_dearest_error() {
        let budget = Budget::standard_2_0();
        assert_eq!(budget.available(), 500);
        assert_eq!(take(&budget, Cause::Error), Some(5));
        assert_eq!(take(&budget, Cause::Throttled), Some(5));
        assert_eq!(take(&budget, Cause::TimedOut), Some(10));
        assert_eq!(budget.available(), 480);
    }

    #[test]
    fn the_standard_figures_make_throttling_the_cheaper_error() {
        let budget = Budget::standard();
        assert_eq!(budget.available(), 500);
        assert_eq!(take(&budget, Cause::Error), Some(14));
        assert_eq!(take(&budget, Cause::Throttled), Some(5));
        assert_eq!(take(&budget, Cause::TimedOut), Some(14));
        assert_eq!(budget.available(), 467);
    }

    #[test]
    fn a_first_try_success_gives_back_one_below_the_capacity_only() {
        let budget = Budget::standard_2_0();
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
        let budget = Budget::standard_2_0();
        take(&budget, Cause::TimedOut);
        let taken = take(&budget, Cause::Error);
        succeed(&budget, taken);
        assert_eq!(budget.available(), 490);
    }

    #[test]
    fn nothing_fills_a_budget_above_its_capacity() {
        let budget = bucket(7, 5, 7);
        take(&budget, Cause::Error);
        for _ in 0..3 {
            succeed(&budget, Some(u32::MAX));
            assert_eq!(budget.available(), 7);
        }
    }

    #[test]
    fn a_success_after_free_retries_gives_nothing_back() {
        let budget = Budget::standard_2_0();
        take(&budget, Cause::Error);
        succeed(&budget, Some(0));
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn a_refused_retry_takes_nothing_and_a_cheaper_one_may_still_be_granted() {
        let budget = bucket(12, 5, 10);
        assert_eq!(take(&budget, Cause::Error), Some(5));
        assert_eq!(take(&budget, Cause::TimedOut), None);
        assert_eq!(budget.available(), 7);
        assert_eq!(take(&budget, Cause::Error), Some(5));
        assert_eq!(take(&budget, Cause::Error), None);
        assert_eq!(budget.available(), 2);
    }

    #[test]
    fn a_full_budget_pays_for_the_dearest_retry() {
        let budget = bucket(10, 5, 10);
        assert_eq!(take(&budget, Cause::TimedOut), Some(10));
        assert_eq!(budget.available(), 0);
    }

    #[test]
    fn the_largest_figures_do_not_overflow() {
        let budget = bucket(u32::MAX, u32::MAX, u32::MAX);
        assert_eq!(take(&budget, Cause::Error), Some(u32::MAX));
        assert_eq!(take(&budget, Cause::Error), None);
        assert_eq!(budget.available(), 0);
        succeed(&budget, Some(u32::MAX));
        assert_eq!(budget.available(), u32::MAX);
    }

    #[test]
    fn a_full_budget_does_not_listen_to_successes() {
        let budget = Budget::standard_2_0();
        assert!(!budget.listens());
        let taken = take(&budget, Cause::Error);
        assert!(budget.listens());
        succeed(&budget, taken);
        assert!(!budget.listens());
    }

    #[test]
    fn a_first_failure_costs_nothing() {
        let budget = Budget::standard_2_0();
        budget.first_failed(|| panic!("tokens need no clock"));
        assert_eq!(budget.available(), 500);
    }
}

/// What comes back with time.
mod refill {
    use super::*;

    const HOUR: u64 = 3600 * SECOND;

    fn at(budget: &Budget, cause: Cause, now: u64) -> Option<u32> {
        budget.bucket().take(cause, || now)
    }

    fn left(budget: &Budget, now: u64) -> u32 {
        budget.bucket().available(|| now)
    }

    /// Takes all there is.
    fn drained(budget: Budget, now: u64) -> Budget {
        while at(&budget, Cause::Error, now).is_some() {}
        budget
    }

    #[test]
    fn a_budget_of_its_own_has_the_figures_that_the_documentation_says() {
        let budget = Budget::new();
        assert_eq!(left(&budget, 0), 500);
        for (cause, cost) in
            [(Cause::Error, 5), (Cause::Throttled, 5), (Cause::TimedOut, 10), (Cause::NotYet, 0)]
        {
            assert_eq!(at(&budget, cause, 0), Some(cost));
        }
        assert_eq!(left(&budget, 0), 480);
        assert_eq!(left(&Budget::default(), 0), 500);
    }

    #[test]
    fn one_retry_comes_back_every_30_seconds_and_no_sooner() {
        let budget = drained(Budget::new(), 0);
        assert_eq!(at(&budget, Cause::Error, 30 * SECOND - 1), None);
        for retry in 1..=10 {
            assert_eq!(at(&budget, Cause::Error, 30 * retry * SECOND), Some(5), "retry {retry}");
            assert_eq!(at(&budget, Cause::Error, 30 * retry * SECOND), None, "retry {retry}");
        }
    }

    #[test]
    fn an_empty_budget_is_full_again_within_an_hour_and_no_more_than_full() {
        let budget = drained(Budget::new(), 0);
        assert_eq!(left(&budget, 3000 * SECOND - 1), 499);
        for later in [3000 * SECOND, HOUR, 7 * 24 * HOUR, 3 * 365 * 24 * HOUR] {
            assert_eq!(left(&budget, later), 500);
        }
        assert_eq!(at(&budget, Cause::Error, HOUR), Some(5));
        assert_eq!(left(&budget, HOUR), 495);
    }

    /// At whatever instant the tokens were taken.
    #[test]
    fn no_token_comes_back_before_its_time_or_long_after_it() {
        const TICK: u64 = 6 * SECOND / 64;
        for start in (0..100).map(|step| HOUR + step * SECOND / 13) {
            let budget = Budget::new();
            assert_eq!(at(&budget, Cause::TimedOut, start), Some(10));
            for tokens in 1..=10_u32 {
                let due = start + 6 * u64::from(tokens) * SECOND;
                assert_eq!(left(&budget, due - TICK - 1), 490 + tokens - 1, "{start}");
                assert_eq!(left(&budget, due), 490 + tokens, "{start}");
            }
        }
    }

    #[test]
    fn taking_does_not_lose_the_time_that_has_passed_for_the_next_token() {
        let budget = drained(Budget::new(), 0);
        succeed(&budget, Some(100));
        let mut now = 0;
        for _ in 0..20 {
            now += 5 * SECOND;
            assert_eq!(at(&budget, Cause::Error, now), Some(5));
        }
        // 100 seconds: 16 tokens, and two thirds of the next.
        assert_eq!(left(&budget, now), 16);
        assert_eq!(left(&budget, now + 2 * SECOND), 17);
    }

    #[test]
    fn refused_retries_do_not_delay_what_comes_back() {
        let budget = drained(Budget::new(), 0);
        for now in 1..30 {
            assert_eq!(at(&budget, Cause::Error, now * SECOND), None);
        }
        assert_eq!(at(&budget, Cause::Error, 30 * SECOND), Some(5));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
        let budget = drained(Budget::new(), HOUR);
        for earlier in [HOUR - 1, HOUR / 2, 0] {
            assert_eq!(left(&budget, earlier), 0);
            assert_eq!(at(&budget, Cause::Error, earlier), None);
        }
        assert_eq!(left(&budget, HOUR + 30 * SECOND), 5);
        // What is taken at an earlier time is not counted from then.
        succeed(&budget, Some(5));
        assert_eq!(at(&budget, Cause::Error, 0), Some(5));
        assert_eq!(left(&budget, HOUR + 30 * SECOND), 5);
    }

    #[test]
    fn a_full_budget_saves_no_time_up() {
        let budget = Budget::new();
        let now = 1000 * HOUR;
        assert_eq!(at(&budget, Cause::Error, now), Some(5));
        assert_eq!(left(&budget, now), 495);
        assert_eq!(left(&drained(budget, now), now), 0);
    }

    #[test]
    fn successes_fill_it_beside_the_time_and_need_no_clock() {
        let budget = drained(Budget::new(), 0);
        for _ in 0..3 {
            succeed(&budget, None);
        }
        assert_eq!(left(&budget, 12 * SECOND), 5);
        assert_eq!(at(&budget, Cause::Error, 12 * SECOND), Some(5));
        assert_eq!(left(&budget, 12 * SECOND), 0);
    }

    #[test]
    fn a_budget_that_successes_filled_does_not_listen_to_them() {
        let budget = Budget::new();
        let taken = at(&budget, Cause::Error, 100 * HOUR);
        assert!(budget.listens());
        succeed(&budget, taken);
        assert!(!budget.listens());
    }

    #[test]
    fn a_retry_that_is_not_made_leaves_no_trace() {
        let budget = Budget::new();
        let taken = at(&budget, Cause::TimedOut, HOUR).expect("a full budget");
        budget.bucket().put_back(taken);
        assert_eq!(left(&budget, HOUR), 500);
        assert!(!budget.listens());
    }

    #[test]
    fn any_rate_is_kept_within_a_tenth_of_a_second() {
        for rate in [0.001, 0.2, 1.0, 1.5, 9.9, 10.0, 12.0, 100.0, 12_345.678, 1_000_000.0] {
            let budget = Budget::builder().capacity(u32::MAX).refill_per_second(rate).build();
            let bucket = budget.bucket();
            for _ in 0..1000 {
                bucket.take(Cause::Error, || 0).expect("a large budget");
            }
            let missing = || 5000_u32;
            for seconds in [1_u32, 10, 100, 10_000] {
                let came = missing() - (u32::MAX - left(&budget, u64::from(seconds) * SECOND));
                let expected = (rate * f64::from(seconds)).min(5000.0);
                let step = 1.0 + rate / 10.0;
                assert!(
                    f64::from(came) <= expected && f64::from(came) + step >= expected,
                    "{came} tokens in {seconds} s at {rate} a second"
                );
            }
        }
    }

    #[test]
    fn without_a_refill_time_fills_nothing() {
        let budget = Budget::builder().refill_per_second(0.0).build();
        take(&budget, Cause::Error);
        assert_eq!(left(&budget, u64::MAX), 495);
        for aws in [Budget::standard(), Budget::standard_2_0()] {
            let taken = take(&aws, Cause::Error).expect("a full budget");
            assert_eq!(left(&aws, u64::MAX), 500 - taken);
        }
    }

    #[test]
    fn it_goes_on_where_the_count_of_ticks_wraps_around() {
        /// A tenth of the time that a token takes.
        const TICK: u64 = SECOND / 10;
        for bits in [31, 32, 33] {
            let before = ((1 << bits) - 20) * TICK;
            let budget = Budget::builder().refill_per_second(1.0).build();
            let budget = drained(budget, before);
            assert_eq!(left(&budget, before + SECOND), 1, "{bits} bits");
            assert_eq!(left(&budget, before + 5 * SECOND), 5, "{bits} bits");
            assert_eq!(at(&budget, Cause::Error, before + 5 * SECOND), Some(5), "{bits} bits");
            assert_eq!(left(&budget, before + 6 * SECOND), 1, "{bits} bits");
        }
    }

    #[test]
    fn a_rate_that_is_none_is_refused() {
        for per_second in [-0.1, 1_000_000.1, f64::INFINITY] {
            let refused = Budget::builder().refill_per_second(per_second).try_build();
            assert_eq!(refused.expect_err("no rate"), BudgetError::Refill { per_second });
        }
        let refused = Budget::builder().refill_per_second(f64::NAN).try_build();
        assert_eq!(
            refused.expect_err("no rate").to_string(),
            "a budget is refilled with 0 to 1000000 tokens a second, not NaN"
        );
    }

    #[test]
    fn values_that_are_not_yet_final_cost_nothing_however_many_there_are() {
        let budgets = [Budget::new(), Budget::standard(), window_of_ten_seconds(0.0, 1)];
        for budget in budgets {
            let before = budget.bucket().available(|| 0);
            for _ in 0..10_000 {
                assert_eq!(at(&budget, Cause::NotYet, 0), Some(0));
            }
            assert_eq!(budget.bucket().available(|| 0), before);
        }
    }

    #[test]
    fn threads_are_granted_what_was_there_and_what_came_back_and_no_more() {
        let budget = drained(Budget::builder().refill_per_second(1.0).build(), 0);
        let granted = super::many_threads::granted_to_all(|_| {
            at(&budget, Cause::Error, 203 * SECOND).is_some()
        });
        assert_eq!((granted, left(&budget, 203 * SECOND)), (40, 3));
    }
}

/// Two thousand processes, each with a budget of its own, during an outage: three attempts a call.
mod drill {
    use super::*;

    const PROCESSES: u64 = 2_000;
    const CALLS_A_MINUTE: u64 = 9;
    const MINUTE: u64 = 60 * SECOND;

    /// Attempts per call in each minute of the outage.
    fn load(budgets: &[Budget], minutes: u64) -> Vec<f64> {
        let attempts = |minute: u64| -> u64 {
            let calls =
                (0..CALLS_A_MINUTE).flat_map(|call| (0..PROCESSES).map(move |of| (call, of)));
            calls
                .map(|(call, process)| {
                    // They do not all call at the same instant.
                    let within = call * MINUTE / CALLS_A_MINUTE + process * MINUTE / 20_000;
                    let now = minute * MINUTE + within;
                    let budget = budgets[usize::try_from(process).expect("few")].bucket();
                    let retry = |_: &i32| budget.take(Cause::Error, || now).is_some();
                    1 + (0..2).take_while(retry).count() as u64
                })
                .sum()
        };
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        (0..minutes)
            .map(|minute| attempts(minute) as f64 / (PROCESSES * CALLS_A_MINUTE) as f64)
            .collect()
    }

    fn fleet(budget: impl Fn() -> Budget) -> Vec<Budget> {
        (0..PROCESSES).map(|_| budget()).collect()
    }

    #[test]
    fn at_one_retry_a_second_the_load_triples_for_as_long_as_the_outage_lasts() {
        let budgets = fleet(|| Budget::builder().refill_per_second(5.0).build());
        for (minute, load) in load(&budgets, 60).into_iter().enumerate() {
            assert!((load - 3.0).abs() < 1e-9, "minute {minute}: {load}");
        }
    }

    #[test]
    fn at_one_retry_in_30_seconds_the_load_stays_below_five_quarters() {
        let budgets = fleet(Budget::new);
        let load = load(&budgets, 60);
        // What was saved up is spent in the first minutes: a hundred retries a process.
        assert!(load[..5].iter().all(|load| *load <= 3.0), "{load:?}");
        assert!(load[7..].iter().all(|load| *load < 1.25), "{load:?}");
        // It is over, nobody calls, and an hour later all are full: whoever retries, may.
        let after = 120 * MINUTE;
        for budget in &budgets {
            assert_eq!(budget.bucket().available(|| after), 500);
            assert_eq!(budget.bucket().take(Cause::Error, || after), Some(5));
        }
    }

    #[test]
    fn a_week_after_an_outage_retries_are_granted_again_without_a_single_success() {
        let budgets = fleet(Budget::new);
        load(&budgets, 10);
        let week = 7 * 24 * 60 * MINUTE;
        for budget in &budgets {
            let granted =
                (0..200).take_while(|_| budget.bucket().take(Cause::Error, || week).is_some());
            assert_eq!(granted.count(), 100);
        }
    }
}

mod refused {
    use super::*;

    #[test]
    fn throttling_and_timeouts_cost_what_a_retry_does_and_twice_that_unless_named() {
        let costs = |builder: BudgetBuilder| {
            let budget = builder.build();
            [Cause::Error, Cause::Throttled, Cause::TimedOut]
                .map(|cause| budget.bucket().take(cause, || 0))
        };
        let builder = Budget::builder;
        assert_eq!(costs(builder()), [Some(5), Some(5), Some(10)]);
        assert_eq!(costs(builder().retry_cost(7)), [Some(7), Some(7), Some(14)]);
        let named = builder().retry_cost(7).throttled_cost(2).timeout_cost(9);
        assert_eq!(costs(named), [Some(7), Some(2), Some(9)]);
        let refused = builder().retry_cost(u32::MAX).try_build().expect_err("too small");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 500, cost: u32::MAX });
        assert_eq!(builder().throttled_cost(0).try_build().expect_err("free"), BudgetError::Free);
    }

    #[test]
    #[should_panic(expected = "a full budget pays for at least one retry of each kind")]
    fn a_constant_budget_panics_with_the_rule() {
        let _ = Budget::builder().capacity(9).build();
    }

    #[test]
    fn a_capacity_that_pays_for_no_retry_is_refused() {
        let refused = tokens_of(4, 5, 5).expect_err("too small");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 4, cost: 5 });
        let refused = tokens_of(9, 5, 10).expect_err("too small after a timeout");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 9, cost: 10 });
        let refused = tokens_of(9, 10, 5).expect_err("too small after an error");
        assert_eq!(refused.to_string(), "a budget of 9 never pays for a retry, which takes 10");
        assert!(tokens_of(10, 5, 10).is_ok());
    }

    #[test]
    fn a_retry_for_nothing_is_refused() {
        for (per_retry, per_timeout) in [(0, 5), (5, 0), (0, 0)] {
            let refused = tokens_of(500, per_retry, per_timeout).expect_err("free");
            assert_eq!(refused, BudgetError::Free);
            assert_eq!(
                refused.to_string(),
                "a retry that takes nothing from its budget is not limited: use no budget instead"
            );
        }
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for ratio in [-0.1, 1000.1, f64::INFINITY, f64::NEG_INFINITY] {
            let refused = Budget::try_ratio(ratio, 1, Duration::from_secs(1));
            assert_eq!(refused.expect_err("no share"), BudgetError::Ratio { ratio });
        }
        let refused = Budget::try_ratio(f64::NAN, 1, Duration::from_secs(1));
        assert_eq!(
            refused.expect_err("no share").to_string(),
            "the ratio of retries to calls is a number from 0 to 1000, not NaN"
        );
        for ratio in [-0.0, 0.0, f64::MIN_POSITIVE, 1.0, 1000.0] {
            assert!(Budget::try_ratio(ratio, 1, Duration::from_secs(1)).is_ok());
        }
    }

    #[test]
    fn a_window_from_a_second_to_an_hour_is_accepted_and_no_other() {
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3600));
        let below = Duration::from_nanos(999_999_999);
        for window in [Duration::ZERO, below, hour + Duration::from_nanos(1), Duration::MAX] {
            let refused = Budget::try_ratio(0.1, 1, window).expect_err("no such window");
            assert_eq!(refused, BudgetError::Window { window });
        }
        assert_eq!(
            BudgetError::Window { window: Duration::ZERO }.to_string(),
            "the window of a budget lasts from 1 second to 1 hour, not 0ns"
        );
        assert!(Budget::try_ratio(0.1, 1, second).is_ok());
        assert!(Budget::try_ratio(0.1, u32::MAX, hour).is_ok());
    }

    #[test]
    fn neither_share_nor_floor_is_refused() {
        let refused = Budget::try_ratio(0.0, 0, Duration::from_secs(1)).expect_err("nothing");
        assert_eq!(refused, BudgetError::TooSmall { capacity: 0, cost: 1 });
    }
}

mod ratio {
    use super::*;

    #[test]
    fn the_usual_one_grants_ten_a_second_and_a_fifth_of_the_calls() {
        let budget = Budget::ratio(0.2, 10, Duration::from_secs(10));
        let ratio = ratio_of(&budget);
        assert_eq!(ratio.available(0), 100);
        for _ in 0..1000 {
            ratio.called(0);
        }
        assert_eq!(ratio.available(0), 300);
        assert_eq!(granted(ratio, 0, 1000), 300);
        assert_eq!(ratio.available(0), 0);
    }

    #[test]
    fn the_floor_needs_no_calls() {
        let budget = window_of_ten_seconds(0.0, 2);
        assert_eq!(granted(ratio_of(&budget), 0, 100), 20);
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
            let counts = ratio_of(&budget);
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
        let ratio = ratio_of(&budget);
        ratio.called(0);
        for _ in 0..100 {
            assert!(ratio.take(0).is_none());
        }
        ratio.called(0);
        assert!(ratio.take(0).is_some());
    }

    #[test]
    fn a_call_counts_once_and_when_it_is_known_how_it_goes() {
        let budget = window_of_ten_seconds(1.0, 0);
        let available = || ratio_of(&budget).available(0);
        assert!(budget.listens());
        budget.succeeded(None, || 0);
        assert_eq!(available(), 1);
        budget.first_failed(|| 0);
        assert_eq!(available(), 2);
        let taken = budget.bucket().take(Cause::Error, || 0);
        assert_eq!((taken, available()), (Some(0), 1));
        // That call was counted when it first failed.
        budget.succeeded(taken, || panic!("no clock is needed"));
        assert_eq!(available(), 1);
    }

    #[test]
    fn a_retry_that_is_not_made_is_not_counted() {
        let budget = window_of_ten_seconds(0.0, 1);
        let bucket = budget.bucket();
        let taken = [3, 5, 5].map(|second| bucket.take(Cause::Error, || second * SECOND));
        let [Some(early), Some(late), Some(_)] = taken else { panic!("{taken:?}") };
        assert_eq!(bucket.available(|| 5 * SECOND), 7);
        bucket.put_back(late);
        assert_eq!(bucket.available(|| 5 * SECOND), 8);
        // What has left the window, or has come back already, cannot come back again.
        bucket.put_back(early);
        bucket.put_back(early);
        assert_eq!(bucket.available(|| 5 * SECOND), 9);
        assert_eq!(bucket.available(|| 14 * SECOND), 9);
        assert_eq!(bucket.available(|| 15 * SECOND), 10);
        bucket.put_back(late);
        assert_eq!(bucket.available(|| 15 * SECOND), 10);
    }

    #[test]
    fn every_cause_costs_one_retry() {
        let budget = window_of_ten_seconds(0.0, 1);
        for cause in [Cause::Error, Cause::Throttled, Cause::TimedOut] {
            assert_eq!(budget.bucket().take(cause, || 0), Some(0));
        }
        assert_eq!(ratio_of(&budget).available(0), 7);
    }

    #[test]
    fn the_window_slides_by_a_tenth_of_its_length() {
        let budget = window_of_ten_seconds(0.0, 1);
        let ratio = ratio_of(&budget);
        assert_eq!(granted(ratio, 0, 100), 10);
        // The slot of the first second is part of the window up to and including the tenth.
        assert_eq!(ratio.available(10 * SECOND - 1), 0);
        assert!(ratio.take(10 * SECOND - 1).is_none());
        assert_eq!(ratio.available(10 * SECOND), 10);
        // Retries of different slots leave the window one after the other.
        for second in 10..20 {
            assert!(ratio.take(second * SECOND).is_some());
        }
        assert!(ratio.take(20 * SECOND - 1).is_none());
        for second in 20..30 {
            assert_eq!(ratio.available(second * SECOND), 1);
            assert!(ratio.take(second * SECOND).is_some());
            assert!(ratio.take(second * SECOND).is_none());
        }
    }

    #[test]
    fn calls_leave_the_window_too() {
        let budget = window_of_ten_seconds(0.5, 0);
        let ratio = ratio_of(&budget);
        for second in 0..10 {
            ratio.called(second * SECOND);
            ratio.called(second * SECOND);
        }
        assert_eq!(ratio.available(9 * SECOND), 10);
        assert_eq!(ratio.available(10 * SECOND), 9);
        assert_eq!(ratio.available(18 * SECOND), 1);
        assert_eq!(ratio.available(19 * SECOND), 0);
    }

    #[test]
    fn long_silence_empties_the_window() {
        let budget = window_of_ten_seconds(0.5, 1);
        let ratio = ratio_of(&budget);
        for second in 0..10 {
            ratio.called(second * SECOND);
            assert!(ratio.take(second * SECOND).is_some());
        }
        for later in [20, 3600, 1_000_000] {
            assert_eq!(ratio.available(later * SECOND), 10);
        }
    }

    #[test]
    fn a_thread_that_looked_at_the_clock_long_ago_counts_as_if_it_looked_now() {
        let budget = window_of_ten_seconds(1.0, 0);
        let ratio = ratio_of(&budget);
        ratio.called(25 * SECOND);
        // The slot of second 5 is that of second 25 by now.
        ratio.called(5 * SECOND);
        assert_eq!(ratio.available(25 * SECOND), 2);
        assert!(ratio.take(25 * SECOND).is_some());
        assert!(ratio.take(5 * SECOND).is_some());
        assert!(ratio.take(5 * SECOND).is_none());
        assert_eq!(ratio.available(25 * SECOND), 0);
    }

    #[test]
    fn what_a_late_thread_takes_back_is_its_own() {
        let budget = window_of_ten_seconds(0.0, 1);
        let ratio = ratio_of(&budget);
        assert_eq!(granted(ratio, 12 * SECOND, 100), 10);
        for _ in 0..5 {
            assert!(ratio.take(2 * SECOND).is_none(), "counted at second 12 and taken back there");
        }
        assert_eq!(total(&ratio.retries, ratio.tick(12 * SECOND)), 10);
    }

    #[test]
    fn the_window_slides_on_where_the_count_of_slots_wraps_around() {
        for (bits, slots_before) in [(31, 1), (31, 5), (31, 9), (32, 1), (32, 5), (32, 9), (33, 5)]
        {
            let budget = Budget::try_ratio(1.0, 1, Duration::from_secs(1)).expect("valid");
            let ratio = ratio_of(&budget);
            let before = ((1 << bits) - slots_before) * ratio.slot;
            ratio.called(before);
            assert_eq!(granted(ratio, before, 5), 2, "{bits} bits");
            // What was counted before is seen after, while it is in the window, …
            let last = before + 9 * ratio.slot;
            assert_eq!(ratio.available(last), 0, "{bits} bits");
            ratio.called(last);
            assert_eq!(granted(ratio, last, 5), 1, "{bits} bits");
            // … and is gone after that.
            assert_eq!(ratio.available(last + ratio.slot), 1, "{bits} bits");
            assert_eq!(ratio.available(last + 10 * ratio.slot), 1, "{bits} bits");
            assert_eq!(granted(ratio, last + 10 * ratio.slot, 5), 1, "{bits} bits");
        }
    }

    #[test]
    fn any_time_is_a_time() {
        for window in [1, 3600] {
            let budget = Budget::try_ratio(1.0, 1, Duration::from_secs(window)).expect("valid");
            let ratio = ratio_of(&budget);
            for now in [0, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
                let before = ratio.available(now);
                ratio.called(now);
                assert!(ratio.take(now).is_some());
                assert_eq!(ratio.available(now), before);
            }
        }
    }

    #[test]
    fn a_slot_that_is_full_stays_full() {
        let budget = window_of_ten_seconds(1.0, 0);
        let ratio = ratio_of(&budget);
        ratio.called(0);
        let [first, ..] = &ratio.calls;
        first
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |slot| {
                Some(slot | u64::from(u32::MAX))
            })
            .expect("a plain update");
        for _ in 0..3 {
            ratio.called(0);
            assert_eq!(ratio.available(0), u32::MAX);
        }
    }

    #[test]
    fn the_largest_share_of_the_most_calls_does_not_overflow() {
        let budget = Budget::try_ratio(1000.0, u32::MAX, Duration::from_secs(3600));
        let budget = budget.expect("a valid budget");
        let ratio = ratio_of(&budget);
        for cell in &ratio.calls {
            cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |_| Some(u32::MAX.into()))
                .expect("a plain update");
        }
        assert_eq!(ratio.available(0), u32::MAX);
        assert!(ratio.take(0).is_some());
    }

    #[test]
    fn what_is_available_is_asked_of_the_clock() {
        let budget = Budget::ratio(0.2, 10, Duration::from_secs(10));
        assert_eq!(budget.available(), 100);
    }
}

mod many_threads {
    use super::*;

    const THREADS: usize = 8;
    const TAKES: usize = 20_000;

    /// How many of all takes are granted.
    pub(super) fn granted_to_all(take: impl Fn(usize) -> bool + Sync) -> usize {
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
        let budget = bucket(100_003, 5, 10);
        assert_eq!(granted_to_all(|_| take(&budget, Cause::Error).is_some()), 100_003 / 5);
        assert_eq!(budget.available(), 100_003 % 5);
    }

    #[test]
    fn tokens_that_are_given_back_are_there_again() {
        let budget = bucket(100, 5, 10);
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
        let ratio = ratio_of(&budget);
        let granted = granted_to_all(|_| {
            ratio.called(0);
            ratio.take(0).is_some()
        });
        let allowed = THREADS * TAKES / 10 + 1000;
        assert!(granted <= allowed, "{granted} of {allowed}");
        // A thread that meets others can be refused in vain, but not for long.
        assert!(granted > allowed / 2, "{granted} of {allowed}");
        assert_eq!(ratio.available(0), u32::try_from(allowed - granted).expect("a small number"));
    }

    #[test]
    fn a_floor_is_granted_to_the_last_and_no_further() {
        let budget = window_of_ten_seconds(0.0, 1000);
        let ratio = ratio_of(&budget);
        let granted = granted_to_all(|_| ratio.take(0).is_some());
        assert!(granted <= 10_000, "{granted}");
        assert_eq!(granted + self::granted(ratio, 0, 10_000), 10_000);
    }
}
