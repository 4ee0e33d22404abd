// Took a unit of length.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = "12 parsecs")]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = 12parsecs)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
