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

    let (scope, service) = (Scope::new().without_budget(), Service::down());
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

/// As in the 51st test of a process.
#[test]
fn of_the_budget_that_a_function_has_of_its_own_do_not_reach_into_another_scope_plain() {
    #[retry_on(Busy, max = 3)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    for _ in 0..51 {
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| fetch(&service)).unwrap_err();
        assert_eq!(service.calls(), 3);
    }
    let (scope, service) = (Scope::new(), Service::down());
    for _ in 0..51 {
        scope.run_blocking(|| fetch(&service)).unwrap_err();
    }
    assert_eq!(service.calls(), 50 * 3 + 1, "calls of one scope share a budget");
    scope.run_blocking(|| fetch(&Service::failing(0))).unwrap();
}

#[tokio::test]
async fn of_the_budget_that_a_function_has_of_its_own_do_not_reach_into_another_scope() {
    #[retry_on(Busy, max = 3)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    for _ in 0..51 {
        let service = Service::down();
        Scope::new().run(fetch(&service)).await.unwrap_err();
        assert_eq!(service.calls(), 3);
    }
}

#[test]
fn a_success_fills_the_budget_of_the_scope_plain() {
    #[retry_on(Busy, max = 2, name = "filled in a scope")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let available =
        || retry_runtime::sites().get("filled in a scope").unwrap().budget().to_string();
    let scope = Scope::new().enter();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(available(), "495 of 500");
    fetch(&Service::failing(0)).unwrap();
    assert_eq!(available(), "496 of 500");
    drop(scope);
    assert_eq!(available(), "500 of 500");
}
