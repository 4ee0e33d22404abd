// Named the trait of all errors.
use std::error::Error;

use retry_runtime::retry_on;

#[retry_on(Error, max = 3)]
fn read() -> Result<(), Box<dyn Error>> {
    Ok(())
}

fn main() {}
