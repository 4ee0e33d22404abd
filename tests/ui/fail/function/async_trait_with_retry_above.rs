// Made a mistake in the attribute above `#[async_trait]`, on the whole impl.
use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    async fn read(&self) -> std::io::Result<()>;
}

struct Client;

#[retry_on(std::io::Error, max = 3)]
#[async_trait]
impl Read for Client {
    async fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
