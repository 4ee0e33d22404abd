// Believed that every error says how long to wait.
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, hint = retry_after)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn retry_after(_: &std::io::Error) -> Duration {
    Duration::from_secs(1)
}

#[retry_on(std::io::Error, hint = |_| Duration::from_secs(1))]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
