// Meant "no deadline", in a constant.
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, deadline = Duration::ZERO)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
