// Gave the attempt the name of an argument.
use retry_runtime::{Attempt, retry_on};

#[retry_on(std::io::Error, attempt = attempt)]
fn read(attempt: &Attempt) -> std::io::Result<u32> {
    Ok(attempt.number())
}

fn main() {}
