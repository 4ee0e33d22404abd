// Believed that the boxed error is what to look for.
use retry_runtime::retry_on;

#[retry_on(Box<dyn std::error::Error + Send + Sync>, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
