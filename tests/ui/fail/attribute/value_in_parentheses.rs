// Believed that a value is written in parentheses.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max(3), delay("50ms"), jitter())]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
