//! What a test can do to the retried calls inside a scope, and to no others.

use std::error::Error;
use std::io;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use retry_runtime::observe::EventKind;
use retry_runtime::testing::{FaultError, Scope};
use retry_runtime::{Budget, EndReason, ErrorCode, Retry, retry_on};
use retry_tests::{Busy, MS, Recorder, Service, block_on};
use tokio::time::{Instant, sleep};

#[retry_on(Busy, max = 4, budget = none, name = "shop::fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, max = 4, budget = none, name = "shop::fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

const BUSY: fn() -> Busy = || Busy { call: 0 };

mod a_function_is_named;
mod an_error_can_be_made_by_code;
mod an_error_that_is_made_can_be;
mod beside_a_paused_clock;
mod check;
mod events;
mod is_entered;
mod limits;
mod pauses;
mod some_attempts_fail;
mod the_next_attempts_fail;

/// Zero pauses are pauses, and let others have a turn.
#[tokio::test]
async fn a_pause_that_passes_at_once_lets_other_tasks_run() {
    let turns = Arc::new(AtomicU32::new(0));
    let other = Arc::clone(&turns);
    tokio::spawn(async move {
        loop {
            other.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    Scope::new().run(fetch(&Service::down())).await.unwrap_err();
    assert!(turns.load(Ordering::Relaxed) >= 3, "{turns:?}");
}
