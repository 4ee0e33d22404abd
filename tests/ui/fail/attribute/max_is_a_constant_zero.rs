// Believed that `max` counts retries, in a constant.
use retry_runtime::retry_on;

const MAX: u32 = 0;

#[retry_on(std::io::Error, max = MAX)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
