// Believed that the attribute has the name of the function for closures.
use retry_runtime::retry;

#[retry_runtime::retry(std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
