// Believed that a status is an error.
use retry_runtime::retry_on;

#[retry_on(500..=599, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
