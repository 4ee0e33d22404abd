// Believed that jitter is on or off.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, jitter = true)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, jitter = false)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
