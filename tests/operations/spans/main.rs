//! Spans, as OpenTelemetry gets them: one for each call, and in it one for each attempt.

use std::future::pending;
use std::io;
use std::time::Duration;

use retry_runtime::observe::{Event, Observer};
use retry_runtime::testing::Scope;
use retry_runtime::{
    Jitter, OnGiveUp, OnRetry, Policy, Retry, Stop, TimedOut, retry, retry_blocking, retry_on,
};
use retry_tests::{Busy, MS, Service};
use retry_tests_operations::Trace;
use tokio::task::yield_now;
use tracing::instrument::WithSubscriber;
use tracing::{info, info_span};

#[retry_on(Busy, jitter = none, span = true, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, span = true, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[derive(Debug, thiserror::Error)]
#[error("too late")]
struct TooLate(#[from] TimedOut);

/// Says so when it is dropped.
struct Says(&'static str);

impl Drop for Says {
    fn drop(&mut self) {
        info!("{}", self.0);
    }
}

mod a_call;
mod a_closure;
mod a_policy;
mod an_end;
mod the_body;
mod the_pause;
mod together_with;
