// Returned a number for a text, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

struct Client;

#[async_trait]
trait Read {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) -> std::io::Result<String> {
        let count: u8 = "1";
        count
    }
}

#[async_trait]
impl Read for Client {}

fn main() {}
