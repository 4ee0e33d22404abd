//! It is asked last, so that no token is spent on a retry that is not made.

use super::*;

#[test]
fn where_max_ends_the_call_plain() {
    #[retry_on(Busy, max = 2, budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
    fetch(&Service::down(), &budget).unwrap_err();
    assert_eq!(budget.available(), 495);
}

#[test]
fn where_no_selector_matches_plain() {
    #[retry_on(Busy { call: 1 }, budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
    assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
    assert_eq!(budget.available(), 495);
}

#[test]
fn where_the_deadline_ends_the_call_plain() {
    #[retry_on(Busy, jitter = none, deadline = "101ms", budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
    assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
    assert_eq!(budget.available(), 495);
}

#[test]
fn where_a_stop_was_requested_plain() {
    #[retry_on(Busy, budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (stop, budget) = (retry_runtime::Stop::new(), Budget::standard_2_0());
    stop.request();
    stop.scope_blocking(|| fetch(&Service::down(), &budget)).unwrap_err();
    assert_eq!(budget.available(), 500);
}
