use super::*;

#[test]
fn fewer_attempts_are_made_and_never_more_plain() {
    let calls = |scope: Scope| {
        let service = Service::down();
        scope.run_blocking(|| fetch_plain(&service)).unwrap_err();
        service.calls()
    };
    assert_eq!(calls(Scope::new().max(2)), 2);
    assert_eq!(calls(Scope::new().max(1)), 1);
    assert_eq!(calls(Scope::new().max(0)), 1);
    assert_eq!(calls(Scope::new().max(9)), 4);
}

#[tokio::test]
async fn fewer_attempts_are_made() {
    let (scope, service) = (Scope::new().max(2), Service::down());
    assert_eq!(scope.run(fetch(&service)).await, Err(Busy { call: 2 }));
    assert_eq!(scope.events()[1].reason(), Some(EndReason::MaxAttempts));
    assert_eq!(scope.events()[1].max(), Some(2));
}

#[test]
fn budgets_grant_every_retry_and_lose_nothing_plain() {
    static BUDGET: Budget = Budget::standard_2_0();

    #[retry_on(Busy, budget = &BUDGET)]
    fn shared(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy)]
    fn own(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (scope, service) = (Scope::new().without_budgets(), Service::down());
    scope.run_blocking(|| {
        for _ in 0..200 {
            shared(&service).unwrap_err();
            own(&service).unwrap_err();
        }
    });
    assert_eq!((service.calls(), BUDGET.available()), (1200, 500));
    // That of the function itself is still full.
    let service = Service::down();
    Scope::new().run_blocking(|| {
        for _ in 0..100 {
            own(&service).unwrap_err();
        }
    });
    assert_eq!(service.calls(), 100 + 100);
}

#[test]
fn budgets_count_as_ever_unless_told_otherwise_plain() {
    #[retry_on(Busy)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| {
        for _ in 0..100 {
            fetch(&service).unwrap_err();
        }
    });
    assert_eq!(service.calls(), 100 + 100);
}
