// Quoted the word.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, jitter = "full")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
