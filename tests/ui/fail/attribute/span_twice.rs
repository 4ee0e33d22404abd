// Forgot that the key is already given.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, span = true, max = 3, span = true)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
