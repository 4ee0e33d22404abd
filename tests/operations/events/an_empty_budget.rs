use super::*;

const LOG: [&str; 2] = [
    r#"WARN site="fetch" attempt=1 max=5 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
    r#"ERROR site="fetch" attempt=2 max=5 error.type="Busy" error="busy, call 2" reason="budget" since_first_failure=0.1"#,
];
const METRICS: [&str; 4] = [
    r#"retry_attempts{site="fetch"} [2.0]"#,
    r#"retry_calls_total{outcome="budget",site="fetch"} 1"#,
    r#"retry_pause_seconds{site="fetch"} [0.1]"#,
    r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
];

const fn one_retry() -> Budget {
    Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build()
}

#[tokio::test(start_paused = true)]
async fn ends_with_one_error() {
    static BUDGET: Budget = one_retry();

    #[retry_on(Busy, max = 5, budget = &BUDGET, jitter = none, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let told = Told::start();
    fetch(&Service::down()).await.unwrap_err();
    told.assert(&LOG, &METRICS);
}

#[test]
fn ends_with_one_error_plain() {
    static BUDGET: Budget = one_retry();

    #[retry_on(Busy, max = 5, budget = &BUDGET, jitter = none, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (told, _clock) = (Told::start(), Scope::new().enter());
    fetch(&Service::down()).unwrap_err();
    told.assert(&LOG, &METRICS);
}
