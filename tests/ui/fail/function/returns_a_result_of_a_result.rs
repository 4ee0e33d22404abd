// Believed that the inner result is looked at.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> Option<std::io::Result<String>> {
    None
}

fn main() {}
