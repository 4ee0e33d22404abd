// Believed that a text contains an error.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> Result<(), String> {
    Ok(())
}

fn main() {}
