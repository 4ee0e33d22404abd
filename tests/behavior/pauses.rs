//! How long the pauses are. What plain functions wait is read from the manual clock, which is
//! exact to the nanosecond; async ones go through the same state machine, and one test says so.

use std::thread;
use std::time::Duration;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, block_on};

const ERROR: Busy = Busy { call: 1 };

/// What a function that always fails waits, in one call.
fn pauses(function: fn() -> Result<(), Busy>) -> Vec<Duration> {
    let clock = Scope::new().enter();
    function().unwrap_err();
    clock.pauses()
}

fn millis(function: fn() -> Result<(), Busy>) -> Vec<u128> {
    let pauses = pauses(function);
    assert!(pauses.iter().all(|pause| pause.subsec_nanos() % 1_000_000 == 0), "{pauses:?}");
    pauses.iter().map(Duration::as_millis).collect()
}

#[test]
fn doubles_exactly() {
    #[retry_on(Busy, max = 4, jitter = none)]
    fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    assert_eq!(millis(fetch), [100, 200, 400]);
}

#[test]
fn async_functions_pause_like_plain_ones() {
    #[retry_on(Busy, max = 4, jitter = none)]
    async fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    assert_eq!(millis(|| block_on(fetch())), [100, 200, 400]);
}

#[test]
fn factor_one_keeps_the_delay() {
    #[retry_on(Busy, max = 5, delay = "30ms", factor = 1, jitter = none)]
    fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    assert_eq!(millis(fetch), [30, 30, 30, 30]);
}

#[test]
fn grows_by_a_fraction() {
    #[retry_on(Busy, max = 5, delay = "200ms", factor = 1.5, jitter = none)]
    fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    assert_eq!(millis(fetch), [200, 300, 450, 675]);
}

#[test]
fn no_delay_is_longer_than_the_cap() {
    #[retry_on(Busy, max = 6, max_delay = "250ms", jitter = none)]
    fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    assert_eq!(millis(fetch), [100, 200, 250, 250, 250]);
}

/// Where others overflow: doubling 70 times is far beyond what a `u64` of nanoseconds can hold.
#[test]
fn the_cap_is_twenty_seconds_and_holds_for_any_number_of_retries() {
    #[retry_on(Busy, max = 1100, jitter = none, budget = none)]
    fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    let pauses = millis(fetch);
    assert_eq!(pauses[..8], [100, 200, 400, 800, 1600, 3200, 6400, 12_800]);
    assert_eq!(pauses.len(), 1099);
    assert!(pauses[8..].iter().all(|pause| *pause == 20_000));
}

mod jitter {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    /// Of a doubling first delay of 100 ms, capped.
    const DELAYS: [Duration; 5] = [MS.saturating_mul(100), MS.saturating_mul(200), CAP, CAP, CAP];
    const CAP: Duration = Duration::from_millis(250);
    const MANY: usize = 300;

    #[retry_on(Busy, max = 6, max_delay = "250ms", budget = none)]
    fn full() -> Result<(), Busy> {
        Err(ERROR)
    }

    #[retry_on(Busy, max = 6, max_delay = "250ms", jitter = equal, budget = none)]
    fn equal() -> Result<(), Busy> {
        Err(ERROR)
    }

    #[retry_on(Busy, max = 6, max_delay = "2s", jitter = decorrelated, budget = none)]
    fn decorrelated() -> Result<(), Busy> {
        Err(ERROR)
    }

    fn of_many_calls(function: fn() -> Result<(), Busy>) -> Vec<Vec<Duration>> {
        (0..MANY).map(|_| pauses(function)).collect()
    }

    /// The shortest and the longest pause before a retry, over many calls.
    fn extremes(calls: &[Vec<Duration>], retry: usize) -> (Duration, Duration) {
        let pauses = || calls.iter().map(|pauses| pauses[retry]);
        (pauses().min().unwrap(), pauses().max().unwrap())
    }

    /// Nor is the spread lost at the cap.
    #[test]
    fn full_is_the_default_and_spreads_from_nothing_to_the_delay() {
        let calls = of_many_calls(full);
        for (retry, delay) in DELAYS.into_iter().enumerate() {
            let (shortest, longest) = extremes(&calls, retry);
            assert!(shortest < delay / 10, "retry {retry}: {shortest:?}");
            assert!(longest > delay * 9 / 10 && longest <= delay, "retry {retry}: {longest:?}");
        }
    }

    #[test]
    fn equal_spreads_from_half_the_delay_to_the_delay() {
        let calls = of_many_calls(equal);
        for (retry, delay) in DELAYS.into_iter().enumerate() {
            let (shortest, longest) = extremes(&calls, retry);
            assert!(shortest >= delay / 2 && shortest < delay * 6 / 10, "retry {retry}");
            assert!(longest > delay * 9 / 10 && longest <= delay, "retry {retry}: {longest:?}");
        }
    }

    #[test]
    fn decorrelated_spreads_from_the_first_delay_to_three_times_the_pause_before() {
        let (first, cap) = (100 * MS, 2000 * MS);
        let mut widest = [Duration::ZERO; 5];
        for pauses in of_many_calls(decorrelated) {
            let mut before = first;
            for (pause, widest) in pauses.into_iter().zip(&mut widest) {
                assert!(pause >= first && pause <= cap.min(before * 3), "{pause:?}, {before:?}");
                *widest = pause.max(*widest);
                before = pause;
            }
        }
        assert!(widest[0] > first * 5 / 2, "{widest:?}");
        assert!(widest[1] > first * 4 && widest[4] > cap * 7 / 10, "{widest:?}");
    }

    #[test]
    fn two_calls_never_share_a_sequence() {
        let mut calls = of_many_calls(full);
        calls.sort();
        calls.dedup();
        assert_eq!(calls.len(), MANY);
    }

    #[test]
    fn two_threads_never_share_a_sequence() {
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(|| pauses(full))).collect();
        let mut sequences: Vec<_> =
            threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        sequences.sort();
        sequences.dedup();
        assert_eq!(sequences.len(), 8);
    }

    /// The library's generator is its own.
    #[test]
    fn a_program_that_seeds_its_random_numbers_neither_sees_nor_sets_the_pauses() {
        let seeded = || {
            fastrand::seed(7);
            (pauses(full), fastrand::u64(..))
        };
        let (first, second) = (seeded(), seeded());
        assert_ne!(first.0, second.0);
        assert_eq!(first.1, second.1);
    }
}
