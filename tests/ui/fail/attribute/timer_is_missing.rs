// Misspelt the timer.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, sleep = my_tmier)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

async fn my_timer(_: std::time::Duration) {}

fn main() {}
