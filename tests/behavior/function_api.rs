//! Closures in place of functions.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{
    Budget, EndReason, ErrorCode, Jitter, OnGiveUp, OnRetry, Policy, Retry, TimedOut, retry,
    retry_blocking,
};
use retry_tests::{Busy, LogEvent, MS, Recorder, Service, block_on};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

use crate::built;

/// Four attempts, with pauses of 100, 200 and 400 ms.
const POLICY: Policy = built(Policy::builder().max(4).jitter(Jitter::None).without_budget());

mod a_hint;
mod a_plain_closure;
mod a_timeout;
mod an_async_closure;
mod an_own_timer;
mod events;
mod hooks;
mod in_a_scope_of_a_test;
mod selects;
mod the_budget_of_a_place;
mod the_policy;
mod the_site;
mod what_a_retry_is_made_of;

#[test]
fn codes_make_throttling_the_cheaper_error_plain() {
    #[derive(Debug, thiserror::Error)]
    #[error("rejected")]
    struct Rejected;

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("SlowDown")
        }
    }

    let (_clock, budget) = (Scope::new().enter(), Budget::standard());
    let call = Retry::new(&POLICY).budget(&budget);
    call.clone().run_blocking(|| Err::<(), _>(Rejected)).unwrap_err();
    assert_eq!(budget.available(), 500 - 3 * 14);
    call.error_codes().run_blocking(|| Err::<(), _>(Rejected)).unwrap_err();
    assert_eq!(budget.available(), 500 - 3 * 14 - 3 * 5);
}

/// A pause that passes at once still lets others have a turn.
#[tokio::test]
async fn a_pause_of_no_length_lets_other_tasks_run() {
    const IMMEDIATE: Policy = built(Policy::builder().max(5).delay(Duration::ZERO));
    let turns = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let other = Arc::clone(&turns);
    tokio::spawn(async move {
        loop {
            other.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            yield_now().await;
        }
    });
    let (service, mut seen) = (Service::failing(4), HashSet::new());
    let call = Retry::new(&IMMEDIATE).run_lending(async || {
        seen.insert(turns.load(std::sync::atomic::Ordering::Relaxed));
        service.call()
    });
    assert_eq!(call.await, Ok(5));
    assert_eq!(seen.len(), 5, "no progress between attempts");
}

#[test]
fn a_closure_can_call_an_annotated_function_plain() {
    #[retry_runtime::retry_on(Busy, max = 2, delay = "0ms", nested = "allow")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (service, _clock, calls) = (Service::down(), Scope::new().enter(), Cell::new(0));
    let call = retry_blocking(&POLICY, || {
        calls.set(calls.get() + 1);
        fetch(&service)
    });
    assert_eq!((call, calls.get()), (Err(Busy { call: 8 }), 4));
}
