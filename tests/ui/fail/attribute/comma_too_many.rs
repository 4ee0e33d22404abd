// Left a comma over.
use retry_runtime::retry_on;

#[retry_on(std::io::Error,, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(, std::io::Error)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
