// Believed that the timer is a duration.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, sleep = 100)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
