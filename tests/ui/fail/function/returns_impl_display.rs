// Believed that an opaque type may be a result.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> impl std::fmt::Display {
    "text"
}

#[retry_on(std::io::Error, max = 3)]
async fn read_again() -> impl std::fmt::Display {
    "text"
}

fn main() {}
