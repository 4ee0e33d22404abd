// Wanted to fill in the value later.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = , delay)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max =)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
