// Wanted pauses that shrink.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, factor = 0.5)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
