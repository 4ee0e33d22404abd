// Forgot `Ok(())` at the end.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    std::fs::read("file")?;
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<()> {
    std::fs::read("file")?;
}

fn main() {}
