// Believed that -1 is an error.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> i32 {
    -1
}

fn main() {}
