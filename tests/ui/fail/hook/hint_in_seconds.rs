// Counts the wait in seconds.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, hint = seconds)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn seconds(_: &std::io::Error) -> Option<u64> {
    Some(1)
}

#[retry_on(std::io::Error, hint = |_| Some(1.5))]
async fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
