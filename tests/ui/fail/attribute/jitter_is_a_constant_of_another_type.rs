// Believed that a constant share of the delay will do.
use retry_runtime::retry_on;

const SPREAD: f64 = 0.1;

#[retry_on(std::io::Error, jitter = SPREAD)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
