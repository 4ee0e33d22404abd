// Believed that an async function can call itself.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read(depth: u8) -> std::io::Result<u8> {
    if depth == 0 {
        return Ok(0);
    }
    read(depth - 1).await
}

fn main() {}
