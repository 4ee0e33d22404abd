// Took a text for a number.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<u8> {
    let count: u8 = "1";
    Ok(count)
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<u8> {
    let count: u8 = "1";
    Ok(count)
}

fn main() {}
