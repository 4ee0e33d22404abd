// Believed that a constant number counts milliseconds.
use retry_runtime::retry_on;

const DELAY: u64 = 200;

#[retry_on(std::io::Error, delay = DELAY)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
