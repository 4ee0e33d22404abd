// Wrote the attribute as `#[doc = ".."]`.
use retry_runtime::retry_on;

#[retry_on = "std::io::Error"]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
