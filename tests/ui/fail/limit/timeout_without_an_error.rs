// Did not say what an attempt that takes too long returns.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Busy;

type Answer = Result<(), Busy>;

#[retry_on(Busy, timeout = "1s")]
async fn read() -> Result<(), Busy> {
    Err(Busy)
}

#[retry_on(Busy, max = 2, timeout = "1s")]
async fn read_by_alias() -> Answer {
    Err(Busy)
}

fn main() {}
