// Believed that two attempts may hold the same `&mut` borrow, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

struct Client(String);

#[async_trait]
trait Read {
    async fn read(&mut self) -> std::io::Result<&mut String>;
}

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&mut self) -> std::io::Result<&mut String> {
        Ok(&mut self.0)
    }
}

fn main() {}
