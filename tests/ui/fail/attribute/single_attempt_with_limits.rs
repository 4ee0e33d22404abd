// Turned the retries off and left what concerns them.
use retry_runtime::{Budget, retry_on};

static BUDGET: Budget = Budget::standard();

#[retry_on(
    std::io::Error,
    max = 1,
    hint = retry_after,
    budget = &BUDGET,
    deadline = "10s",
    on_retry = |_| {}
)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn retry_after(_: &std::io::Error) -> Option<std::time::Duration> {
    None
}

fn main() {}
