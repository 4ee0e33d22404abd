// Believed that every error of a database has a code.
use retry_runtime::retry_on;

#[retry_on("40001", max = 3)]
fn read() -> Result<(), std::num::ParseIntError> {
    Ok(())
}

fn main() {}
