// Believed that `timeout` brings a timer along.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, timeout = "1s")]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
