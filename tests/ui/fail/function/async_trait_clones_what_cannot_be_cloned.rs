// Believed that everything can be cloned, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

struct Connection;

#[async_trait]
trait Read {
    async fn read(&self, connection: Connection) -> std::io::Result<()>;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, clone(connection), max = 3)]
    async fn read(&self, connection: Connection) -> std::io::Result<()> {
        drop(connection);
        Ok(())
    }
}

fn main() {}
