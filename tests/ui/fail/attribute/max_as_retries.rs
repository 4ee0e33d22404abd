// Counted retries, not attempts.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, retries = 2)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max_retries = 2)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
