//! Whatever the limit was.

use super::*;

#[test]
fn for_its_deadline_plain() {
    #[retry_on(Busy, jitter = none, deadline = "101ms")]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let _clock = Scope::new().enter();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 2 }));
}

/// The pause took longer than it should have.
#[tokio::test(start_paused = true)]
async fn for_its_deadline_after_a_pause() {
    #[retry_on(Busy, jitter = none, deadline = "1s", timeout = none, sleep = |pause| sleep(20 * pause))]
    async fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, nested = "inner")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service).await
    }

    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 1 }));
}

#[test]
fn for_its_budget_plain() {
    #[retry_on(Busy, budget = budget)]
    fn inner(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, nested = "inner")]
    fn outer(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        inner(service, budget)
    }

    let (_clock, budget) =
        (Scope::new().enter(), Budget::builder().capacity(5).retry_cost(5).timeout_cost(5).build());
    assert_eq!(outer(&Service::down(), &budget), Err(Busy { call: 2 }));
}

#[test]
fn for_a_stop_around_it_plain() {
    #[retry_on(Busy, nested = "inner")]
    fn outer(service: &Service, stop: &Stop) -> Result<u32, Busy> {
        stop.scope_blocking(|| inner(service))
    }

    let (_clock, stop) = (Scope::new().enter(), Stop::new());
    stop.request();
    assert_eq!(outer(&Service::down(), &stop), Err(Busy { call: 1 }));
}

#[test]
fn for_having_one_attempt_only_plain() {
    #[retry_on(Busy, max = 1)]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 1 }));
}
