//! Stops on threads that do other things too: threads that are unparked, threads of tests that follow
//! each other.

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use retry_runtime::testing::Scope;
use retry_runtime::{Policy, Retry, Stop, retry_on};

const POLICY: Policy = Policy::builder().max(2).delay(Duration::from_millis(1)).build();

#[retry_on(_, policy = &POLICY)]
fn fail(calls: &Cell<u32>) -> Result<(), &'static str> {
    calls.set(calls.get() + 1);
    Err("busy")
}

/// It may be meant for an executor, or for a channel, further out on the same thread.
#[test]
fn a_pause_inside_a_stop_leaves_an_unpark_to_whom_it_is_meant_for_plain() {
    let calls = Cell::new(0);
    thread::current().unpark();
    Stop::new().scope_blocking(|| fail(&calls)).unwrap_err();
    assert_eq!(calls.get(), 2);
    let start = Instant::now();
    thread::park_timeout(Duration::from_mins(1));
    assert!(start.elapsed() < Duration::from_secs(30), "the unpark was lost");
}

#[test]
fn an_unpark_shortens_no_pause_inside_a_stop_plain() {
    let calls = Cell::new(0);
    let start = Instant::now();
    thread::current().unpark();
    let exact = POLICY.to_builder().jitter(retry_runtime::Jitter::None).build();
    let call = || {
        Retry::new(&exact).run_blocking(|| -> Result<(), _> {
            calls.set(calls.get() + 1);
            Err("busy")
        })
    };
    Stop::new().scope_blocking(call).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(1));
    assert_eq!(calls.get(), 2);
}

/// Those of one process that request the global stop run one after the other.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    Stop::reset_global();
    alone
}

fn attempts() -> usize {
    let (scope, calls) = (Scope::new(), Cell::new(0));
    scope.run_blocking(|| fail(&calls)).unwrap_err();
    scope.events().len()
}

mod the_global_stop {
    use super::*;

    #[test]
    fn can_be_taken_back_plain() {
        let _alone = alone();
        assert_eq!(attempts(), 2);
        Stop::global().request();
        assert_eq!(attempts(), 1);
        Stop::reset_global();
        assert!(!Stop::global().is_requested());
        assert_eq!(attempts(), 2);
    }

    #[test]
    fn can_be_requested_again_by_a_handle_of_before_plain() {
        let _alone = alone();
        let stop = Stop::global();
        stop.request();
        Stop::reset_global();
        stop.request();
        assert_eq!(attempts(), 1);
        Stop::reset_global();
    }

    #[test]
    fn that_was_taken_back_lets_calls_retry() {
        #[retry_on(_, max = 2, delay = "1h", max_delay = "1h", jitter = none)]
        async fn fetch(calls: &Cell<u32>) -> Result<(), &'static str> {
            calls.set(calls.get() + 1);
            Err("busy")
        }

        let (_alone, calls) = (alone(), Cell::new(0));
        Stop::global().request();
        Stop::reset_global();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let took = runtime.expect("a runtime").block_on(async {
            let start = tokio::time::Instant::now();
            fetch(&calls).await.unwrap_err();
            start.elapsed()
        });
        assert_eq!((calls.get(), took), (2, Duration::from_hours(1)));
    }
}

/// A scope owns its stop.
#[tokio::test(start_paused = true)]
async fn a_scope_outlives_the_stop_that_made_it() {
    #[retry_on(_, max = 2, delay = "1h", max_delay = "1h", jitter = none)]
    async fn fetch() -> Result<(), &'static str> {
        Err("busy")
    }

    let stop = Stop::new();
    let (first, second) = {
        let stop = stop.clone();
        (tokio::spawn(stop.scope(fetch())), tokio::spawn(stop.scope(fetch())))
    };
    let start = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.request();
    assert_eq!(first.await.expect("no panic"), Err("busy"));
    assert_eq!(second.await.expect("no panic"), Err("busy"));
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}
