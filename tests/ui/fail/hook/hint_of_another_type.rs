// Named the hint of another error.
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, hint = retry_after)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn retry_after(_: &std::fmt::Error) -> Option<Duration> {
    None
}

#[retry_on(std::io::Error, hint = by_value)]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn by_value(_: std::io::Error) -> Option<Duration> {
    None
}

fn main() {}
