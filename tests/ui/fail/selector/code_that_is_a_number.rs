// Took a status for a code.
use retry_runtime::retry_on;

#[retry_on(503, 500 | 503, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(b"SlowDown", 'S', max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
