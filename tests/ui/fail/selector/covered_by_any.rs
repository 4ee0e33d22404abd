// Believed that errors after `_` change something.
use retry_runtime::retry_on;

#[retry_on(_, std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
