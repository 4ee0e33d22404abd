// Mixed up the cap and the first delay, in constants.
use std::time::Duration;

use retry_runtime::retry_on;

const FIRST: Duration = Duration::from_secs(2);
const CAP: Duration = Duration::from_millis(500);

#[retry_on(std::io::Error, delay = FIRST, max_delay = CAP, max = 4)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = FIRST, max_delay = "500ms", max = 4)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
