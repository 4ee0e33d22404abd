//! A graceful end: what runs may finish, and nothing starts again.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant as RealInstant};

use retry_runtime::testing::Scope;
use retry_runtime::{EndReason, Policy, Retry, Stop, retry_on};
use retry_tests::{Busy, MS, Recorder, Service, block_on};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = none, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = none, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

fn requested() -> Stop {
    let stop = Stop::new();
    stop.request();
    stop
}

/// Requests it after this long.
async fn request_after(stop: &Stop, pause: Duration) {
    sleep(pause).await;
    stop.request();
}

mod a_cancellation_token;
mod a_scope;
mod a_stop;
mod an_error_that_cannot_be_kept;
mod of_several_scopes_around_a_call;
mod requested_early;
mod requested_in_a_pause;
