use super::*;

const AT_ONCE: [&str; 1] = [
    r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" since_first_failure=0.0"#,
];
const METRICS: [&str; 2] = [
    r#"retry_attempts{site="fetch"} [1.0]"#,
    r#"retry_calls_total{outcome="stopped",site="fetch"} 1"#,
];

fn requested() -> Stop {
    let stop = Stop::new();
    stop.request();
    stop
}

#[tokio::test(start_paused = true)]
async fn ends_with_one_error() {
    let told = Told::start();
    requested().scope(fetch(&Service::down())).await.unwrap_err();
    told.assert(&AT_ONCE, &METRICS);
}

#[test]
fn ends_with_one_error_plain() {
    let told = Told::start();
    requested().scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
    told.assert(&AT_ONCE, &METRICS);
}

#[test]
fn in_a_pause_ends_with_the_attempt_that_was_made_plain() {
    #[retry_on(Busy, jitter = none, name = "fetch", on_retry = |_| stop.request())]
    fn fetch(service: &Service, stop: &Stop) -> Result<u32, Busy> {
        service.call()
    }

    let (told, _clock, stop) = (Told::start(), Scope::new().enter(), Stop::new());
    stop.scope_blocking(|| fetch(&Service::down(), &stop)).unwrap_err();
    told.assert(
        &[
            r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
            r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" since_first_failure=0.1"#,
        ],
        &[
            r#"retry_attempts{site="fetch"} [1.0]"#,
            r#"retry_calls_total{outcome="stopped",site="fetch"} 1"#,
            r#"retry_pause_seconds{site="fetch"} [0.1]"#,
            r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
        ],
    );
}
