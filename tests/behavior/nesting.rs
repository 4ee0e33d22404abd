//! Retries inside retries, whose attempts multiply: they are noticed, and can be made not to.

use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use retry_runtime::testing::Scope;
use retry_runtime::{
    Budget, EndReason, NestedRetries, OnGiveUp, Policy, PolicyError, Stop, retry_on,
};
use retry_tests::{Busy, LogEvent, MS, Recorder, Service, block_on};
use tokio::task::{JoinSet, LocalSet, yield_now};
use tokio::time::sleep;
use tracing::Level;

/// What was said of retries inside retries, as only such events name an inner site.
fn notices(recorder: &Recorder) -> Vec<LogEvent> {
    recorder.events().into_iter().filter(|event| event.field("inner").is_some()).collect()
}

/// The level, the outer site and the inner one.
fn pairs(recorder: &Recorder) -> Vec<(Level, String, String)> {
    let field = |event: &LogEvent, name| event.field(name).unwrap().to_owned();
    let pair = |event: &LogEvent| (event.level, field(event, "site"), field(event, "inner"));
    notices(recorder).iter().map(pair).collect()
}

/// The pairs that a WARN names, in no particular order.
fn warnings(recorder: &Recorder) -> Vec<(String, String)> {
    let mut warnings: Vec<_> = pairs(recorder)
        .into_iter()
        .filter(|(level, ..)| *level == Level::WARN)
        .map(|(_, outer, inner)| (outer, inner))
        .collect();
    warnings.sort();
    warnings
}

fn pair(outer: &str, inner: &str) -> (String, String) {
    (outer.to_owned(), inner.to_owned())
}

/// A function for each test, because there is one warning for each pair.
macro_rules! inner {
    () => {
        #[retry_on(Busy, delay = "0ms", budget = none, name = "inner")]
        fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    };
    (async) => {
        #[retry_on(Busy, delay = "0ms", budget = none, name = "inner")]
        async fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    };
}

mod are_not_noticed;
mod are_noticed;
mod only_the_inner_one_retries;
mod the_notice;

/// A policy of run time decides for each call.
#[test]
fn the_default_is_to_warn_plain() {
    assert_eq!(Policy::DEFAULT.nested(), NestedRetries::Warn);
    assert_eq!(NestedRetries::default(), NestedRetries::Warn);
}

/// Without an attempt, nothing was given up.
#[test]
fn values_that_are_refused_inside_are_no_giving_up_plain() {
    #[retry_on(_, max = max)]
    fn inner(max: u32) -> Result<u32, PolicyError> {
        Ok(max)
    }

    #[retry_on(_, delay = "0ms", nested = "inner", on_give_up = |end: &OnGiveUp<'_, PolicyError>| reason.set(Some(end.reason())))]
    fn outer(calls: &Cell<u32>, reason: &Cell<Option<EndReason>>) -> Result<u32, PolicyError> {
        calls.set(calls.get() + 1);
        inner(0)
    }

    let (calls, reason) = (Cell::new(0), Cell::new(None));
    outer(&calls, &reason).unwrap_err();
    assert_eq!((calls.get(), reason.get()), (3, Some(EndReason::MaxAttempts)));
}

/// Whether a runtime is entered does not matter, as long as it is the same task.
#[tokio::test(start_paused = true)]
async fn a_blocking_call_in_a_blocking_thread_is_nested_in_what_runs_there() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let call = tokio::task::spawn_blocking(|| outer(&Service::down())).await.unwrap();
    assert_eq!(call, Err(Busy { call: 3 }));
    let caught = catch_unwind(AssertUnwindSafe(|| outer(&Service::down())));
    assert_eq!(caught.unwrap(), Err(Busy { call: 3 }));
}
