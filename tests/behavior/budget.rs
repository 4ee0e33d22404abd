//! What many failing calls share, so that retries never become the load that keeps a service down.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};

mod a_lone_call;
mod calls_at_once;
mod for_each_host;
mod is_not_asked;
mod of_its_own;
mod ratio;
mod refill;
mod success;
mod that_is_empty;
mod that_is_shared;
mod the_examples_of_the_documentation;
mod what_a_pause_took;

/// How many retries a full budget of its own pays for.
const RETRIES: u32 = 500 / 5;

#[tokio::test(start_paused = true)]
async fn without_one_every_call_has_all_its_attempts() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    for _ in 0..1000 {
        fetch(&service).await.unwrap_err();
    }
    assert_eq!(service.calls(), 3000);
}

#[test]
fn without_one_every_call_has_all_its_attempts_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    for _ in 0..1000 {
        fetch(&service).unwrap_err();
    }
    assert_eq!(service.calls(), 3000);
}

/// A pause is paid for before it begins, so that a thousand callers do not wait for one token.
#[tokio::test(start_paused = true)]
async fn is_paid_before_the_pause() {
    #[retry_on(Busy, jitter = none, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (service, budget) = (Service::down(), Budget::new());
    let mut call = pin!(fetch(&service, &budget));
    tokio::time::timeout(50 * MS, call.as_mut()).await.unwrap_err();
    assert_eq!(budget.available(), 495);
}
