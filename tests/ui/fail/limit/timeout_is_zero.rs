// Meant "no timeout", and "no deadline".
use retry_runtime::retry_on;

#[retry_on(std::io::Error, timeout = "0s")]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = "0ms")]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
