// Believed that the items are retried.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> impl Iterator<Item = std::io::Result<u8>> {
    std::iter::empty()
}

fn main() {}
