// Believed that an opaque type may be a result, in a trait.
use async_trait::async_trait;
use retry_runtime::retry_on;

struct Client;

#[async_trait]
trait Read {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) -> Box<dyn std::fmt::Display + Send> {
        Box::new("text")
    }
}

#[async_trait]
impl Read for Client {}

fn main() {}
