// Forgot the import, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    async fn read(&self) -> std::io::Result<()>;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(InternalServerException, max = 3)]
    async fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
