// Believed that an argument can be used up in every attempt, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    async fn read(&self, name: String) -> std::io::Result<()>;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self, name: String) -> std::io::Result<()> {
        drop(name);
        Ok(())
    }
}

fn main() {}
