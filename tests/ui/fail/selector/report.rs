// Believed that a report is what to look for.
use retry_runtime::retry_on;

#[retry_on(anyhow::Error, max = 3)]
fn read() -> anyhow::Result<()> {
    Ok(())
}

#[retry_on(Box<dyn std::error::Error + Send + Sync>, max = 3)]
fn read_again() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

fn main() {}
