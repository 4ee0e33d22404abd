//! No order of steps grants one retry too many or loses one.
//!
//! What runs `exhaustively` runs in every order there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use retry_tests_interleavings::{
    Budget, available, fail, put_back, succeed, take, take_after_timeout,
};
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner, thread};

const SEED: u64 = 7;

/// Of a scenario with too many to run them all.
const ORDERS: usize = 10_000;

/// Runs the scenario in every order: how many there are.
fn exhaustively(scenario: impl Fn() + Send + Sync + 'static) -> usize {
    run(DfsScheduler::new(None, false), scenario)
}

/// Runs the scenario in very many orders: with a turn for anybody at each step, and with few
/// changes between threads at unlikely places.
fn at_random(orders: usize, scenario: impl Fn() + Send + Sync + 'static) {
    let scenario = Arc::new(scenario);
    let again = Arc::clone(&scenario);
    run(RandomScheduler::new_from_seed(SEED, orders / 2), move || scenario());
    run(PctScheduler::new_from_seed(SEED, 4, orders / 2), move || again());
}

fn run(scheduler: impl Scheduler + 'static, scenario: impl Fn() + Send + Sync + 'static) -> usize {
    let mut config = Config::new();
    // The scenarios need no order that only weak memory allows; the library says why.
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(scenario)
}

/// What the threads come back with, in no particular order of time.
fn join<R: Send + 'static>(threads: Vec<thread::JoinHandle<R>>) -> Vec<R> {
    threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
}

/// What each of so many threads comes back with.
fn in_threads<R: Send + 'static>(
    count: usize,
    budget: &Arc<Budget>,
    work: impl Fn(&Budget) -> R + Copy + Send + 'static,
) -> Vec<R> {
    let start = |_| {
        let budget = Arc::clone(budget);
        thread::spawn(move || work(&budget))
    };
    join((0..count).map(start).collect())
}

fn count(granted: &[bool]) -> u32 {
    u32::try_from(granted.iter().filter(|granted| **granted).count()).expect("few threads")
}

mod tokens {
    use super::*;

    fn bucket(capacity: u32) -> Arc<Budget> {
        Arc::new(Budget::builder().capacity(capacity).refill_per_second(0.0).build())
    }

    fn granted(budget: &Budget) -> bool {
        take(budget, 0).is_some()
    }

    #[test]
    fn two_threads_cannot_both_take_the_last_tokens() {
        let orders = exhaustively(|| {
            let budget = bucket(10);
            take(&budget, 0).expect("a full budget");
            assert_eq!(count(&in_threads(2, &budget, granted)), 1);
            assert_eq!(budget.available(), 0);
        });
        assert!(orders > 10, "{orders} orders");
    }

    #[test]
    fn three_threads_get_what_there_is_and_no_more() {
        let orders = exhaustively(|| {
            let budget = bucket(14);
            assert_eq!(count(&in_threads(3, &budget, granted)), 2);
            assert_eq!(budget.available(), 4);
        });
        assert!(orders > 100, "{orders} orders");
    }

    #[test]
    fn a_dear_and_a_cheap_retry_do_not_share_a_token() {
        exhaustively(|| {
            let budget = bucket(14);
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let threads = vec![
                thread::spawn(move || take(&one, 0)),
                thread::spawn(move || take_after_timeout(&other)),
            ];
            let taken: u32 = join(threads).into_iter().flatten().sum();
            assert!(taken == 5 || taken == 10, "{taken}");
            assert_eq!(budget.available(), 14 - taken);
        });
    }

    #[test]
    fn a_success_that_meets_a_retry_neither_loses_nor_makes_tokens() {
        exhaustively(|| {
            let budget = bucket(10);
            let taken = take_after_timeout(&budget);
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let success = thread::spawn(move || succeed(&one, taken));
            let retry = thread::spawn(move || take(&other, 0));
            success.join().expect("no panic");
            let taken = retry.join().expect("no panic").unwrap_or(0);
            assert_eq!(budget.available(), 10 - taken);
        });
    }

    #[test]
    fn successes_that_meet_never_fill_above_the_capacity() {
        exhaustively(|| {
            let budget = bucket(10);
            take(&budget, 0).expect("a full budget");
            let left = in_threads(2, &budget, |budget| {
                succeed(budget, Some(5));
                budget.available()
            });
            assert!(left.iter().all(|left| *left <= 10), "{left:?}");
            assert_eq!(budget.available(), 10);
        });
    }

    #[test]
    fn first_try_successes_that_meet_give_back_one_each() {
        exhaustively(|| {
            let budget = bucket(10);
            take(&budget, 0).expect("a full budget");
            in_threads(2, &budget, |budget| succeed(budget, None));
            assert_eq!(budget.available(), 7);
        });
    }

