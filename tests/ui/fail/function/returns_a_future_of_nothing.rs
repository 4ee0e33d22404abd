// Believed that a panic in a future is retried.
use std::future::Future;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> impl Future<Output = ()> {
    async move {
        std::fs::read("file").unwrap();
    }
}

#[retry_on(std::io::Error, max = 3)]
fn find() -> impl Future<Output = Option<String>> {
    async move { None }
}

fn main() {}
