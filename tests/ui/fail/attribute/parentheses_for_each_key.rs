// Believed that values are written in parentheses.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    deadline("10s"),
    timeout("1s"),
    until(is_done),
    when_ok(is_busy),
    hint(retry_after),
    budget(&BUDGET),
    policy(&POLICY),
    nested("inner"),
    span(true),
    attempt(attempt),
    on_retry(note),
    on_give_up(alert)
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
