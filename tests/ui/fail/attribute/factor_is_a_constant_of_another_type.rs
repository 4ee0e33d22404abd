// Believed that any number will do.
use retry_runtime::retry_on;

const FACTOR: u32 = 3;

#[retry_on(std::io::Error, factor = FACTOR)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
