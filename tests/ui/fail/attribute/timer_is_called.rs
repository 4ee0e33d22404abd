// Called the timer instead of naming it.
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, sleep = my_timer(Duration::from_secs(1)))]
async fn read() -> std::io::Result<()> {
    Ok(())
}

async fn my_timer(_: Duration) {}

fn main() {}
