// Believed that a panic is retried, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    async fn read(&self);
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) {
        std::fs::read("file").unwrap();
    }
}

fn main() {}
