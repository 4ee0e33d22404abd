// Believed that jitter is a share of the delay.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, jitter = 0.1)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
