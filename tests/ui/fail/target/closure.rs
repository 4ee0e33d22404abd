// Believed that a closure is a function.
use retry_runtime::retry_on;

fn main() {
    let read = #[retry_on(std::io::Error, max = 3)]
    || std::fs::read("file");
    drop(read());
}