    #[test]
    fn calls_that_recover_leave_a_full_budget() {
        let orders = exhaustively(|| {
            let budget = bucket(10);
            let recovered = in_threads(2, &budget, |budget| {
                let taken = take_after_timeout(budget);
                let left = budget.available();
                assert!(left <= 10, "{left}");
                if taken.is_some() {
                    succeed(budget, taken);
                }
                taken.is_some()
            });
            assert!(count(&recovered) >= 1);
            assert_eq!(budget.available(), 10);
        });
        assert!(orders > 100, "{orders} orders");
    }

    #[test]
    fn a_retry_that_is_not_made_makes_room_for_another_and_no_more() {
        exhaustively(|| {
            let budget = bucket(10);
            take(&budget, 0).expect("a full budget");
            let dropped = take(&budget, 0).expect("the last tokens");
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let dropping = thread::spawn(move || put_back(&one, dropped));
            let retry = thread::spawn(move || take(&other, 0));
            dropping.join().expect("no panic");
            let taken = retry.join().expect("no panic").unwrap_or(0);
            assert_eq!(budget.available(), 5 - taken);
        });
    }

    #[test]
    fn many_calls_at_once_keep_the_books_balanced() {
        at_random(ORDERS, || {
            let budget = bucket(23);
            let kept = in_threads(5, &budget, |budget| {
                let taken = [take(budget, 0), take_after_timeout(budget)];
                assert!(budget.available() <= 23);
                succeed(budget, taken[1].or(Some(0)));
                taken[0].unwrap_or(0)
            });
            assert_eq!(budget.available(), 23 - kept.iter().sum::<u32>());
        });
    }

