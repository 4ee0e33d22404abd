// Returned a number for a text, in a future.
use std::future::Future;
use std::pin::Pin;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> impl Future<Output = std::io::Result<String>> {
    async move {
        let count: u8 = "1";
        Ok(count)
    }
}

#[retry_on(std::io::Error, max = 3)]
fn read_later() -> Pin<Box<dyn Future<Output = std::io::Result<String>> + Send>> {
    Box::pin(async move { "text".to_owned() })
}

fn main() {}
