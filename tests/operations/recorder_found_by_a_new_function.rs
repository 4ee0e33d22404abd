//! A recorder that is installed after functions were called: from the first call of another function
//! on, every success of all functions is counted, even where none ever fails.

use metrics_util::debugging::DebuggingRecorder;
use retry_runtime::{Policy, Retry, retry_on};
use retry_tests::{Busy, Service};
use retry_tests_operations::measured;

#[retry_on(Busy, name = "fetch")]
fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, name = "store")]
fn store(service: &Service) -> Result<u32, Busy> {
    service.call()
}

fn closure() {
    let retry = Retry::new(&Policy::DEFAULT).name("closure");
    retry.run_blocking(|| Service::failing(0).call()).unwrap();
}

#[test]
fn successes_are_counted_from_the_first_call_of_another_function_on() {
    fetch(&Service::failing(0)).unwrap();
    closure();

    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();
    fetch(&Service::failing(0)).unwrap();
    closure();
    assert_eq!(measured::lines(&snapshotter), [""; 0], "it has not been noticed");

    store(&Service::failing(0)).unwrap();
    fetch(&Service::failing(0)).unwrap();
    closure();
    assert_eq!(
        measured::lines(&snapshotter),
        [
            r#"retry_attempts{site="closure"} [1.0]"#,
            r#"retry_attempts{site="fetch"} [1.0]"#,
            r#"retry_attempts{site="store"} [1.0]"#,
            r#"retry_calls_total{outcome="success",site="closure"} 1"#,
            r#"retry_calls_total{outcome="success",site="fetch"} 1"#,
            r#"retry_calls_total{outcome="success",site="store"} 1"#,
        ]
    );
}
