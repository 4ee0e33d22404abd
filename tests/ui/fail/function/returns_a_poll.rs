// Believed that a poll is a result.
use std::task::Poll;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> Poll<std::io::Result<()>> {
    Poll::Ready(Ok(()))
}

fn main() {}
