// Believed that a variable of the body can be a limit.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = limit)]
fn read() -> std::io::Result<u32> {
    let limit = 3;
    Ok(limit)
}

fn main() {}
