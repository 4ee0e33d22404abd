// Believed that a panic is retried.
use retry_runtime::retry_on;

#[retry_on(_, max = 3)]
async fn read() {
    std::fs::read("file").unwrap();
}

fn main() {}
