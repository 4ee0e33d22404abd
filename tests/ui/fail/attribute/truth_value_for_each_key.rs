// Took every key for a switch.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    deadline = true,
    timeout = false,
    until = true,
    when_ok = false,
    hint = true,
    budget = false,
    policy = true,
    nested = false,
    attempt = true,
    on_retry = true,
    on_give_up = false
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = true, nested = true)]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
