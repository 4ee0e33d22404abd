// Guessed what an attempt knows.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, attempt = attempt)]
fn read() -> std::io::Result<u32> {
    Ok(attempt.current())
}

fn main() {}
