//! No retry was made, so nothing is lost.

use std::rc::Rc;

use retry_runtime::{Jitter, Policy, Retry, Stop};

use super::*;

fn own(name: &str) -> String {
    let sites = retry_runtime::sites();
    sites.get(name).unwrap().budget().to_string()
}

const FULL: &str = "500 of 500";

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = budget)]
async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
    service.call()
}

#[tokio::test(start_paused = true)]
async fn comes_back_where_the_future_is_dropped_in_it() {
    for budget in [Budget::new(), Budget::standard(), Budget::ratio(0.0, 1, 60 * 1000 * MS)] {
        let before = budget.available();
        let service = Service::down();
        let call = fetch(&service, &budget);
        tokio::time::timeout(50 * MS, call).await.unwrap_err();
        assert_eq!((service.calls(), budget.available()), (1, before));
    }
}

#[tokio::test(start_paused = true)]
async fn comes_back_to_the_own_budget_of_the_function_too() {
    #[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, name = "dropped in a pause")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    for _ in 0..1000 {
        tokio::time::timeout(MS, fetch(&service)).await.unwrap_err();
    }
    assert_eq!(own("dropped in a pause"), FULL);
}

#[tokio::test(start_paused = true)]
async fn comes_back_with_a_timer_of_the_users_own_and_an_error_that_cannot_be_sent() {
    #[retry_on(_, delay = "1h", max_delay = "1h", jitter = none, budget = budget,
        sleep = tokio::time::sleep)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Rc<Busy>> {
        service.call().map_err(Rc::new)
    }

    let (service, budget) = (Service::down(), Budget::new());
    tokio::time::timeout(MS, fetch(&service, &budget)).await.unwrap_err();
    assert_eq!((service.calls(), budget.available()), (1, 500));
}

#[tokio::test(start_paused = true)]
async fn comes_back_where_a_closure_is_retried() {
    let (service, budget) = (Service::down(), Budget::new());
    let policy = Policy::builder().delay(1000 * MS).jitter(Jitter::None).build();
    let call = Retry::new(&policy).budget(&budget).run(async || service.call());
    tokio::time::timeout(MS, call).await.unwrap_err();
    assert_eq!((service.calls(), budget.available()), (1, 500));
}

#[tokio::test(start_paused = true)]
async fn is_gone_where_the_future_is_dropped_in_the_attempt_after_it() {
    #[retry_on(Busy, delay = "10ms", jitter = none, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        if service.calls() == 1 {
            std::future::pending::<()>().await;
        }
        service.call()
    }

    let (service, budget) = (Service::down(), Budget::new());
    tokio::time::timeout(50 * MS, fetch(&service, &budget)).await.unwrap_err();
    assert_eq!((service.calls(), budget.available()), (1, 495));
}

#[tokio::test(start_paused = true)]
async fn is_gone_where_the_attempt_after_it_is_made() {
    #[retry_on(Busy, max = 4, delay = "10ms", jitter = none, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let budget = Budget::new();
    fetch(&Service::down(), &budget).await.unwrap_err();
    assert_eq!(budget.available(), 485);
    fetch(&Service::failing(3), &budget).await.unwrap();
    assert_eq!(budget.available(), 475, "the last retry gave back what it took");
}

#[tokio::test(start_paused = true)]
async fn comes_back_where_a_stop_ends_it() {
    let (stop, service, budget) = (Stop::new(), Service::down(), Budget::new());
    let call = stop.scope(fetch(&service, &budget));
    let stopping = async {
        tokio::time::sleep(50 * MS).await;
        assert_eq!(budget.available(), 495);
        stop.request();
    };
    let (result, ()) = tokio::join!(call, stopping);
    assert_eq!((result, budget.available()), (Err(Busy { call: 1 }), 500));
}

#[test]
fn comes_back_where_a_stop_ends_it_plain() {
    static BUDGET: Budget = Budget::new();

    #[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = &BUDGET)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let stop = Stop::new();
    thread::scope(|scope| {
        let call = scope.spawn(|| stop.scope_blocking(|| fetch(&Service::down())));
        while BUDGET.available() == 500 {
            thread::yield_now();
        }
        stop.request();
        assert_eq!(call.join().unwrap(), Err(Busy { call: 1 }));
    });
    assert_eq!(BUDGET.available(), 500);
}

/// The pause took longer than it was to be.
#[tokio::test(start_paused = true)]
async fn comes_back_where_the_deadline_passed_in_it() {
    async fn oversleeps(pause: Duration) {
        tokio::time::sleep(pause + 1000 * MS).await;
    }

    #[retry_on(Busy, delay = "10ms", jitter = none, deadline = "100ms", timeout = none, budget = budget,
        sleep = oversleeps)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let budget = Budget::new();
    assert_eq!(fetch(&Service::down(), &budget).await, Err(Busy { call: 1 }));
    assert_eq!(budget.available(), 500);
}

#[test]
fn comes_back_where_the_deadline_passed_in_it_plain() {
    #[retry_on(Busy, jitter = none, deadline = "1s", budget = budget,
        on_retry = |_| clock.advance(1900 * MS))]
    fn fetch(service: &Service, clock: &Scope, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (clock, budget) = (Scope::new().enter(), Budget::new());
    assert_eq!(fetch(&Service::down(), &clock, &budget), Err(Busy { call: 1 }));
    assert_eq!(budget.available(), 500);
}
