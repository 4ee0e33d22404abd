// Believed that a `mut` argument is shared by the attempts, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

struct Connection(u8);

#[async_trait]
trait Read {
    async fn read(&self, connection: Connection) -> std::io::Result<u8>;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self, mut connection: Connection) -> std::io::Result<u8> {
        connection.0 += 1;
        Ok(connection.0)
    }
}

fn main() {}
