// Wanted to be early.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = "-1s")]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = -1s)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
