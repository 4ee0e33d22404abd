// Wrote the keys as in another language.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, Max = 3, maxDelay = "5s", DELAY = "50ms")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
