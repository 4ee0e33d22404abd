// Forgot the quotes.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, name = orders)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
