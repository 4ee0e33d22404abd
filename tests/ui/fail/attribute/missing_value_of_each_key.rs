// Wanted to fill in the values later.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    deadline =,
    timeout =,
    until =,
    when_ok =,
    hint =,
    budget =,
    policy =,
    nested =,
    span =,
    attempt =,
    on_retry =,
    on_give_up =
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(
    std::io::Error,
    deadline,
    timeout,
    until,
    when_ok,
    hint,
    budget,
    policy,
    nested,
    span,
    attempt,
    on_retry,
    on_give_up
)]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
