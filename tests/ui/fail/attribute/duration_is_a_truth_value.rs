// Believed that `false` turns the delay off.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = false)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
