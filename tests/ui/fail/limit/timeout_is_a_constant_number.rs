// Believed that a constant number counts seconds.
use retry_runtime::retry_on;

const SECONDS: u64 = 5;

#[retry_on(std::io::Error, timeout = SECONDS)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = SECONDS)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
