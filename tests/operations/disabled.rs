//! What a call leaves in the log and in the metrics where retries are switched off. That is for the
//! whole process, so these tests have their own, and take turns.

use std::io;

use retry_runtime::testing::Scope;
use retry_runtime::{overrides, retry_on};
use retry_tests::{Busy, Recorder, Service};
use retry_tests_operations::{Board, Measured};

#[retry_on(Busy, jitter = none, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

/// After one INFO that says who has switched them off.
const LOG: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="disabled" since_first_failure=0.0"#;
const METRICS: [&str; 2] = [
    r#"retry_attempts{site="fetch"} [1.0]"#,
    r#"retry_calls_total{outcome="disabled",site="fetch"} 1"#,
];

#[tokio::test(start_paused = true)]
async fn the_first_error_ends_the_call() {
    let _off = Board::off();
    let (log, metrics, service) = (Recorder::start(), Measured::start(), Service::down());
    fetch(&service).await.unwrap_err();
    assert_eq!(service.calls(), 1);
    assert_eq!(log.lines()[1..], [LOG]);
    assert_eq!(
        log.events()[1].message,
        "gave up after attempt 1: retries are switched off (at most 3 calls: 1 + 2 retries; \
         pauses of 100 ms, 200 ms; at most 300 ms of waiting)"
    );
    assert_eq!(metrics.lines(), METRICS);
}

#[test]
fn the_first_error_ends_the_call_plain() {
    let _off = Board::off();
    let (log, metrics, service) = (Recorder::start(), Measured::start(), Service::down());
    fetch_plain(&service).unwrap_err();
    assert_eq!(service.calls(), 1);
    assert_eq!(log.lines()[1..], [LOG]);
    assert_eq!(metrics.lines(), METRICS);
}

#[test]
fn success_is_success_plain() {
    let _off = Board::off();
    let (log, metrics) = (Recorder::start(), Measured::start());
    fetch_plain(&Service::failing(0)).unwrap();
    assert_eq!(log.lines(), [""; 0]);
    assert_eq!(
        metrics.lines(),
        [
            r#"retry_attempts{site="fetch"} [1.0]"#,
            r#"retry_calls_total{outcome="success",site="fetch"} 1"#,
        ]
    );
}

/// The error would not have been retried anyhow.
#[test]
fn an_error_that_is_not_retryable_stays_one_plain() {
    #[retry_on(io::Error, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _off = Board::off();
    let metrics = Measured::start();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(
        metrics.lines(),
        [
            r#"retry_attempts{site="fetch"} [1.0]"#,
            r#"retry_calls_total{outcome="not_retryable",site="fetch"} 1"#,
        ]
    );
}

/// In the pause, retries are switched off: what has begun is ended.
#[test]
fn a_call_that_is_already_failing_ends_after_its_next_attempt_plain() {
    #[retry_on(Busy, jitter = none, name = "fetch", on_retry = |_| overrides::set_enabled(Some(false)))]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    // Off only from the first failure on.
    let (_board, log) = (Board::empty(), Recorder::start());
    let _clock = Scope::new().enter();
    fetch(&Service::down()).unwrap_err();
    let last = log.events().pop().unwrap();
    assert_eq!((last.field("attempt"), last.field("reason")), (Some("2"), Some("disabled")));
}
