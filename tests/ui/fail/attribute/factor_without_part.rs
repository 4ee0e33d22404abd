// Believed that decorrelated jitter grows by the factor.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, jitter = decorrelated, factor = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
