// Believed that the number of milliseconds comes first, whatever its length.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max_delay = "9000h")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
