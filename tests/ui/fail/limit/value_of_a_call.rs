// Believed that the result of any function can be a limit.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = limit())]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn limit() -> u32 {
    3
}

fn main() {}
