// Believed that a constant text can be a word of the attribute.
use retry_runtime::retry_on;

const NESTED: &str = "inner";

#[retry_on(std::io::Error, nested = NESTED)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
