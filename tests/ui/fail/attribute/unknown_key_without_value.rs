// Meant `jitter = full`.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, jiter)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
