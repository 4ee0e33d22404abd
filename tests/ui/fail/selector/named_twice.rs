// Listed an error twice.
use retry_runtime::retry_on;

#[retry_on(std::io::Error | std::fmt::Error | std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, error: std::io::Error if error.kind() == std::io::ErrorKind::TimedOut)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
