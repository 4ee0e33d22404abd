// Believed that every `E: Error` can be searched.
use std::error::Error;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read<E: Error>(call: impl Fn() -> Result<(), E>) -> Result<(), E> {
    call()
}

fn main() {}
