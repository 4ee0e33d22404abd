// Believed that a number is an error.
use retry_runtime::retry_on;

#[retry_on(-1, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
