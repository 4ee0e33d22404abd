//! A program that has a logger of `log`, and no subscriber of `tracing`. One test, because both are of
//! the whole process.

use retry_runtime::testing::Scope;
use retry_runtime::{Policy, Retry, retry_on};
use retry_tests::block_on;
use retry_tests_log::Lines;

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("busy")]
    Busy,
    #[error("gone")]
    Gone,
}

#[retry_on(FetchError::Busy, jitter = none, name = "fetch")]
fn fetch(calls: &mut u32, successful: u32) -> Result<u32, FetchError> {
    *calls += 1;
    if *calls == successful { Ok(*calls) } else { Err(FetchError::Busy) }
}

#[retry_on(FetchError::Busy, jitter = none, name = "fetch_async")]
async fn fetch_async() -> Result<(), FetchError> {
    Err(FetchError::Busy)
}

#[retry_on(FetchError::Busy, name = "remove")]
fn remove() -> Result<(), FetchError> {
    Err(FetchError::Gone)
}

/// What a line begins with, and what is in it besides.
fn assert_lines(lines: &[String], expected: &[(&str, &str)]) {
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, (start, field)) in lines.iter().zip(expected) {
        assert!(line.starts_with(start) && line.contains(field), "{line}");
    }
}

#[test]
fn a_program_that_uses_log_sees_its_retries() {
    let (lines, _scope) = (Lines::start(), Scope::new().enter());
    let gave_up: [(&str, &str); 3] = [
        (
            "WARN retry_runtime: attempt 1 of 3 failed, retrying in 100.0ms",
            "attempt=1 max=3 error.type=\"FetchError::Busy\" error=\"busy\" pause=0.1",
        ),
        ("WARN retry_runtime: attempt 2 of 3 failed, retrying in 200.0ms", "pause=0.2"),
        (
            "ERROR retry_runtime: gave up after attempt 3 (at most 3 calls",
            "reason=\"max_attempts\"",
        ),
    ];
    fetch(&mut 0, 4).unwrap_err();
    assert_lines(&lines.take(), &gave_up);

    block_on(fetch_async()).unwrap_err();
    assert_lines(&lines.take(), &gave_up);

    fetch(&mut 0, 2).unwrap();
    let recovered = ("INFO retry_runtime: recovered on attempt 2 of 3", "site=\"fetch\"");
    assert_lines(&lines.take(), &[gave_up[0], recovered]);

    remove().unwrap_err();
    let unmatched =
        ("INFO retry_runtime: no selector matches this error", "selectors=\"FetchError::Busy\"");
    let not_retried = (
        "DEBUG retry_runtime: attempt 1 of 3 failed with an error that is not retried",
        "reason=\"not_retryable\"",
    );
    assert_lines(&lines.take(), &[unmatched, not_retried]);

    let call =
        || Retry::new(&Policy::DEFAULT).name("closure").run_blocking(|| Err::<(), _>("busy"));
    call().unwrap_err();
    let closure = "site=\"closure\"";
    assert_lines(&lines.take(), &[("WARN", closure), ("WARN", closure), ("ERROR", closure)]);
}
