// Believed that any type can be looked into, by a pattern and by a condition.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
enum Cause {
    Busy,
}

struct Failure(Cause);

#[retry_on(Cause::Busy, max = 3)]
fn read() -> Result<(), Failure> {
    Err(Failure(Cause::Busy))
}

#[retry_on(cause: Cause if cause.to_string() == "busy", max = 3)]
async fn read_later() -> Result<(), Failure> {
    Err(Failure(Cause::Busy))
}

fn main() {}
