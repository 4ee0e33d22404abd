// Believed that the pattern is that of the result.
use retry_runtime::retry_on;

#[retry_on(Err(_), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(Err(std::io::Error), max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
