// Believed that `max` counts retries.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 0)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
