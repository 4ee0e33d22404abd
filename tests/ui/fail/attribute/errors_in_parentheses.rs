// Believed that a key introduces the errors.
use retry_runtime::retry_on;

#[retry_on(errors(std::io::Error), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(error = std::io::Error, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
