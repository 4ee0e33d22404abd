use super::*;

#[retry_on(Busy, max = 4, budget = budget)]
async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, max = 4, budget = budget)]
fn fetch_plain(service: &Service, budget: &Budget) -> Result<u32, Busy> {
    service.call()
}

/// A budget of which one call has taken 15 tokens.
fn used(_: &Scope) -> Budget {
    let budget = Budget::standard_2_0();
    fetch_plain(&Service::down(), &budget).unwrap_err();
    assert_eq!(budget.available(), 500 - 3 * 5);
    budget
}

#[tokio::test(start_paused = true)]
async fn gives_back_what_its_retry_took() {
    let budget = Budget::standard_2_0();
    fetch(&Service::failing(1), &budget).await.unwrap();
    assert_eq!(budget.available(), 500);
    fetch(&Service::failing(3), &budget).await.unwrap();
    assert_eq!(budget.available(), 500 - 2 * 5, "the two retries that failed are lost");
}

#[test]
fn gives_back_what_its_retry_took_plain() {
    let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
    fetch_plain(&Service::failing(1), &budget).unwrap();
    assert_eq!(budget.available(), 500);
    fetch_plain(&Service::failing(3), &budget).unwrap();
    assert_eq!(budget.available(), 500 - 2 * 5, "the two retries that failed are lost");
}

#[tokio::test(start_paused = true)]
async fn at_once_gives_back_one() {
    let budget = used(&Scope::new().enter());
    fetch(&Service::failing(0), &budget).await.unwrap();
    assert_eq!(budget.available(), 485 + 1);
}

#[test]
fn at_once_gives_back_one_plain() {
    let budget = used(&Scope::new().enter());
    fetch_plain(&Service::failing(0), &budget).unwrap();
    assert_eq!(budget.available(), 485 + 1);
}

#[test]
fn never_fills_it_above_its_capacity_plain() {
    let budget = used(&Scope::new().enter());
    for _ in 0..100 {
        fetch_plain(&Service::failing(0), &budget).unwrap();
    }
    assert_eq!(budget.available(), 500);
}

/// Without the key, the budget cannot be read.
#[test]
fn fills_the_own_budget_of_a_function_plain() {
    #[retry_on(Busy, max = 2)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _clock = Scope::new().enter();
    for _ in 0..RETRIES {
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
    }
    for _ in 0..4 {
        fetch(&Service::failing(0)).unwrap();
    }
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }), "4 tokens are too few");
    fetch(&Service::failing(0)).unwrap();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }));
}