    /// The scenario of the last tokens, with a bucket that looks first and takes afterwards.
    #[test]
    fn a_bucket_that_looks_before_it_takes_is_found_out() {
        let too_many = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&too_many);
        let orders = exhaustively(move || {
            let left = Arc::new(shuttle::sync::atomic::AtomicU32::new(5));
            let start = |_| {
                let left = Arc::clone(&left);
                thread::spawn(move || {
                    let has_enough = left.load(Ordering::SeqCst) >= 5;
                    if has_enough {
                        left.fetch_sub(5, Ordering::SeqCst);
                    }
                    has_enough
                })
            };
            if count(&join((0..2).map(start).collect())) > 1 {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
        let too_many = too_many.load(Ordering::Relaxed);
        assert!(0 < too_many && too_many < orders, "{too_many} of {orders} orders");
    }
}

mod refill {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// One token a second.
    fn bucket(capacity: u32) -> Arc<Budget> {
        let budget = Budget::builder().capacity(capacity).refill_per_second(1.0);
        Arc::new(budget.build())
    }

    /// An empty bucket of 10, as of this time.
    fn empty_at(now: u64) -> Arc<Budget> {
        let budget = bucket(10);
        for _ in 0..2 {
            take(&budget, now).expect("a full budget");
        }
        budget
    }

    /// What the threads take at these times, and the bucket afterwards.
    fn taken(budget: &Arc<Budget>, at: &[u64]) -> u32 {
        let start = |now: &u64| {
            let (budget, now) = (Arc::clone(budget), *now);
            thread::spawn(move || take(&budget, now).is_some())
        };
        count(&join(at.iter().map(start).collect()))
    }

    #[test]
    fn what_comes_back_is_granted_to_one_thread_only() {
        let orders = exhaustively(|| {
            let budget = empty_at(0);
            let later = 9 * SECOND;
            assert_eq!(taken(&budget, &[later, later, later]), 1);
            assert_eq!(available(&budget, later), 4);
        });
        assert!(orders > 100, "{orders} orders");
    }

    #[test]
    fn threads_that_looked_at_the_clock_at_different_times_count_no_time_twice() {
        exhaustively(|| {
            let budget = empty_at(0);
            let (early, late) = (5 * SECOND, 11 * SECOND);
            assert_eq!(taken(&budget, &[early, late]), 2);
            // Where the late one comes first, the bucket was full a second ago.
            let left = available(&budget, late);
            assert!(left <= 1, "{left}");
        });
    }

    #[test]
    fn a_clock_that_goes_back_a_step_makes_no_tokens() {
        exhaustively(|| {
            let budget = empty_at(20 * SECOND);
            assert_eq!(taken(&budget, &[25 * SECOND, 19 * SECOND, 24 * SECOND]), 1);
            assert_eq!(available(&budget, 25 * SECOND), 0);
        });
    }

    #[test]
    fn a_success_that_meets_the_refill_fills_no_further_than_the_capacity() {
        exhaustively(|| {
            let budget = empty_at(0);
            let later = 9 * SECOND;
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let success = thread::spawn(move || succeed(&one, Some(5)));
            let retry = thread::spawn(move || take(&other, later).is_some());
            success.join().expect("no panic");
            assert!(retry.join().expect("no panic"), "9 tokens came back");
            let left = available(&budget, later);
            // Where the success came first, what was left of 5 came back; 10 is full.
            assert!(left == 5 || left == 9, "{left}");
            assert_eq!(available(&budget, 100 * SECOND), 10);
        });
    }

    #[test]
    fn many_calls_get_what_was_there_and_what_came_back() {
        at_random(ORDERS, || {
            let budget = bucket(12);
            let times = [0, 3, 7, 8, 11].map(|second| second * SECOND);
            let taken = 5 * taken(&budget, &times);
            assert!(taken <= 12 + 11, "{taken}");
            assert!(available(&budget, 11 * SECOND) <= 12 + 11 - taken);
        });
    }
}

mod ratio {
    use super::*;

    /// One slot of a window of a second.
    const SLOT: u64 = 100_000_000;

    /// The same slot, one window later.
    const LATER: u64 = 10 * SLOT;

    fn window(share: f64, floor: u32) -> Arc<Budget> {
        let budget = Budget::try_ratio(share, floor, Duration::from_secs(1));
        Arc::new(budget.expect("a valid budget"))
    }

    /// How many retries there still are at this time, taking them.
    fn rest(budget: &Budget, now: u64) -> u32 {
        let granted = (0..10).take_while(|_| take(budget, now).is_some()).count();
        u32::try_from(granted).expect("a small number")
    }

    #[test]
    fn two_threads_cannot_both_have_the_last_retry() {
        let orders = exhaustively(|| {
            let budget = window(0.0, 1);
            let granted = in_threads(2, &budget, |budget| take(budget, 0).is_some());
            // Who meets another may be refused in vain, but nothing is lost by it.
            assert_eq!(count(&granted) + rest(&budget, 0), 1);
        });
        assert!(orders > 100, "{orders} orders");
    }

    #[test]
    fn a_retry_that_meets_another_and_its_call_gets_no_more_than_the_share() {
        let orders = exhaustively(|| {
            let budget = window(0.5, 0);
            fail(&budget, 0);
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let call = thread::spawn(move || {
                fail(&one, 0);
                take(&one, 0).is_some()
            });
            let retry = thread::spawn(move || take(&other, 0).is_some());
            // Two calls, of which one may be retried.
            assert_eq!(count(&join(vec![call, retry])) + rest(&budget, 0), 1);
        });
        assert!(orders > 1000, "{orders} orders");
    }

    #[test]
    fn a_call_that_meets_a_retry_is_not_lost() {
        exhaustively(|| {
            let budget = window(1.0, 0);
            fail(&budget, 0);
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let call = thread::spawn(move || succeed(&one, None));
            let retry = thread::spawn(move || take(&other, 0).is_some());
            call.join().expect("no panic");
            let granted = retry.join().expect("no panic");
            assert!(granted, "one call was there before");
            assert_eq!(rest(&budget, 0), 1);
        });
    }

    /// One thread looked at the clock a whole window before the other, and both count in the same
    /// slot.
    #[test]
    fn a_late_thread_disturbs_no_window() {
        exhaustively(|| {
            let budget = window(0.0, 1);
            assert!(take(&budget, 0).is_some(), "the only retry of the first window");
            let (one, other) = (Arc::clone(&budget), Arc::clone(&budget));
            let late = thread::spawn(move || take(&one, 0).is_some());
            let current = thread::spawn(move || take(&other, LATER).is_some());
            let late = late.join().expect("no panic");
            let current = current.join().expect("no panic");
            let in_window = u32::from(current) + rest(&budget, LATER);
            // A late retry may count for the slot it found.
            assert!(in_window == 1 || late && in_window == 0, "{late}, {current}, {in_window}");
        });
    }

    #[test]
    fn three_threads_at_the_turn_of_a_slot_get_no_more_than_the_floor() {
        at_random(ORDERS, || {
            let budget = window(0.0, 2);
            assert!(take(&budget, 0).is_some());
            let start = |now| {
                let budget = Arc::clone(&budget);
                thread::spawn(move || take(&budget, now).is_some())
            };
            let granted = join([0, SLOT, SLOT].map(start).into());
            assert_eq!(count(&granted) + rest(&budget, SLOT), 1);
        });
    }

    #[test]
    fn many_calls_at_once_get_no_more_than_the_share() {
        at_random(ORDERS, || {
            let budget = window(0.5, 1);
            let granted = in_threads(5, &budget, |budget| {
                fail(budget, 0);
                let granted = take(budget, 0).is_some();
                succeed(budget, None);
                granted
            });
            // Ten calls, of which half may be retried, and one besides.
            assert_eq!(count(&granted) + rest(&budget, 0), 6);
        });
    }
}
