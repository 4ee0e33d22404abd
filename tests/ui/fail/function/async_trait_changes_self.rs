// Believed that `mut self` begins anew, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

struct Client(u8);

#[async_trait]
trait Read {
    async fn read(self) -> std::io::Result<u8>;
}

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(mut self) -> std::io::Result<u8> {
        self.0 += 1;
        Ok(self.0)
    }
}

fn main() {}
