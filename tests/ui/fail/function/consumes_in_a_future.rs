// Believed that an argument can be used up in every attempt, in a future.
use std::future::Future;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(name: String) -> impl Future<Output = std::io::Result<()>> {
    async move {
        drop(name);
        Ok(())
    }
}

fn main() {}
