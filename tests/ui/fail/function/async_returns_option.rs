// Believed that `None` is an error.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read() -> Option<String> {
    None
}

fn main() {}
