// Forgot a semicolon.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<u8> {
    let count = 1
    Ok(count)
}

fn main() {}
