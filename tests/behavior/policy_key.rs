//! Policies that functions share, and values that are known at run time only.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use retry_runtime::testing::Scope;
use retry_runtime::{Backoff, Budget, Jitter, OnGiveUp, Policy, PolicyError, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};
use tokio::time::Instant;

use crate::built;

/// Four attempts, with pauses of 10, 20 and 40 ms.
const CONSTANT: Policy =
    built(Policy::builder().max(4).delay(Duration::from_millis(10)).jitter(Jitter::None));

static STATIC: Policy = CONSTANT;

const PAUSES: [Duration; 3] =
    [Duration::from_millis(10), Duration::from_millis(20), Duration::from_millis(40)];

/// What a function with values of run time returns.
#[derive(Debug, PartialEq, thiserror::Error)]
enum FetchError {
    #[error("{0}")]
    Busy(#[from] Busy),
    #[error("{0}")]
    Policy(#[from] PolicyError),
}

fn busy(call: u32) -> FetchError {
    Busy { call }.into()
}

/// The pauses of a plain function that fails as often as it may.
fn pauses<E>(call: impl FnOnce(&Service) -> Result<u32, E>) -> Vec<Duration> {
    let clock = Scope::new().enter();
    assert!(call(&Service::down()).is_err());
    clock.pauses()
}

mod a_policy_can_be;
mod a_value_of_run_time;
mod inside_a_policy;
mod keys_beside_a_policy_override_it;
mod values_are_evaluated;
mod what_is_impossible_at_run_time;

#[test]
fn a_hook_is_told_the_max_of_the_call_plain() {
    #[retry_on(Busy, max = max, on_give_up = |gave_up: &OnGiveUp<'_, FetchError>| seen.set(gave_up.max()))]
    fn fetch(service: &Service, max: u32, seen: &Cell<Option<u32>>) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let (_clock, seen) = (Scope::new().enter(), Cell::new(None));
    fetch(&Service::down(), 5, &seen).unwrap_err();
    assert_eq!(seen.get(), Some(5));
}
