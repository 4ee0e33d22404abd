// Named two errors and forgot to implement `Error` for the error of the function.
use retry_runtime::retry_on;

#[derive(Debug)]
struct Failure;

#[retry_on(std::io::Error, std::fmt::Error, max = 3)]
async fn read() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {}
