//! A recorder that is installed after functions were called: from the next failure on, every success
//! is counted. A process has one recorder, and this one needs a process of its own.

use metrics::Unit;
use metrics_util::debugging::DebuggingRecorder;
use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, Service};
use retry_tests_operations::measured;

#[retry_on(Busy, jitter = none, name = "fetch")]
fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, name = "store")]
fn store(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[test]
fn successes_are_counted_from_the_next_failure_on() {
    let _clock = Scope::new().enter();
    // No recorder is there to count these.
    for _ in 0..10 {
        fetch(&Service::failing(0)).unwrap();
        store(&Service::failing(0)).unwrap();
    }
    fetch(&Service::failing(1)).unwrap();

    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();
    assert_eq!(measured::lines(&snapshotter), [""; 0], "no metric before it happens");

    // It has not been noticed.
    fetch(&Service::failing(0)).unwrap();
    assert_eq!(measured::lines(&snapshotter), [""; 0]);

    store(&Service::failing(1)).unwrap();
    fetch(&Service::failing(0)).unwrap();
    store(&Service::failing(0)).unwrap();
    store(&Service::failing(0)).unwrap();
    assert_eq!(
        measured::lines(&snapshotter),
        [
            r#"retry_attempts{site="fetch"} [1.0]"#,
            r#"retry_attempts{site="store"} [2.0, 1.0, 1.0]"#,
            r#"retry_calls_total{outcome="success",site="fetch"} 1"#,
            r#"retry_calls_total{outcome="success",site="store"} 2"#,
            r#"retry_calls_total{outcome="success_after_retry",site="store"} 1"#,
            r#"retry_pause_seconds{site="store"} [0.1]"#,
            r#"retry_retries_total{error_type="Busy",site="store"} 1"#,
        ]
    );

    let mut described: Vec<_> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, unit, description, _)| {
            (key.key().name().to_owned(), unit, description.unwrap().to_string())
        })
        .collect();
    described.sort_by(|one, other| one.0.cmp(&other.0));
    described.dedup();
    let described: Vec<_> = described
        .iter()
        .map(|(name, unit, description)| (name.as_str(), *unit, description.as_str()))
        .collect();
    assert_eq!(
        described,
        [
            ("retry_attempts", Some(Unit::Count), "Attempts per call."),
            ("retry_calls_total", Some(Unit::Count), "Calls of annotated functions, by outcome."),
            ("retry_pause_seconds", Some(Unit::Seconds), "Pauses before retries."),
            ("retry_retries_total", Some(Unit::Count), "Retries, counted when their pause begins."),
        ]
    );
}
