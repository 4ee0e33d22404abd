// Believed that a plain function needs a timer.
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, sleep = std::thread::sleep)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    std::thread::sleep(Duration::ZERO);
}
