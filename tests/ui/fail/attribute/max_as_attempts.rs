// Believed that the key is called `attempts`.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, attempts = 5)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
