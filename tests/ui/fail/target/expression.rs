// Believed that a single call can be retried.
use retry_runtime::retry_on;

fn main() {
    #[retry_on(std::io::Error, max = 3)]
    std::fs::read("file");
}
