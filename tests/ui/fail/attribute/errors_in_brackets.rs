// Believed that several errors are written in brackets.
use retry_runtime::retry_on;

#[retry_on([std::io::Error, std::fmt::Error], max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on((std::io::Error, std::fmt::Error), max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
