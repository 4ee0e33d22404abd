// Believed that the first value is the limit.
use retry_runtime::retry_on;

#[retry_on(3, std::io::Error)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
