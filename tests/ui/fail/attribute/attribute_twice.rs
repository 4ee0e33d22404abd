// Believed that every error has its own attribute.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
#[retry_on(std::fmt::Error, max = 5)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
