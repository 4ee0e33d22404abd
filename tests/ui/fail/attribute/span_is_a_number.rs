// Took it for a level.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, span = 1)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
