// Believed that naming conventions are a matter of taste.
#![allow(non_camel_case_types)]

use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct busy;

#[retry_on(busy, max = 3)]
fn read() -> Result<(), busy> {
    Err(busy)
}

fn main() {}
