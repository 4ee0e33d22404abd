// Believed that any whole number will do.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3usize)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
