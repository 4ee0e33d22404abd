// Returned a number for a text.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<String> {
    Ok(1)
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<String> {
    Ok(1)
}

fn main() {}
