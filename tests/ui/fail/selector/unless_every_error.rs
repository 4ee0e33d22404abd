// Excluded what was to be retried.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, unless = _)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(_, unless = std::io::Error | is_permanent)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn is_permanent(_: &std::io::Error) -> bool {
    true
}

fn main() {}
