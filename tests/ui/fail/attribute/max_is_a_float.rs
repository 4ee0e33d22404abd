// Wanted two and a half attempts.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 2.5)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
