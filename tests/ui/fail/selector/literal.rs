// Believed that `true` means every error.
use retry_runtime::retry_on;

#[retry_on(true, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
