// Forgot the import.
use retry_runtime::retry_on;

#[retry_on(InternalServerException, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
