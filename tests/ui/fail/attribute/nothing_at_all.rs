// Believed that every error is retried by default.
use retry_runtime::retry_on;

#[retry_on]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on()]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
