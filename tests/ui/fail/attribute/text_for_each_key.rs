// Put names into quotes.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    until = "is_done",
    when_ok = "is_busy",
    hint = "retry_after",
    budget = "BUDGET",
    policy = "POLICY",
    attempt = "attempt",
    on_retry = "note",
    on_give_up = "metrics::alert"
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = "none", policy = "&POLICY", deadline = "soon")]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
