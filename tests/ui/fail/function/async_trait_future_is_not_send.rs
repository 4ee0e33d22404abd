// Believed that the future of a trait may hold anything.
use std::rc::Rc;

use async_trait::async_trait;
use retry_runtime::retry_on;

#[async_trait]
trait Read {
    async fn read(&self) -> std::io::Result<u8>;
}

struct Client;

#[async_trait]
impl Read for Client {
    #[retry_on(std::io::Error, max = 3)]
    async fn read(&self) -> std::io::Result<u8> {
        let count = Rc::new(1);
        std::future::ready(()).await;
        Ok(*count)
    }
}

fn main() {}
