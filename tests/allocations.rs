//! What a call allocates. A binary of its own, because it counts with a global allocator.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::{AllocationInfo, measure};
use retry_runtime::retry_on;
use tokio::runtime::{Builder, Runtime};

/// Allocates nothing itself.
#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Busy;

fn call(left: &mut u32) -> Result<u32, Busy> {
    match left.checked_sub(1) {
        None => Ok(black_box(42)),
        Some(fewer) => {
            *left = fewer;
            Err(Busy)
        }
    }
}

#[retry_on(Busy, max = 5, delay = "0ms")]
fn plain(left: &mut u32) -> Result<u32, Busy> {
    call(left)
}

#[retry_on(Busy, max = 5, delay = "100ms")]
async fn asynchronous(left: &mut u32) -> Result<u32, Busy> {
    call(left)
}

/// The second time, so that what a thread or the first call of a function sets up does not count.
fn second_time(mut run: impl FnMut()) -> AllocationInfo {
    run();
    measure(run)
}

fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

#[test]
fn allocations_are_counted() {
    let boxed = measure(|| drop(black_box(Box::new(42))));
    assert_eq!((boxed.count_total, boxed.count_current), (1, 0));
}

#[test]
fn success_allocates_nothing() {
    let success = second_time(|| {
        let mut failures = black_box(0);
        let future = pin!(asynchronous(&mut failures));
        let answer = future.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(answer, Poll::Ready(Ok(42))));
    });
    assert_eq!(success.count_total, 0);
}

#[test]
fn success_allocates_nothing_plain() {
    let success = second_time(|| assert!(matches!(plain(black_box(&mut 0)), Ok(42))));
    assert_eq!(success.count_total, 0);
}

/// There is no subscriber here, so no spans are made.
#[test]
fn spans_that_nobody_wants_allocate_nothing() {
    #[retry_on(Busy, span = true)]
    async fn spanned(left: &mut u32) -> Result<u32, Busy> {
        call(left)
    }

    let success = second_time(|| {
        let mut failures = black_box(0);
        let future = pin!(spanned(&mut failures));
        let answer = future.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(answer, Poll::Ready(Ok(42))));
    });
    assert_eq!(success.count_total, 0);
}

#[test]
fn spans_that_nobody_wants_allocate_nothing_plain() {
    #[retry_on(Busy, max = 5, delay = "0ms", span = true)]
    fn spanned(left: &mut u32) -> Result<u32, Busy> {
        call(left)
    }

    for failures in 0..=5 {
        let call = second_time(|| drop(spanned(&mut failures.clone())));
        assert_eq!(call.count_total, 0, "{failures} failures");
    }
}

/// The state of a failing call, and a timer for each pause.
#[test]
fn pauses_allocate_little_and_keep_nothing() {
    let runtime = paused();
    for pauses in 1..=4 {
        let call = second_time(|| drop(runtime.block_on(asynchronous(&mut pauses.clone()))));
        // The call's state, and a timer for each pause.
        let most = 1 + u64::from(pauses);
        assert!(call.count_total <= most, "{} for {pauses} pauses", call.count_total);
        assert_eq!(call.count_current, 0, "{pauses} pauses: something is kept");
    }
}

#[test]
fn failures_allocate_nothing_plain() {
    for failures in 1..=5 {
        let call = second_time(|| drop(plain(&mut failures.clone())));
        assert_eq!(call.count_total, 0, "{failures} failures");
    }
}

/// There is no pause, so nothing is kept for one.
#[test]
fn an_error_that_is_not_repeated_allocates_nothing() {
    #[retry_on(std::fmt::Error)]
    async fn not_selected() -> Result<(), Busy> {
        Err(Busy)
    }

    let runtime = paused();
    let call = second_time(|| drop(runtime.block_on(not_selected())));
    assert_eq!(call.count_total, 0);
}
