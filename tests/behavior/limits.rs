//! How many calls, how long they take together, and what comes back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, Service};
use tokio::time::Instant;

#[retry_on(Busy, max = 3, jitter = none)]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, max = 3, jitter = none)]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

fn millis(pauses: &[Duration]) -> Vec<u128> {
    pauses.iter().map(Duration::as_millis).collect()
}

#[tokio::test(start_paused = true)]
async fn max_counts_calls_and_the_last_error_comes_back() {
    let service = Service::down();
    assert_eq!(fetch(&service).await, Err(Busy { call: 3 }));
    assert_eq!(service.calls(), 3);
}

#[test]
fn max_counts_calls_and_the_last_error_comes_back_plain() {
    let _clock = Scope::new().enter();
    let service = Service::down();
    assert_eq!(fetch_plain(&service), Err(Busy { call: 3 }));
    assert_eq!(service.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_waited_for_after_the_last_call() {
    let start = Instant::now();
    fetch(&Service::down()).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_millis(100 + 200));
}

#[test]
fn nothing_is_waited_for_after_the_last_call_plain() {
    let clock = Scope::new().enter();
    fetch_plain(&Service::down()).unwrap_err();
    assert_eq!(millis(&clock.pauses()), [100, 200]);
}

#[tokio::test(start_paused = true)]
async fn the_first_success_ends_the_call() {
    for (failures, waited) in [(0, 0), (1, 100), (2, 300)] {
        let service = Service::failing(failures);
        let start = Instant::now();
        assert_eq!(fetch(&service).await, Ok(failures + 1));
        assert_eq!(service.calls(), failures + 1);
        assert_eq!(start.elapsed(), Duration::from_millis(waited));
    }
}

#[test]
fn the_first_success_ends_the_call_plain() {
    for (failures, pauses) in [(0, &[][..]), (1, &[100]), (2, &[100, 200])] {
        let clock = Scope::new().enter();
        let service = Service::failing(failures);
        assert_eq!(fetch_plain(&service), Ok(failures + 1));
        assert_eq!(service.calls(), failures + 1);
        assert_eq!(millis(&clock.pauses()), pauses);
    }
}

#[tokio::test(start_paused = true)]
async fn three_calls_unless_told_otherwise() {
    #[retry_on(Busy)]
    async fn by_default(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 1)]
    async fn once(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 70)]
    async fn patient(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    assert_eq!(by_default(&service).await, Err(Busy { call: 3 }));

    let (service, start) = (Service::down(), Instant::now());
    assert_eq!(once(&service).await, Err(Busy { call: 1 }));
    assert_eq!(start.elapsed(), Duration::ZERO);

    let service = Service::down();
    assert_eq!(patient(&service).await, Err(Busy { call: 70 }));
}

/// Not a copy, not a box of the library's: the value that the body made.
#[test]
fn the_error_is_the_very_value_that_the_body_made() {
    #[retry_on(Busy, max = 3)]
    fn fetch(service: &Service, made: &Mutex<Vec<Arc<Busy>>>) -> Result<u32, Arc<Busy>> {
        service.call().map_err(|busy| {
            let error = Arc::new(busy);
            made.lock().unwrap().push(Arc::clone(&error));
            error
        })
    }

    let _clock = Scope::new().enter();
    let made = Mutex::default();
    let error = fetch(&Service::down(), &made).unwrap_err();
    let made = made.into_inner().unwrap();
    assert!(Arc::ptr_eq(&error, &made[2]));
    assert_eq!(made.iter().map(Arc::strong_count).collect::<Vec<_>>(), [1, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn each_call_has_all_its_attempts() {
    let service = Service::down();
    fetch(&service).await.unwrap_err();
    fetch(&service).await.unwrap_err();
    assert_eq!(service.calls(), 6);
}
