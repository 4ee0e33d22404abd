// Believed that there is a key for everything.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, colour = "red")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
