// Took it for a word.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, span = yes)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, span = "true")]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
