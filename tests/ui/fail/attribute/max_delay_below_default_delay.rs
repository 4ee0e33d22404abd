// Did not know that the first delay is 100 ms.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max_delay = "50ms")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
