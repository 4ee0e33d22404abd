//! The end of a whole process. A binary of its own, because a stop of everything is permanent.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use retry_runtime::testing::Scope;
use retry_runtime::{EndReason, Stop, retry_on};

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("busy, call {0}")]
struct Busy(u32);

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = none)]
async fn fetch(calls: &AtomicU32) -> Result<(), Busy> {
    Err(Busy(calls.fetch_add(1, Ordering::SeqCst) + 1))
}

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = none)]
fn fetch_plain(calls: &AtomicU32) -> Result<(), Busy> {
    Err(Busy(calls.fetch_add(1, Ordering::SeqCst) + 1))
}

/// What became of the calls that were pausing when the stop was requested.
struct Outcome {
    was_requested_before: bool,
    /// Of two plain functions, of an async one on tokio, of an async one without a timer.
    ended: Vec<Result<(), Busy>>,
    took: Duration,
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

/// Runs once, whichever test comes first.
fn outcome() -> &'static Outcome {
    static OUTCOME: OnceLock<Outcome> = OnceLock::new();
    OUTCOME.get_or_init(|| {
        let stop = Stop::global();
        let was_requested_before = stop.is_requested();
        let calls = [const { AtomicU32::new(0) }; 3];
        let start = Instant::now();
        let ended = thread::scope(|scope| {
            let threads = [
                scope.spawn(|| fetch_plain(&calls[0])),
                scope.spawn(|| Stop::new().scope_blocking(|| fetch_plain(&calls[1]))),
                scope.spawn(|| block_on(fetch(&calls[2]))),
            ];
            while calls.iter().any(|calls| calls.load(Ordering::SeqCst) == 0) {
                thread::yield_now();
            }
            // Their pauses have begun by then.
            thread::sleep(Duration::from_millis(10));
            Stop::global().request();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        Outcome { was_requested_before, ended, took: start.elapsed() }
    })
}

#[test]
fn nothing_is_stopped_from_the_start() {
    assert!(!outcome().was_requested_before);
}

#[test]
fn all_pauses_end_at_once_and_the_last_errors_come_back() {
    assert_eq!(outcome().ended, [Err(Busy(1)), Err(Busy(1)), Err(Busy(1))]);
    assert!(outcome().took < Duration::from_mins(1), "{:?}", outcome().took);
}

#[test]
fn every_handle_is_the_same_stop() {
    outcome();
    assert!(Stop::global().is_requested());
}

#[test]
fn no_call_retries_after_that() {
    outcome();
    assert_eq!(block_on(fetch(&AtomicU32::new(0))), Err(Busy(1)));
}

#[test]
fn no_call_retries_after_that_plain() {
    outcome();
    assert_eq!(fetch_plain(&AtomicU32::new(0)), Err(Busy(1)));
}

#[test]
fn first_attempts_are_made_after_that_plain() {
    #[retry_on(Busy)]
    fn succeed() -> Result<u32, Busy> {
        Ok(7)
    }

    outcome();
    assert_eq!(succeed(), Ok(7));
}

#[test]
fn the_reason_is_stopped_plain() {
    outcome();
    let scope = Scope::new();
    scope.run_blocking(|| fetch_plain(&AtomicU32::new(0))).unwrap_err();
    assert_eq!(scope.events()[0].reason(), Some(EndReason::Stopped));
}

#[test]
fn tasks_and_threads_that_start_later_are_reached_too() {
    outcome();
    let task = block_on(async { tokio::spawn(async { fetch(&AtomicU32::new(0)).await }).await });
    assert_eq!(task.unwrap(), Err(Busy(1)));
    let thread = thread::spawn(|| fetch_plain(&AtomicU32::new(0)));
    assert_eq!(thread.join().unwrap(), Err(Busy(1)));
}

/// A stop of one's own is another one.
#[test]
fn stops_of_scopes_are_not_requested_by_it() {
    outcome();
    assert!(!Stop::new().is_requested());
}
