// Believed that an alias of a future is seen through.
use std::future::Future;
use std::pin::Pin;

use retry_runtime::retry_on;

type Answer = Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>>;

async fn call() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
fn read() -> Answer {
    Box::pin(call())
}

fn main() {}
