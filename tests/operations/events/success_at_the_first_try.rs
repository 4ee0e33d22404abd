use super::*;

const METRICS: [&str; 2] = [
    r#"retry_attempts{site="fetch"} [1.0]"#,
    r#"retry_calls_total{outcome="success",site="fetch"} 1"#,
];

#[tokio::test(start_paused = true)]
async fn is_counted_and_not_logged() {
    let told = Told::start();
    fetch(&Service::failing(0)).await.unwrap();
    told.assert(&[], &METRICS);
}

#[test]
fn is_counted_and_not_logged_plain() {
    let told = Told::start();
    fetch_plain(&Service::failing(0)).unwrap();
    told.assert(&[], &METRICS);
}

/// Whatever pays for retries.
#[test]
fn is_counted_with_any_budget_and_policy_plain() {
    static POLICY: Policy = Policy::DEFAULT;
    static SHARED: Budget = Budget::standard_2_0();
    static SHARE: Budget = Budget::ratio(0.2, 10, Duration::from_secs(10));

    #[retry_on(Busy, name = "fetch", budget = none)]
    fn unlimited(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, name = "fetch", budget = &SHARED)]
    fn shared(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, name = "fetch", budget = &SHARE)]
    fn share(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, name = "fetch", policy = &POLICY)]
    fn policy(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    for function in [unlimited, shared, share, policy] {
        let told = Told::start();
        function(&Service::failing(0)).unwrap();
        function(&Service::failing(0)).unwrap();
        told.assert(
            &[],
            &[
                r#"retry_attempts{site="fetch"} [1.0, 1.0]"#,
                r#"retry_calls_total{outcome="success",site="fetch"} 2"#,
            ],
        );
    }
}

#[test]
fn of_a_closure_is_counted_plain() {
    let told = Told::start();
    let retry = Retry::new(&Policy::DEFAULT).name("fetch");
    retry.run_blocking(|| Service::failing(0).call()).unwrap();
    told.assert(&[], &METRICS);
}

#[tokio::test(start_paused = true)]
async fn of_a_closure_is_counted() {
    let told = Told::start();
    let retry = Retry::new(&Policy::DEFAULT).name("fetch");
    retry.run(async || Service::failing(0).call()).await.unwrap();
    told.assert(&[], &METRICS);
}
