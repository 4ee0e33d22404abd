use super::*;

#[test]
fn by_a_literal_and_keep_the_rest_plain() {
    #[retry_on(Busy, max = 3, policy = &CONSTANT)]
    fn fewer(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = &STATIC, delay = "5ms", factor = 3)]
    fn other(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(pauses(fewer), PAUSES[..2]);
    assert_eq!(pauses(other), [5 * MS, 15 * MS, 45 * MS]);
}

#[test]
fn by_a_literal_where_the_policy_is_known_at_run_time_only_plain() {
    #[retry_on(Busy, max = 3, policy = policy)]
    fn fetch(service: &Service, policy: &Policy) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    assert_eq!(pauses(|service| fetch(service, &CONSTANT)), PAUSES[..2]);
}

#[tokio::test(start_paused = true)]
async fn by_a_value_of_run_time_and_keep_the_rest() {
    #[retry_on(Busy, policy = &CONSTANT, max = calls)]
    async fn fetch(service: &Service, calls: u32) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let start = Instant::now();
    assert_eq!(fetch(&Service::down(), 3).await, Err(busy(3)));
    assert_eq!(start.elapsed(), 30 * MS);
}

#[test]
fn by_a_value_of_run_time_and_keep_the_rest_plain() {
    #[retry_on(Busy, policy = policy, delay = first, max_delay = first * 2)]
    fn fetch(service: &Service, policy: &Policy, first: Duration) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let pauses = pauses(|service| fetch(service, &CONSTANT, 7 * MS));
    assert_eq!(pauses, [7 * MS, 14 * MS, 14 * MS]);
}
