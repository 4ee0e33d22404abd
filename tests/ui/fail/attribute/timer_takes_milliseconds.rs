// Believed that a timer takes a number.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, sleep = my_timer)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

async fn my_timer(_milliseconds: u64) {}

fn main() {}
