// Believed that the attribute reaches the implementations, under `#[async_trait]`.
use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) -> std::io::Result<()>;
}

fn main() {}
