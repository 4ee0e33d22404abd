// Believed that the error has a name in the guard.
use retry_runtime::retry_on;

#[retry_on(std::io::Error if error.kind() == std::io::ErrorKind::TimedOut, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
