// Meant minutes.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max_delay = "5m")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
