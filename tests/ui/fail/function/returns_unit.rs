// Believed that a panic is retried.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> () {
    std::fs::read("file").unwrap();
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> () {
    std::fs::read("file").unwrap();
}

fn main() {}
