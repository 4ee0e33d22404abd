// Turned the retries off and left the rest.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 1, delay = "50ms", jitter = none)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
