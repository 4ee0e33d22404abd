// Believed that durations are in milliseconds.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = 200)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = "1.5")]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
