// Believed that the kind of an error is an error.
use std::io::ErrorKind;

use retry_runtime::retry_on;

#[retry_on(ErrorKind::TimedOut, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
