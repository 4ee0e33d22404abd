// Forgot the key further left.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3, delay = "50ms", max = 5)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
