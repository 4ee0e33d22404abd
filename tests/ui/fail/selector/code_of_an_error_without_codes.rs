// Believed that every error has a code.
use retry_runtime::retry_on;

#[retry_on("SlowDown", max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on("SlowDown" | "Throttling", max = 3)]
async fn read_later() -> Result<(), String> {
    Ok(())
}

fn main() {}
