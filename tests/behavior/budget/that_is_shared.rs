use super::*;

struct Client {
    budget: Budget,
}

impl Client {
    #[retry_on(Busy, budget = &self.budget)]
    async fn fetch(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, budget = &self.budget)]
    fn fetch_plain(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

struct Shop {
    budget: Arc<Budget>,
}

impl Shop {
    #[retry_on(Busy, budget = &self.budget)]
    fn order(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

#[test]
fn pays_for_the_retries_of_two_functions_together_plain() {
    static BUDGET: Budget = Budget::standard_2_0();

    #[retry_on(Busy, budget = &BUDGET)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, budget = &BUDGET)]
    fn store(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (service, _clock) = (Service::down(), Scope::new().enter());
    for _ in 0..100 {
        fetch(&service).unwrap_err();
    }
    assert_eq!(service.calls(), 100 + RETRIES);
    assert_eq!(store(&Service::failing(1)), Err(Busy { call: 1 }));
}

#[tokio::test(start_paused = true)]
async fn can_be_a_field() {
    let (one, other) = (
        Client { budget: Budget::builder().capacity(10).retry_cost(5).timeout_cost(5).build() },
        Client { budget: Budget::standard_2_0() },
    );
    assert_eq!(one.fetch(&Service::down()).await, Err(Busy { call: 3 }));
    assert_eq!(one.fetch(&Service::down()).await, Err(Busy { call: 1 }));
    assert_eq!(other.fetch(&Service::down()).await, Err(Busy { call: 3 }));
    assert_eq!((one.budget.available(), other.budget.available()), (0, 490));
}

#[test]
fn can_be_a_field_plain() {
    let client =
        Client { budget: Budget::builder().capacity(10).retry_cost(5).timeout_cost(5).build() };
    let _clock = Scope::new().enter();
    assert_eq!(client.fetch_plain(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(client.fetch_plain(&Service::down()), Err(Busy { call: 1 }));
}

#[test]
fn can_be_a_shared_pointer_plain() {
    let budget = Arc::new(Budget::builder().capacity(10).retry_cost(5).timeout_cost(5).build());
    let (one, other) = (Shop { budget: Arc::clone(&budget) }, Shop { budget });
    let _clock = Scope::new().enter();
    assert_eq!(one.order(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(other.order(&Service::down()), Err(Busy { call: 1 }));
}

#[tokio::test(start_paused = true)]
async fn can_be_an_argument() {
    #[retry_on(Busy, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let budget = Budget::standard_2_0();
    fetch(&Service::down(), &budget).await.unwrap_err();
    assert_eq!(budget.available(), 490);
}

#[test]
fn leaves_the_own_budget_of_the_function_alone_plain() {
    #[retry_on(Busy, budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (service, _clock) = (Service::down(), Scope::new().enter());
    for _ in 0..100 {
        fetch(&service, &Budget::standard_2_0()).unwrap_err();
    }
    assert_eq!(service.calls(), 300);
}
