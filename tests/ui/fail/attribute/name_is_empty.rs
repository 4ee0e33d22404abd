// Wanted no name.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, name = "")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
