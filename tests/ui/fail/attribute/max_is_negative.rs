// Believed that -1 means without end.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = -1)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
