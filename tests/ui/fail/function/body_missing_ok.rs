// Forgot `Ok`.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<String> {
    "text".to_owned()
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<String> {
    "text".to_owned()
}

fn main() {}
