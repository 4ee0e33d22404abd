// Believed that an argument can be the limit.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = limit)]
fn read(limit: u32) -> std::io::Result<u32> {
    Ok(limit)
}

#[retry_on(std::io::Error, max = limit())]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn limit() -> u32 {
    3
}

fn main() {}
