// Believed that -1 is an error, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

type Status = i32;

#[async_trait]
trait Read {
    async fn read(&self) -> Status;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) -> Status {
        -1
    }
}

fn main() {}
