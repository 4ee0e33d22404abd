use super::*;

static BUDGET: Budget = Budget::standard_2_0();

const LIMITED: Policy = built(
    Policy::builder()
        .max(9)
        .jitter(Jitter::None)
        .deadline(Duration::from_millis(301))
        .budget(&BUDGET),
);

#[retry_on(Busy, policy = &LIMITED)]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy)]
fn fetch_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_honoured() {
    let start = Instant::now();
    assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 3 }));
    assert_eq!(start.elapsed(), 300 * MS);
}

#[test]
fn the_deadline_is_honoured_plain() {
    let clock = Scope::new().enter();
    assert_eq!(fetch_plain(&Service::down(), &LIMITED), Err(Busy { call: 3 }));
    assert_eq!(clock.pauses(), [100 * MS, 200 * MS]);
}

#[test]
fn the_deadline_can_be_overridden_plain() {
    #[retry_on(Busy, policy = &LIMITED, deadline = "101ms")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(pauses(fetch), [100 * MS]);
}

#[test]
fn the_budget_is_honoured_plain() {
    static SMALL: Budget = Budget::builder().capacity(5).retry_cost(5).timeout_cost(5).build();
    const POLICY: Policy = built(Policy::builder().budget(&SMALL));

    #[retry_on(Busy, policy = &POLICY)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _clock = Scope::new().enter();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
    assert_eq!(fetch_plain(&Service::down(), &POLICY), Err(Busy { call: 1 }));
}

#[test]
fn no_budget_is_honoured_plain() {
    const POLICY: Policy = built(Policy::builder().without_budget());

    #[retry_on(Busy, policy = &POLICY)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_clock, service) = (Scope::new().enter(), Service::down());
    for _ in 0..200 {
        fetch(&service).unwrap_err();
    }
    assert_eq!(service.calls(), 600);
}

#[test]
fn the_budget_can_be_overridden_plain() {
    #[retry_on(Busy, policy = &LIMITED, budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (_clock, budget) =
        (Scope::new().enter(), Budget::builder().capacity(5).retry_cost(5).timeout_cost(5).build());
    assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
}
