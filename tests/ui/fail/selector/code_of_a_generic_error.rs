// Believed that every error has a code.
use std::error::Error;

use retry_runtime::retry_on;

#[retry_on("SlowDown", max = 3)]
fn read<E: Error + 'static>(call: impl Fn() -> Result<(), E>) -> Result<(), E> {
    call()
}

fn main() {}
