// Believed that an async function may put its thread to sleep.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, sleep = std::thread::sleep)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
