// Took the hint for a pause.
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, hint = Duration::from_secs(1))]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
