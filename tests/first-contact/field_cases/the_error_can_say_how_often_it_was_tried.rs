//! A tool that prints its error and keeps no log.

use std::io;

use anyhow::Context;
use retry_runtime::retry_on;

#[retry_on(io::Error, attempt = attempt, delay = "0ms")]
fn read(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the list (attempt {})", attempt.number()))
}

#[test]
fn with_one_line_in_the_body() {
    let error = format!("{:#}", read("/no/such").unwrap_err());
    assert!(error.starts_with("cannot read the list (attempt 3): "), "{error}");
}
