//! Retries are a share of the calls.

use super::*;

const WINDOW: Duration = Duration::from_secs(10);

#[retry_on(Busy, max = 9, delay = "1ms", budget = budget)]
fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, max = 9, delay = "1ms", budget = budget)]
async fn fetch_async(service: &Service, budget: &Budget) -> Result<u32, Busy> {
    service.call()
}

#[test]
fn grants_retries_for_a_share_of_the_calls_and_no_more_plain() {
    let (_clock, budget) = (Scope::new().enter(), Budget::try_ratio(0.2, 0, WINDOW).unwrap());
    for _ in 0..9 {
        fetch(&Service::failing(0), &budget).unwrap();
    }
    assert_eq!(budget.available(), 1);
    // This is the tenth.
    assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 3 }));
    assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 1 }));
}

#[tokio::test(start_paused = true)]
async fn grants_retries_for_a_share_of_the_calls_and_no_more() {
    let budget = Budget::try_ratio(0.2, 0, WINDOW).unwrap();
    for _ in 0..9 {
        fetch_async(&Service::failing(0), &budget).await.unwrap();
    }
    assert_eq!(fetch_async(&Service::down(), &budget).await, Err(Busy { call: 3 }));
    assert_eq!(fetch_async(&Service::down(), &budget).await, Err(Busy { call: 1 }));
}

#[test]
fn grants_some_however_few_calls_there_are_plain() {
    let (_clock, budget) = (Scope::new().enter(), Budget::ratio(0.2, 10, Duration::from_secs(10)));
    assert_eq!(budget.available(), 100);
    assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 9 }));
    assert_eq!(budget.available(), 100 - 8);
}

#[test]
fn forgets_what_is_longer_ago_than_its_window_plain() {
    let (clock, budget) = (Scope::new().enter(), Budget::try_ratio(1.0, 0, WINDOW).unwrap());
    for _ in 0..5 {
        fetch(&Service::failing(0), &budget).unwrap();
    }
    assert_eq!(budget.available(), 5);
    clock.advance(2 * WINDOW);
    assert_eq!(budget.available(), 0);
}

#[test]
fn takes_nothing_back_for_a_success_plain() {
    let (_clock, budget) = (Scope::new().enter(), Budget::ratio(0.2, 10, Duration::from_secs(10)));
    fetch(&Service::failing(8), &budget).unwrap();
    assert_eq!(budget.available(), 100 - 8);
}
