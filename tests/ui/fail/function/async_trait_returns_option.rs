// Believed that `None` is an error, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    async fn read(&self) -> Option<String>;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) -> Option<String> {
        None
    }
}

fn main() {}
