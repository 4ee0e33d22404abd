//! Counted from the start of the first attempt.

use super::*;

const LOG: [&str; 2] = [
    r#"WARN site="fetch" attempt=1 max=5 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.01"#,
    r#"ERROR site="fetch" attempt=2 max=5 error.type="Busy" error="busy, call 2" reason="deadline" elapsed=0.12"#,
];
const METRICS: [&str; 4] = [
    r#"retry_attempts{site="fetch"} [2.0]"#,
    r#"retry_calls_total{outcome="deadline",site="fetch"} 1"#,
    r#"retry_pause_seconds{site="fetch"} [0.1]"#,
    r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
];

#[tokio::test(start_paused = true)]
async fn ends_with_one_error() {
    #[retry_on(Busy, max = 5, deadline = "250ms", timeout = none, jitter = none, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        service.call()
    }

    let told = Told::start();
    fetch(&Service::down()).await.unwrap_err();
    told.assert(&LOG, &METRICS);
}

#[test]
fn ends_with_one_error_plain() {
    #[retry_on(Busy, max = 5, deadline = "250ms", jitter = none, name = "fetch")]
    fn fetch(service: &Service, clock: &Scope) -> Result<u32, Busy> {
        clock.advance(Duration::from_millis(10));
        service.call()
    }

    let (told, clock) = (Told::start(), Scope::new().enter());
    fetch(&Service::down(), &clock).unwrap_err();
    told.assert(&LOG, &METRICS);
}

/// A pause that lasted longer than was asked for.
#[tokio::test(start_paused = true)]
async fn that_passes_in_the_pause_ends_with_the_attempt_that_was_made() {
    #[retry_on(Busy, max = 3, deadline = "1s", timeout = none, jitter = none, name = "fetch", sleep = oversleep)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    async fn oversleep(_: Duration) {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    let told = Told::start();
    fetch(&Service::down()).await.unwrap_err();
    told.assert(
        &[
            r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
            r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="deadline" elapsed=2.0"#,
        ],
        &[
            r#"retry_attempts{site="fetch"} [1.0]"#,
            r#"retry_calls_total{outcome="deadline",site="fetch"} 1"#,
            r#"retry_pause_seconds{site="fetch"} [0.1]"#,
            r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
        ],
    );
}
