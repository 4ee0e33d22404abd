// Believed that a unit can follow a value.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = 200 ms)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max = 3 times)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
