// Believed that the word alone is enough.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, span)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
