//! What comes back with time.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Two functions for each test, with a budget of their own.
macro_rules! functions {
    () => {
        #[retry_on(Busy, max = 2, delay = "0ms")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, max = 2, delay = "0ms")]
        fn fetch_plain(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        // Each test uses one of them.
        let _ = (fetch, fetch_plain);
    };
}

/// How many of these calls were retried.
macro_rules! retried {
    ($calls:expr, $service:ident, $call:expr) => {{
        let $service = Service::down();
        for _ in 0..$calls {
            assert!($call.is_err());
        }
        $service.calls() - $calls
    }};
}

#[tokio::test(start_paused = true)]
async fn grants_one_retry_every_30_seconds_while_all_calls_fail() {
    functions!();
    assert_eq!(retried!(200, service, fetch(&service).await), RETRIES);
    for _ in 0..10 {
        tokio::time::sleep(30 * SECOND).await;
        assert_eq!(retried!(5, service, fetch(&service).await), 1);
    }
}

#[test]
fn grants_one_retry_every_30_seconds_while_all_calls_fail_plain() {
    functions!();
    let clock = Scope::new().enter();
    assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
    for _ in 0..10 {
        clock.advance(30 * SECOND);
        assert_eq!(retried!(5, service, fetch_plain(&service)), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn fills_the_budget_within_an_hour_of_an_outage() {
    functions!();
    assert_eq!(retried!(200, service, fetch(&service).await), RETRIES);
    tokio::time::sleep(3600 * SECOND).await;
    assert_eq!(retried!(200, service, fetch(&service).await), RETRIES);
}

#[test]
fn fills_the_budget_within_an_hour_of_an_outage_plain() {
    functions!();
    let clock = Scope::new().enter();
    assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
    clock.advance(3600 * SECOND);
    assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
}

#[test]
fn lets_a_function_retry_a_week_after_an_outage_plain() {
    functions!();
    let clock = Scope::new().enter();
    assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
    clock.advance(7 * 24 * 3600 * SECOND);
    assert_eq!(fetch_plain(&Service::failing(1)), Ok(2));
}

#[test]
fn fills_a_shared_budget_at_the_rate_that_it_names_plain() {
    static DATABASE: Budget = Budget::builder().capacity(10).refill_per_second(0.5).build();

    #[retry_on(Busy, max = 3, delay = "0ms", budget = &DATABASE)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let clock = Scope::new().enter();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }));
    clock.advance(10 * SECOND);
    assert_eq!(DATABASE.available(), 5);
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
}
