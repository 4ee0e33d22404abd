// Believed that the boxed error is what to look for.
use std::error::Error;

use retry_runtime::retry_on;

#[retry_on(Box<dyn Error + Send + Sync>, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

type BoxError = Box<dyn Error + Send + Sync>;

#[retry_on(BoxError, max = 3)]
fn read_again() -> Result<(), BoxError> {
    Ok(())
}

fn main() {}
