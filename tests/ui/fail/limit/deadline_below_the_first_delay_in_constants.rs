// Left no time for a retry, in constants.
use std::time::Duration;

use retry_runtime::retry_on;

const FIRST: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(1);

#[retry_on(std::io::Error, delay = FIRST, deadline = WHOLE, jitter = none)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = FIRST, deadline = "1s", jitter = none)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = "2s", deadline = WHOLE, jitter = none)]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
