// Took every key for a number.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    deadline = 10,
    timeout = 5,
    until = 1,
    when_ok = 1,
    hint = 30,
    budget = 500,
    policy = 3,
    nested = 1,
    span = 1,
    attempt = 3,
    on_retry = 2,
    on_give_up = 1
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
