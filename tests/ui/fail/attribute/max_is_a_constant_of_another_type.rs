// Believed that any whole number will do.
use retry_runtime::retry_on;

const MAX: usize = 3;

#[retry_on(std::io::Error, max = MAX)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
