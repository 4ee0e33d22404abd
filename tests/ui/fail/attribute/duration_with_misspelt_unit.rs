// Swapped two letters.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = 100sm)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = "2 seconds")]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
