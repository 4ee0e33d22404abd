// Believed that naming conventions are a matter of taste.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
#[expect(non_camel_case_types, reason = "that is the mistake")]
struct busy;

#[retry_on(busy, max = 3)]
fn read() -> Result<(), busy> {
    Err(busy)
}

fn main() {}
