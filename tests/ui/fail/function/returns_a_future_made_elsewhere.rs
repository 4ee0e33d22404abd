// Believed that any future can be made again.
use std::future::Future;
use std::pin::Pin;

use retry_runtime::retry_on;

async fn call() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
fn read() -> Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>> {
    Box::pin(call())
}

#[retry_on(std::io::Error, max = 3)]
fn read_again() -> impl Future<Output = std::io::Result<()>> {
    call()
}

fn main() {}
