// Meant `delay`.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, dealy = "50ms")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
